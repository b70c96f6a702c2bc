"""Many rows in one statement. For actions only."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write new rows of `model` with COPY, in the order given.

    `columns` are database column names; a dict becomes JSON. The columns left out must be
    nullable: Python defaults are not applied.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor, cursor.copy(
        f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
    ) as copy:
        for row in rows:
            copy.write_row([Jsonb(value) if isinstance(value, dict) else value for value in row])
