"""Scorecards: points for what a lead is, or for what it did, in rows that add up exactly.

A document writes them so:

    rows:                                       of fit: points for a clause that is met
      - {points: 20, fact: employees, at_least: 50}
    grades: {A: 50, B: 20}                      the last grade is for whatever is below

    rows:                                       of engagement: points for each time
      - {points: 10, each: pricing_visits, within_days: 30, at_most: 3}
      - {points: 40, each: hand_raises, loses: {percent: 50, every_days: 30}}
    grades: {1: 60, 2: 25}

What is done loses its points at once when its time is over, or bit by bit: 10 points that lose
50 percent every 30 days are 10, then 5, then none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.criteria.language import MAX_DAYS, Clause, read_clauses

FIT, ENGAGEMENT = "fit", "engagement"
CARDS = (FIT, ENGAGEMENT)
GRADES = {FIT: ("A", "B", "C"), ENGAGEMENT: ("1", "2", "3")}
MAX_POINTS = 1_000
MAX_ROWS = 40
MAX_TIMES = 100
LEAST_LOSS, MOST_LOSS_DAYS = 5, 365


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """Points for a clause that is met; less than none where it speaks against a lead."""

    key: str
    text: str
    points: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class Loss:
    """So many percent of the points go with every so many days."""

    percent: int
    every_days: int


@dataclass(frozen=True, slots=True)
class EventRow:
    """Points for each time something was done, the newest `at_most` times.

    They count within `within_days` (None: for ever), or are lost bit by bit.
    """

    key: str
    text: str
    points: int
    behaviour: str
    within_days: int | None
    loses: Loss | None
    at_most: int

    def weights(self) -> list[tuple[int | None, Decimal]]:
        """(days, points): what each time is worth that lies within so many days, to be added up.

        A loss in steps is the sum of windows: 50 % every 30 days is half the points within 30
        days and half within 60.
        """
        points = Decimal(self.points)
        if self.loses is None:
            return [(self.within_days, points)]
        part = points * self.loses.percent / 100
        steps = -(-100 // self.loses.percent)
        last = points - part * (steps - 1)
        parts = [part] * (steps - 1) + [last]
        return [(self.loses.every_days * n, worth) for n, worth in enumerate(parts, start=1)]


Row = ClauseRow | EventRow


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`grades` are (name, points it begins with), best first; below them is the last grade."""

    key: str
    title: str
    text: str
    rows: tuple[Row, ...]
    grades: tuple[tuple[str, int], ...]

    @property
    def last_grade(self) -> str:
        """The grade of whoever reaches none of the others."""
        return GRADES[self.key][-1]


def read_scorecard(key: str, raw: Mapping[str, Any]) -> Scorecard:
    """A scorecard from its parsed YAML. Raises Invalid; its field is the path of what is wrong."""
    if key not in GRADES:
        raise Invalid(
            _("There is no scorecard of this name; there is %(grades)s.")
            % {"grades": " and ".join(GRADES)}
        )
    for name in raw:
        if name not in ("title", "text", "rows", "grades"):
            raise Invalid(_("A scorecard has title, text, rows and grades only."), field=str(name))
    for name in ("title", "text"):
        if not isinstance(raw.get(name), str) or not raw[name].strip():
            raise Invalid(_("It is empty; say what it is for."), field=name)
    return Scorecard(
        key=key,
        title=raw["title"].strip(),
        text=raw["text"].strip(),
        rows=_rows(key, raw.get("rows")),
        grades=_grades(key, raw.get("grades")),
    )


def _grades(key: str, raw: Any) -> tuple[tuple[str, int], ...]:
    names = GRADES[key][:-1]
    given = {str(name): points for name, points in raw.items()} if isinstance(raw, dict) else {}
    if set(given) != set(names) or not all(
        _is_whole(each, -(10**6), 10**6) for each in given.values()
    ):
        raise Invalid(
            _("Say from how many points on it is %(names)s, such as {%(best)s: 60, %(next)s: 25}.")
            % {"names": " and ".join(names), "best": names[0], "next": names[1]},
            field="grades",
        )
    if given[names[0]] <= given[names[1]]:
        raise Invalid(
            _("%(best)s must begin with more points than %(next)s.")
            % {"best": names[0], "next": names[1]},
            field="grades",
        )
    return tuple((name, given[name]) for name in names)


def _rows(key: str, raw: Any) -> tuple[Row, ...]:
    if not isinstance(raw, list) or not 0 < len(raw) <= MAX_ROWS:
        raise Invalid(_("Give one to %(most)s rows.") % {"most": MAX_ROWS}, field="rows")
    for number, each in enumerate(raw):
        points = each.get("points") if isinstance(each, dict) else None
        if not _is_whole(points, -MAX_POINTS, MAX_POINTS) or not points:
            raise Invalid(
                _("Say how many points it gives, a whole number."), field=f"rows.{number}"
            )
    if key == ENGAGEMENT:
        rows = [_event_row(each, f"rows.{number}") for number, each in enumerate(raw)]
        if len({row.key for row in rows}) < len(rows):
            raise Invalid(_("Two rows have the same key; give one another."), field="rows")
        return tuple(rows)
    bare = [{name: value for name, value in each.items() if name != "points"} for each in raw]
    clauses = read_clauses(bare, "rows")
    return tuple(
        ClauseRow(clause.key, clause.text, each["points"], clause)
        for clause, each in zip(clauses, raw, strict=True)
    )


def _event_row(raw: dict[str, Any], path: str) -> EventRow:
    for name in raw:
        if name not in ("key", "text", "points", "each", "within_days", "loses", "at_most"):
            raise Invalid(
                _("“%(name)s” has no meaning here; leave it out.") % {"name": name}, field=path
            )
    behaviour = raw.get("each")
    if not isinstance(behaviour, str) or not behaviour:
        raise Invalid(_("Say what is counted: each: page_visits."), field=path)
    days, at_most = raw.get("within_days"), raw.get("at_most", MAX_TIMES)
    if days is not None and not _is_whole(days, 1, MAX_DAYS):
        raise Invalid(_("“within_days” is a whole number of days, 1 or more."), field=path)
    if not _is_whole(at_most, 1, MAX_TIMES):
        raise Invalid(
            _("“at_most” is how often it counts, 1 to %(most)s.") % {"most": MAX_TIMES},
            field=path,
        )
    if raw.get("loses") is not None and days is not None:
        raise Invalid(
            _("Points end with within_days or are lost bit by bit, not both."), field=path
        )
    key = raw.get("key") or behaviour.replace("_", "-")
    text = raw.get("text") or ""
    if not isinstance(key, str) or not isinstance(text, str):
        raise Invalid(_("A key and a text are words."), field=path)
    loses = _loss(raw.get("loses"), path)
    return EventRow(key, text.strip(), raw["points"], behaviour, days, loses, at_most)


def _loss(raw: Any, path: str) -> Loss | None:
    if raw is None:
        return None
    if (
        not isinstance(raw, dict)
        or set(raw) != {"percent", "every_days"}
        or not _is_whole(raw["percent"], LEAST_LOSS, 100)
        or not _is_whole(raw["every_days"], 1, MOST_LOSS_DAYS)
    ):
        raise Invalid(
            _("Write a loss as {percent: 50, every_days: 30}; %(least)s percent or more.")
            % {"least": LEAST_LOSS},
            field=path,
        )
    return Loss(raw["percent"], raw["every_days"])


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
