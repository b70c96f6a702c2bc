"""What all tests share."""

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate

from tests import scenes
from tests.laws.statements import statements_keep_the_laws

# What takes longest begins first, the longest before all, so that no process is left alone with
# it in the end.
LONG = (
    "tests/journeys/test_pages.py",
    "tests/bench/",
    "tests/insights/test_back_tests.py",
    "tests/criteria/",
    "tests/config/",
    "tests/journeys/",
    "tests/teams/test_worktime_judge.py",
    "tests/kills/",
    "tests/web/test_browser.py",
    "tests/qualification/test_live_past.py",
    "tests/sample/",
)

__all__ = [
    "nobody_asks_for_permissions_of_models",
    "statements_keep_the_laws",
    "tables_are_emptied_row_by_row",
]


@pytest.fixture(scope="session", autouse=True)
def nobody_asks_for_permissions_of_models() -> None:
    """Django would write them anew after each test that commits; Accord has a table of its own."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="session", autouse=True)
def tables_are_emptied_row_by_row() -> None:
    """After a test that commits, those of the job queue too, which are no models."""
    connection.ops.execute_sql_flush = scenes.clear  # type: ignore[method-assign]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    return next((n for n, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))
