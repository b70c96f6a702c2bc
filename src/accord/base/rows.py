"""Many rows in one statement."""

import json
import re
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection, models

_ROWS_AT_ONCE = 500


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write new rows of `model` with COPY, in the order given. For actions only.

    `columns` are database column names. The columns left out must be nullable: Python
    defaults are not applied. Raises TypeError for a value of a type that no column holds.
    """
    fields = {field.column: field for field in model._meta.concrete_fields}
    writers = [
        _documents if isinstance(fields[name], models.JSONField) else _column for name in columns
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    coming = iter(rows)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
    ):
        while some := list(islice(coming, _ROWS_AT_ONCE)):
            written = [
                write(values)
                for write, values in zip(writers, zip(*some, strict=True), strict=True)
            ]
            copy.write(
                "".join([f"{line}\n" for line in map("\t".join, zip(*written, strict=True))])
            )


# As COPY reads it, a column at a time. The driver's own way, a dumper for each value, takes
# several times as long, which is a good part of an import.
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPED = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}


def _text(value: str) -> str:
    if _SPECIAL.search(value) is None:
        return value
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], value)


def _array(values: Sequence[str]) -> str:
    quoted = (value.replace("\\", r"\\").replace('"', r"\"") for value in values)
    return _text("{" + ",".join(f'"{value}"' for value in quoted) + "}")


class _Writers(dict[type, Callable[[Any], str]]):
    """How values of a type are written; enumerations as their values, lists as
    arrays of texts."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        if issubclass(kind, Enum):
            self[kind] = lambda value: self[type(value.value)](value.value)
        else:
            known = next((base for base in kind.__mro__ if base in self), None)
            if known is None:
                raise TypeError(f"No column holds a {kind.__name__}.")
            self[kind] = self[known]
        return self[kind]


_WRITERS = _Writers(
    {
        str: _text,
        uuid.UUID: lambda value: f"{value.int:032x}",
        datetime: lru_cache(maxsize=4096)(datetime.isoformat),
        date: date.isoformat,
        bool: lambda value: "t" if value else "f",
        int: str,
        float: repr,
        Decimal: str,
        list: _array,
        type(None): lambda value: r"\N",
    }
)


def _column(values: Sequence[Any]) -> Sequence[str]:
    """The values of a column as COPY reads them."""
    if len(set(map(id, values))) == 1:  # the moment, whoever did it, what nobody knows
        return [_WRITERS[type(values[0])](values[0])] * len(values)
    kinds = set(map(type, values))
    if len(kinds) > 1:
        return [_WRITERS[type(value)](value) for value in values]
    if kinds == {str} and _SPECIAL.search("".join(values)) is None:
        return values
    return [*map(_WRITERS[kinds.pop()], values)]


def _documents(values: Sequence[Any]) -> Sequence[str]:
    """The values of a column of documents; what is kept as JSON text is not written anew."""
    return _column(
        [
            value if value is None else getattr(value, "json_text", None) or json.dumps(value)
            for value in values
        ]
    )


def recordset(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as the JSON text that `json_to_recordset` reads.

    One parameter whatever the number of rows, and many times quicker than array literals,
    which the driver escapes value by value.
    """
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], default=str)


def id_array(ids: Iterable[uuid.UUID]) -> str:
    """Ids as PostgreSQL writes an array of them, for a parameter that is cast to uuid[]."""
    return f"{{{','.join(map(str, ids))}}}"


class IsAnyOf(models.Lookup):
    """Whether a column of ids is one of many: as `__in`, but one parameter for all of them.

    `filter(IsAnyOf(F("lead_id"), ids))`
    """

    prepare_rhs = False

    def __init__(self, lhs: Any, ids: Collection[uuid.UUID]) -> None:
        super().__init__(lhs, id_array(ids))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """`column = ANY(…)`."""
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s::uuid[])", (*params, self.rhs)
