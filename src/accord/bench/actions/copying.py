"""Taking the rows of tables out, and putting them back by bare COPY."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction

_CHUNK = 1 << 20


def filled_tables() -> list[str]:
    """The tables of rooms that hold rows, in an order in which references are kept."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.managed and model.__module__.startswith("accord.")
    ]
    asked = ", ".join(f'EXISTS (SELECT FROM "{table}")' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return [
            table for table, is_filled in zip(tables, cursor.fetchone(), strict=True) if is_filled
        ]


def take_out(tables: Sequence[str], folder: Path) -> Mapping[str, Path]:
    """Write the rows of tables to files, as COPY reads them."""
    files = {table: folder / f"{table}.copy" for table in tables}
    for table, path in files.items():
        with (
            path.open("wb") as file,
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{table}" TO STDOUT') as copy,
        ):
            for chunk in copy:
                file.write(chunk)
    return files


def put_back(files: Mapping[str, Path]) -> None:
    """COPY the files into their tables, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, path in files.items():
            with path.open("rb") as file, cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                while chunk := file.read(_CHUNK):
                    copy.write(chunk)


def empty(tables: Sequence[str]) -> None:
    """Take all rows out of tables."""
    names = ", ".join(f'"{table}"' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} CASCADE")
