"""Rows as the lines of a CSV that a spreadsheet opens safely and Accord reads again."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accord.leads.files.rows import guard


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A line for each row. Texts are guarded against formulas; None is written as nothing."""
    writer = csv.writer(_Lines())
    return (str(writer.writerow([_cell(value) for value in row])) for row in rows)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return guard(value) if isinstance(value, str) else "" if value is None else str(value)


class _Lines:
    """A file whose `write` gives the line back, so that rows can be sent as they are read."""

    def write(self, line: str) -> str:
        return line
