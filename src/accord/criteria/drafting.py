"""A definition as rows that one edits, and back: what the builder works on.

A row is a group (all, any, not) or a question; how deep it stands says which group it is in. What
a row asks is written `fact:employees`, `count:page_visits`, `definition:mql` or `score:fit`.
Values are texts here, as people type them; they become what the language reads.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.criteria.language import COMPARISONS, GROUPS, OPERATORS
from accord.criteria.registry import Registry
from accord.criteria.values import OPERATORS_OF

ASK = "ask"
LEVELS = ("must", "should")
LISTS = ("one_of", "none_of")
_MOST_ROWS = 250
_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,6})?")


@dataclass(frozen=True)
class DraftRow:
    """One row: `kind` is all, any, not or ask; `asks` and what follows belong to a question."""

    level: str
    depth: int
    kind: str
    key: str = ""
    text: str = ""
    asks: str = ""
    operator: str = ""
    value: str = ""
    days: str = ""

    @property
    def is_group(self) -> bool:
        """Whether rows may stand below it."""
        return self.kind in GROUPS


def rows_of(raw: Mapping[str, Any]) -> list[DraftRow]:
    """The rows of a definition's `must` and `should`; an outermost “all” goes without saying."""
    must = raw.get("must") or []
    if isinstance(must, Mapping):
        must = must["all"] if set(must) == {"all"} else [must]
    return [
        *(row for clause in must for row in _rows(clause, "must", 0)),
        *(row for clause in raw.get("should") or [] for row in _rows(clause, "should", 0)),
    ]


def _rows(clause: Mapping[str, Any], level: str, depth: int) -> Iterator[DraftRow]:
    kind = next((name for name in GROUPS if name in clause), ASK)
    row = DraftRow(level, depth, kind, str(clause.get("key", "")), str(clause.get("text", "")))
    yield _asking(row, clause) if kind == ASK else row
    for below in [clause["not"]] if kind == "not" else clause.get(kind, ()):
        yield from _rows(below, level, depth + 1)


def _asking(row: DraftRow, clause: Mapping[str, Any]) -> DraftRow:
    what = next((name for name in ("fact", "count", "definition", "score") if name in clause), "")
    operator = next((name for name in OPERATORS if name in clause), "")
    days = clause.get("within_days")
    return replace(
        row,
        asks=f"{what}:{clause.get(what, '')}",
        operator=operator,
        value=_said(clause.get(operator, "")),
        days="" if days is None else str(days),
    )


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    return str(value)


def raw_of(rows: Sequence[DraftRow], *, registry: Registry) -> dict[str, Any]:
    """`must` and `should` as a document writes them. What `unfinished` names is left out.

    Raises Invalid for more rows than a definition can hold.
    """
    return _written(rows, registry)[0]


def place_of(rows: Sequence[DraftRow], clause: str, *, registry: Registry) -> int | None:
    """The row that a refusal names: by its path, such as `must.all.2`, or by its short name."""
    paths = _written(rows, registry)[1]
    if clause in paths:
        return paths[clause]
    for place, row in enumerate(rows):
        name = row.asks.partition(":")[2]
        usual = f"{name}-{row.operator}".replace("_", "-").strip("-")
        if clause == row.key or (name and not row.key and clause.startswith(usual)):
            return place
    return None


_Numbered = Sequence[tuple[int, DraftRow]]


def _written(rows: Sequence[DraftRow], registry: Registry) -> tuple[dict[str, Any], dict[str, int]]:
    """The criteria, and the place of the row of each path in them."""
    if len(rows) > _MOST_ROWS:
        raise Invalid(
            _("There are more than %(most)s rows; make a definition of a part.")
            % {"most": _MOST_ROWS}
        )
    paths: dict[str, int] = {}
    must, should = (
        _clauses(
            [each for each in enumerate(rows) if each[1].level == level], 0, registry, path, paths
        )
        for level, path in (("must", "must.all"), ("should", "should"))
    )
    return {"must": {"all": must}, **({"should": should} if should else {})}, paths


def _clauses(
    rows: _Numbered, depth: int, registry: Registry, path: str, paths: dict[str, int]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    at = 0
    while at < len(rows):
        (place, row), at = rows[at], at + 1
        own = f"{path}.{len(found)}"
        if not row.is_group:
            clause = _question(row, registry)
        else:
            begin = at
            while at < len(rows) and rows[at][1].depth > depth:
                at += 1
            inner = f"{own}.{row.kind}" if row.kind != "not" else f"{own}.not.0.any"
            below = _clauses(rows[begin:at], depth + 1, registry, inner, paths)
            clause = {**_heading(row), row.kind: _inside(row.kind, below)} if below else None
        if clause:
            paths[own] = place
            found.append(clause)
    return found


def _inside(kind: str, below: list[dict[str, Any]]) -> Any:
    if kind != "not":
        return below
    return below[0] if len(below) == 1 else {"any": below}


def _heading(row: DraftRow) -> dict[str, Any]:
    said = {"key": row.key.strip(), "text": row.text.strip()}
    return {name: value for name, value in said.items() if value}


def _question(row: DraftRow, registry: Registry) -> dict[str, Any] | None:
    what, _colon, name = row.asks.partition(":")
    if not name:
        return None
    clause = {**_heading(row), what: name}
    if what == "definition":
        return clause
    if row.operator not in operators_of(row.asks, registry=registry) or not row.value.strip():
        return None
    if what == "count" and row.days.strip():
        clause["within_days"] = _number(row.days)
    kind = registry.fact(name).type if what == "fact" else "number"
    return {**clause, row.operator: _typed(row.value.strip(), row.operator, kind)}


def _typed(value: str, operator: str, kind: str) -> Any:
    """A typed value where it reads as one; else the text, which the checker then names."""
    if operator in LISTS:
        return [each.strip() for each in value.split(",") if each.strip()]
    if operator == "known" or kind == "yes_no":
        return {"yes": True, "no": False}.get(value.lower(), value)
    if operator.endswith("_days") or kind in ("number", "money"):
        return _number(value)
    return value


def _number(value: str) -> Any:
    found = _NUMBER.fullmatch(value.strip())
    return value if not found else float(value) if found[1] else int(value)


def operators_of(asks: str, *, registry: Registry) -> tuple[str, ...]:
    """The operators that fit what a row asks; none for a definition or for nothing."""
    what, _colon, name = asks.partition(":")
    if what == "fact" and name:
        return OPERATORS_OF[registry.fact(name).type]
    return COMPARISONS if what in ("count", "score") else ()
