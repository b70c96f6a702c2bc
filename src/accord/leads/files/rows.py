"""What the readers of all kinds of file have in common."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from accord.base.errors import Invalid

# Cells that a spreadsheet would run as a formula are written with an apostrophe before them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class UnreadableFile(Invalid):
    """Nothing of the file can be read."""


class Row(NamedTuple):
    """One row: the line it begins on (1 is the first of the file), its cells as text.

    `trouble` says why it cannot be read; the cells are then as far as they could be told apart.
    """

    line: int
    cells: list[str]
    trouble: str | None = None


class SentRow(Mapping[str, Any]):
    """A row as it was sent, by column, kept as JSON: quick to hand over and to store."""

    __slots__ = ("json_text",)

    def __init__(self, json_text: str) -> None:
        self.json_text = json_text

    def __getitem__(self, column: str) -> Any:
        return json.loads(self.json_text)[column]

    def __iter__(self) -> Iterator[str]:
        return iter(json.loads(self.json_text))

    def __len__(self) -> int:
        return len(json.loads(self.json_text))


@dataclass(frozen=True)
class Layout:
    """How a file is laid out, as far as somebody said so; None: found out by looking."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


def guard(cell: str) -> str:
    """The cell as it is safe to be opened in a spreadsheet; `unguard` gives it back."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def unguard(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell


def name_columns(cells: list[str]) -> list[str]:
    """The header's names: none is blank, none stands twice."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(unguard(cell).split()) or f"column {number}"
        candidate, copies = name, 1
        while candidate in names:
            copies += 1
            candidate = f"{name} ({copies})"
        names.append(candidate)
    return names
