"""Rows of a definition that come, go, move and settle, each with what stands below it."""

from collections.abc import Sequence
from dataclasses import replace

from accord.criteria.drafting import DraftRow, operators_of
from accord.criteria.registry import Registry


def unfinished(rows: Sequence[DraftRow]) -> dict[int, str]:
    """What each row lacks that cannot be asked yet, by its place.

    It is `name` for what is called by no name, `thing` where nothing is asked, `value` where no
    answer is given, and `rows` for a group with nothing in it.
    """
    found = {}
    for place, row in enumerate(rows):
        if row.is_group:
            if _end(rows, place) == place + 1:
                found[place] = "rows"
        elif not row.asks.partition(":")[2]:
            found[place] = "thing"
        elif row.asks.startswith("?:"):
            found[place] = "name"
        elif not row.asks.startswith("definition:") and not row.value.strip():
            found[place] = "value"
    return found


def settled(rows: Sequence[DraftRow], *, registry: Registry) -> list[DraftRow]:
    """The rows with an operator that fits what each asks, and its value where that still fits."""
    return [_settled(row, registry) for row in rows]


def _settled(row: DraftRow, registry: Registry) -> DraftRow:
    fitting = operators_of(row.asks, registry=registry)
    if row.is_group or not fitting:
        return replace(row, operator="", value="" if not row.is_group else row.value)
    if row.operator in fitting:
        return row
    usual = "one_of" if "one_of" in fitting and "is" not in fitting else fitting[0]
    return replace(row, operator=usual, value="yes" if usual == "known" else "")


def added(rows: Sequence[DraftRow], place: int | None, kind: str, level: str) -> list[DraftRow]:
    """One row more: last in the group at `place`, or last of its level."""
    if place is None:
        of_level = [number for number, row in enumerate(rows) if row.level == level]
        end = of_level[-1] + 1 if of_level else (len(rows) if level == "should" else 0)
        depth = 0
    else:
        end, depth, level = _end(rows, place), rows[place].depth + 1, rows[place].level
    return [*rows[:end], DraftRow(level, depth, kind), *rows[end:]]


def removed(rows: Sequence[DraftRow], place: int) -> list[DraftRow]:
    """The rows without the one at `place` and without what stands below it."""
    return [*rows[:place], *rows[_end(rows, place) :]]


def moved(rows: Sequence[DraftRow], place: int, way: str) -> list[DraftRow]:
    """The rows with one, and what stands below it, one step `up` or `down`: past the row beside
    it, into a group that stands there, or out of the group in which it is first or last."""
    end = _end(rows, place)
    block, depth = [*rows[place:end]], rows[place].depth
    beside = place - 1 if way == "up" else end
    if not 0 <= beside < len(rows) or rows[beside].level != rows[place].level:
        beside, other = -1, depth - 1
    else:
        other = rows[beside].depth
    if other < depth:  # the first or the last of its group: out of it
        if depth == 0:
            return [*rows]
        outer = [replace(row, depth=row.depth - 1) for row in block]
        if way == "up":
            return [*rows[: place - 1], *outer, rows[place - 1], *rows[end:]]
        return [*rows[:place], *outer, *rows[end:]]
    if way == "up":
        while rows[beside].depth > depth:
            beside -= 1
    into = rows[beside].is_group
    block = [replace(row, depth=row.depth + 1) for row in block] if into else block
    if way == "up":
        return (
            [*rows[:place], *block, *rows[end:]]
            if into
            else [*rows[:beside], *block, *rows[beside:place], *rows[end:]]
        )
    return [*rows[:place], rows[end], *block, *rows[end + 1 :]]


def _end(rows: Sequence[DraftRow], place: int) -> int:
    """The first place after a row and all that stands below it."""
    end = place + 1
    while end < len(rows) and rows[end].depth > rows[place].depth:
        end += 1
    return end if rows[place].is_group else place + 1
