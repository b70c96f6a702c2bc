"""What became of a file's rows, as a file; the refused ones can be mended and imported again."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from accord.leads.files.rows import guard
from accord.leads.files.writing import csv_lines

OWN_COLUMNS = ("accord_line", "accord_column", "accord_reason")
MORE = "…"  # where the cells stand that have no column

Refused = tuple[int, str | None, str | None, Mapping[str, Any]]
"""Line, column, reason, and the row as it was sent, by column."""


def write_refused(path: Path, header: Sequence[str], refused: Iterable[Refused]) -> int:
    """Write refused rows with line, column and reason before their own cells; how many."""
    number = 0
    columns = [name for name in header if name not in OWN_COLUMNS]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*OWN_COLUMNS, *map(guard, columns)])
        for line, column, reason, sent in refused:
            # A row that was too short stays so: what nobody mended is refused again.
            cells = [str(sent[name]) for name in columns if name in sent]
            extra = [str(cell) for cell in sent.get(MORE, ())]
            writer.writerow([line, column or "", reason or "", *map(guard, [*cells, *extra])])
            number += 1
    return number


Fated = tuple[int, str, str | None, str | None, Mapping[str, Any]]
"""Line, fate, column, reason, and the row as it was sent, by column."""


def ledger_lines(header: Sequence[str], rows: Iterable[Fated]) -> Iterator[str]:
    """The whole ledger as lines of a CSV: fate and reason of each row before its own cells."""
    columns = [name for name in header if name not in OWN_COLUMNS]
    yield from csv_lines([(OWN_COLUMNS[0], "accord_fate", *OWN_COLUMNS[1:], *columns)])
    yield from csv_lines(
        (line, fate, column, reason, *(str(sent.get(name, "")) for name in columns))
        for line, fate, column, reason, sent in rows
    )
