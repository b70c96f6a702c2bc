"""The fields that stand for clauses of a document, and what makes them of what it says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """A clause as it can be changed. `kind` is number, share, span, text, day or ticks.

    `value` is as one types it: a share in percent. `unit` is a span's, or the words after it.
    `ticks` are (key, words, whether it is ticked).
    """

    clause: str
    label: str
    kind: str
    value: str = ""
    unit: str = ""
    ticks: Sequence[tuple[str, str, bool]] = ()


@dataclass(frozen=True)
class Row:
    """What belongs together: a promise or a row of points; `is_free` to be taken out."""

    clause: str
    words: str
    fields: Sequence[Field]
    is_free: bool = False


@dataclass(frozen=True)
class Part:
    """A part of the document, with its fields in rows."""

    key: str
    title: str
    rows: Sequence[Row]


class Reader:
    """Makes fields of what the document says; none for a clause that is not there."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw

    def at(self, clause: str) -> Any:
        """What the document says at a clause; None where it says nothing."""
        found: Any = self.raw
        for name in clause.split("."):
            if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            elif isinstance(found, Mapping):
                found = next((each for key, each in found.items() if str(key) == name), None)
            else:
                return None
        return found

    def number(self, clause: str, label: str, unit: str = "") -> Iterator[Field]:
        """A field for a whole number."""
        if (value := self.at(clause)) is not None:
            yield Field(clause, label, "number", f"{value}", unit)

    def share(self, clause: str, label: str) -> Iterator[Field]:
        """A field for a share, in percent."""
        value = self.at(clause)
        if isinstance(value, int | float):
            yield Field(clause, label, "share", f"{value * 100:g}", "%")
        elif value is not None:
            yield Field(clause, label, "share", f"{value}", "%")

    def span(self, clause: str, label: str) -> Iterator[Field]:
        """A field for an amount and its unit."""
        value = self.at(clause)
        if isinstance(value, Mapping) and len(value) == 1:
            ((unit, amount),) = value.items()
            yield Field(clause, label, "span", f"{amount}", f"{unit}")
        elif value is not None:
            yield Field(clause, label, "span", f"{value}", "")

    def text(self, clause: str, label: str) -> Iterator[Field]:
        """A field for words."""
        if isinstance(value := self.at(clause), str):
            yield Field(clause, label, "text", " ".join(value.split()))
