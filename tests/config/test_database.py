"""A dead connection to the database is noticed before a request uses it, without asking."""

import time

import pytest
from django.db import DatabaseError, connection, connections

from accord.config.database.base import DatabaseWrapper
from tests.config.test_up import soon


@pytest.fixture
def other(transactional_db):
    """A connection of its own, as a web process has one."""
    found = connections.create_connection("default")
    found.ensure_connection()
    yield found
    found.close()


def end(other: DatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        pid = other.connection.info.backend_pid
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
        assert soon(lambda: cursor.execute(gone, [pid]).fetchone() == (0,))


def last_statement(other: DatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        pid = other.connection.info.backend_pid
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
        return cursor.fetchone()[0]


def test_a_living_one_is_known_without_a_statement(other):
    with other.cursor() as cursor:
        cursor.execute("SELECT 'the last'")
    assert other.is_usable()
    assert last_statement(other) == "SELECT 'the last'"


def test_one_that_was_told_something_is_asked(other):
    with other.cursor() as cursor:
        cursor.execute("LISTEN tested")
        cursor.execute("SELECT 'the last'")
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY tested")
    assert soon(lambda: other.is_usable() and last_statement(other) == "SELECT 1")


def test_a_dead_one_is_given_up_before_the_next_request(other):
    end(other)
    assert soon(lambda: not other.is_usable())
    other.settings_dict = {**other.settings_dict, "CONN_HEALTH_CHECKS": True}
    other.health_check_enabled, other.health_check_done = True, False
    other.errors_occurred, other.close_at = False, time.monotonic() + 600
    with other.cursor() as cursor:  # made anew
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_one_whose_transaction_failed_is_not_usable_until_its_end(other):
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        with pytest.raises(DatabaseError):
            cursor.execute("SELECT 1 / 0")
        assert not other.is_usable()
        cursor.execute("ROLLBACK")
        assert other.is_usable()


def test_one_that_was_closed_here_is_not_usable(other):
    other.close()
    assert not other.is_usable()
