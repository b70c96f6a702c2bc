"""The rows of a file that were refused, as a file that can be mended and imported again."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from accord.leads.files.rows import guard

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
