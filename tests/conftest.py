"""What all tests share."""

from collections.abc import Iterator

import pytest

from tests.laws.statements import statements_keep_the_laws

# What takes longest begins first, so that no process is left alone with it in the end.
LONG = ("tests/journeys/", "tests/bench/", "tests/kills/", "tests/config/", "tests/sample/")

__all__ = ["no_jobs_are_left_behind", "statements_keep_the_laws"]


@pytest.fixture(autouse=True)
def no_jobs_are_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """The job queue's tables are no models that Django would empty after a test that commits."""
    marker = request.node.get_closest_marker("django_db")
    yield
    if marker and marker.kwargs.get("transaction"):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
