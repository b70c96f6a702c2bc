"""Many rows in one statement. For actions only."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write new rows of `model` with COPY, in the order given.

    `columns` are database column names. The columns left out must be nullable: Python
    defaults are not applied.
    """
    fields = {field.column: field for field in model._meta.concrete_fields}
    documents = [
        number for number, name in enumerate(columns) if isinstance(fields[name], models.JSONField)
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(_with_documents(row, documents) if documents else row)


def _with_documents(row: Sequence[Any], documents: Sequence[int]) -> Sequence[Any]:
    values = list(row)
    for number in documents:
        if values[number] is not None:
            # What is kept as JSON text already is not written anew.
            values[number] = getattr(values[number], "json_text", None) or Jsonb(values[number])
    return values


def recordset(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as the JSON text that `json_to_recordset` reads.

    One parameter whatever the number of rows, and many times quicker than array literals,
    which the driver escapes value by value.
    """
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], default=str)
