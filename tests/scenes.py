"""What many tests begin with: set up once in a process, and laid down again from then on.

Triggers and foreign keys rest while rows come and go, which only a superuser may ask for; the rows
are those of a database that had them.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction
from psycopg import sql

How = ParamSpec("How")
Result = TypeVar("Result")

# What a migrated database holds before anybody does anything, and what is only cached.
_OUTSIDE = ("django_migrations", "django_content_type", "auth_permission", "shared_cache")
_TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)
  AND pg_relation_size(oid) > 0
"""
# Whatever else there is hangs on one of these.
_FIRST = (
    *("teams_user", "leads_lead", "leads_submission"),
    *("procrastinate_jobs", "procrastinate_events"),
)
_NOTHING_YET = " AND ".join(f"NOT EXISTS (SELECT FROM {table})" for table in _FIRST)


@dataclass(frozen=True)
class Scene:
    """The rows of each table that is not empty, and what setting them up gave back."""

    tables: dict[str, bytes]
    result: Any


def set_up_once(build: Callable[How, Result]) -> Callable[How, Result]:
    """The same rows and the same result, by COPY, where nothing is in the database yet."""
    known: dict[Any, Scene] = {}

    @wraps(build)
    def set_up(*given: How.args, **named: How.kwargs) -> Result:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_NOTHING_YET}")
            ((is_empty,),) = cursor.fetchall()
        if not is_empty:
            return build(*given, **named)
        key = (given, tuple(sorted(named.items())))
        if key in known:
            _lay_down(known[key].tables)
        else:
            result = build(*given, **named)
            known[key] = Scene(_rows(), result)
        return copy.deepcopy(known[key].result)

    return set_up


def clear(_statements: Sequence[str] = ()) -> None:
    """Empty all tables and make them small again, instead of Django's `_statements`.

    TRUNCATE makes a file for each table and each of its indexes, hundreds, however few have rows.
    """
    names = [sql.Identifier(name) for name in _tables()]
    if not names:
        return
    with transaction.atomic(), connection.connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in names:
            cursor.execute(sql.SQL("DELETE FROM {}").format(name))
    with connection.connection.cursor() as cursor:
        cursor.execute(sql.SQL("VACUUM {}").format(sql.SQL(", ").join(names)))


def _tables() -> list[str]:
    """Those that may have rows."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [list(_OUTSIDE)])
        return [name for (name,) in cursor.fetchall()]


def _rows() -> dict[str, bytes]:
    found = {}
    names = _tables()
    with connection.connection.cursor() as cursor:
        for name in names:
            with cursor.copy(_copy("COPY {} TO STDOUT", name)) as rows:
                found[name] = b"".join(map(bytes, rows))
    return {name: rows for name, rows in found.items() if rows}


def _lay_down(tables: dict[str, bytes]) -> None:
    with transaction.atomic(), connection.connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, rows in tables.items():
            with cursor.copy(_copy("COPY {} FROM STDIN", name)) as copied:
                copied.write(rows)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _copy(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))
