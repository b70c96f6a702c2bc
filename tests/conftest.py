"""What all tests share."""

from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate

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
    "no_jobs_are_left_behind",
    "nobody_asks_for_permissions_of_models",
    "statements_keep_the_laws",
]


@pytest.fixture(scope="session", autouse=True)
def nobody_asks_for_permissions_of_models() -> None:
    """Django would write them anew after each test that commits; Accord has a table of its own."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(autouse=True)
def no_jobs_are_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """The job queue's tables are no models that Django would empty after a test that commits."""
    marker = request.node.get_closest_marker("django_db")
    yield
    if marker and marker.kwargs.get("transaction"):
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    return next((n for n, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))
