"""Every statement of every test is held against the laws of scale."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
from django.db.backends.signals import connection_created

from tests.laws.scale import breaches

Execute = Callable[..., Any]


@lru_cache(maxsize=4096)
def _broken(statement: str) -> tuple[str, ...]:
    return tuple(breaches(statement))


def _watch(execute: Execute, sql: str, params: Any, many: bool, context: Any) -> Any:
    broken = _broken(str(sql))
    assert not broken, f"Once leads live apart, this would fail: it {', '.join(broken)}.\n{sql}"
    return execute(sql, params, many, context)


@pytest.fixture(autouse=True, scope="session")
def statements_keep_the_laws() -> Iterator[None]:
    """Watches every connection that a test opens."""

    def watch(connection: Any, **_: Any) -> None:
        if _watch not in connection.execute_wrappers:
            connection.execute_wrappers.append(_watch)

    connection_created.connect(watch)
    yield
    connection_created.disconnect(watch)
