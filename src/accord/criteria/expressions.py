"""The SQL of one clause: true, false or NULL, and the moment at which time alone changes it.

Spans of time are half-open, so that an outcome changes exactly at its boundary. Days are
days of UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accord.criteria.language import Count, Score, Test
from accord.criteria.registry import ABSENT, Behaviour, Fact, Registry
from accord.criteria.scorecards import EventRow, Scorecard
from accord.criteria.values import value_of

AT = "%(criteria_at)s::timestamptz"
TODAY = f"({AT} AT TIME ZONE 'UTC')::date"
# Nobody plans further: a boundary beyond it is none, and would be no moment that Python knows.
_NEVER = "'9999-01-01 00:00+00'::timestamptz"
COMPARE = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}


@dataclass
class Parts:
    """What the clauses of a statement need together: parameters, relations, counts.

    `counts` maps (behaviour, days) to the column of the pass over the journal, `limits` that
    column to the numbers it is compared with.
    """

    registry: Registry
    params: dict[str, Any] = field(default_factory=dict)
    relations: set[str] = field(default_factory=set)
    counts: dict[tuple[str, int | None], str] = field(default_factory=dict)
    limits: dict[str, set[int]] = field(default_factory=dict)
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)
    observed: dict[str, str] = field(default_factory=dict)

    def param(self, value: Any, cast: str) -> str:
        """A placeholder for a value; the same value is sent once."""
        for name, known in self.params.items():
            if known == value and type(known) is type(value):
                return f"%({name})s::{cast}"
        name = f"criteria_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{cast}"

    def counted(self, behaviour: str, days: int | None) -> str:
        """The name of the columns that hold a count: n…, its last and first moment."""
        return self.counts.setdefault((behaviour, days), f"w{len(self.counts)}")

    def watched(self, behaviour: Behaviour) -> str:
        """The name of the column that holds since when a behaviour is watched."""
        return self.observed.setdefault(behaviour.key, f"o{len(self.observed)}")


@dataclass(frozen=True, slots=True)
class Asked:
    """The SQL of a clause's outcome, and of its next boundary in time (None: none).

    `turns` are the moments at which time alone may change it, apart from what was done;
    `is_counted`: it asks what was done, not a fact.
    """

    outcome: str
    recheck: str | None = None
    turns: tuple[str, ...] = ()
    is_counted: bool = False


def ask(clause: Test | Count | Score, parts: Parts) -> Asked:
    """The SQL of a clause; of a score, where its points are for what was done."""
    if isinstance(clause, Score):
        return _score(clause, parts)
    return _count(clause, parts) if isinstance(clause, Count) else _test(clause, parts)


def _test(test: Test, parts: Parts) -> Asked:
    fact = parts.registry.fact(test.fact)
    parts.relations.add(fact.relation)
    column = fact.sql if fact.is_open else f"COALESCE({fact.sql}, {ABSENT[fact.type]})"
    value = value_of(test, fact)
    if test.operator == "known":
        return Asked(f"({column} IS {'NOT ' if value else ''}NULL)")
    if fact.type == "texts":
        return Asked(_several(test.operator, column, value, parts))
    if fact.type in ("text", "choice"):
        return Asked(_texts(test.operator, column, value, parts))
    if fact.type in ("date", "moment"):
        return _dates(test.operator, fact, column, value, parts)
    if fact.type == "yes_no":
        return Asked(f"({column} = {parts.param(value, 'boolean')})")
    sign = {"is": "=", "is_not": "<>", **COMPARE}[test.operator]
    return Asked(f"({column} {sign} {parts.param(value, 'numeric')})")


def _texts(operator: str, column: str, value: Any, parts: Parts) -> str:
    """Texts are compared in any case: the database's small letters on both sides, for what is
    a small letter depends on its locale."""
    column = f"lower({column})"
    if operator in ("one_of", "none_of"):
        sign = "= ANY" if operator == "one_of" else "<> ALL"
        return f"({column} {sign} (ARRAY[{', '.join(_small(item, parts) for item in value)}]))"
    if operator == "contains":
        return f"(strpos({column}, {_small(value, parts)}) > 0)"
    return f"({column} {'=' if operator == 'is' else '<>'} {_small(value, parts)})"


def _several(operator: str, column: str, value: Any, parts: Parts) -> str:
    """Whether one that is asked for is among several, which are in small letters already."""
    asked = value if operator in ("one_of", "none_of") else [value]
    found = f"({column} && ARRAY[{', '.join(_small(item, parts) for item in asked)}])"
    return found if operator in ("is", "one_of") else f"(NOT {found})"


def _small(value: str, parts: Parts) -> str:
    return f"lower({parts.param(value, 'text')})"


def _dates(operator: str, fact: Fact, column: str, value: Any, parts: Parts) -> Asked:
    if operator in ("before", "after"):
        day = f"({column} AT TIME ZONE 'UTC')::date" if fact.type == "moment" else column
        sign = "<" if operator == "before" else ">"
        return Asked(f"({day} {sign} {parts.param(value, 'date')})")
    days = parts.param(value, "int")
    begins, ends = _span(operator, days, fact, column)
    turns = (begins, ends) if ends else (begins,)
    return Asked(_within(begins, ends), _next_of(turns), turns)


def _span(operator: str, days: str, fact: Fact, column: str) -> tuple[str, str | None]:
    """The moments between which a relative date is true; None: for ever."""

    def shifted(by: str) -> str:
        if fact.type == "date":
            return f"(({column} + {by})::timestamp AT TIME ZONE 'UTC')"
        return f"({column} + make_interval(hours => 24 * ({by})))"

    day = "1" if fact.type == "date" else "0"  # a day lasts until the next one begins
    if operator == "in_last_days":
        return shifted("0"), shifted(f"{days} + {day}")
    if operator == "in_next_days":
        return shifted(f"- {days}"), shifted(day)
    return shifted(f"{days} + {day}"), None


def _within(begins: str, ends: str | None) -> str:
    return f"({begins} <= {AT}" + (f" AND {AT} < {ends})" if ends else ")")


def _next_of(moments: Sequence[str]) -> str:
    later = [
        f"CASE WHEN {moment} > {AT} AND {moment} < {_NEVER} THEN {moment} END" for moment in moments
    ]
    return f"LEAST({', '.join(later)})"


def _count(count: Count, parts: Parts) -> Asked:
    """At least n is true once reached; else false only where all of the window was watched."""
    is_below = count.operator in ("at_most", "less_than")
    yes, no = ("FALSE", "TRUE") if is_below else ("TRUE", "FALSE")
    number = count.number + (1 if count.operator in ("more_than", "at_most") else 0)
    if number == 0:
        return Asked(yes, is_counted=True)
    name = parts.counted(count.behaviour, count.within_days)
    parts.limits.setdefault(name, set()).add(number)
    watched = parts.watched(parts.registry.behaviour(count.behaviour))
    reached = f"COALESCE(journal.{name}_n, 0) >= {parts.param(number, 'bigint')}"
    window = span_of(count.within_days, parts)
    seen = f"WHEN watched.{watched} <= {AT} - {window} THEN {no}" if window else ""
    outcome = f"(CASE WHEN {reached} THEN {yes} {seen} END)"
    moments, turns = [f"journal.{name}_next"], list[str]()
    if window:
        # When the event that reaches the number leaves the window. Of one it is the last
        # event; of more the first is taken, which is early but never late.
        leaving = "last" if number == 1 else "first"
        moments.append(f"CASE WHEN {reached} THEN journal.{name}_{leaving} + {window} END")
        moments.append(f"CASE WHEN NOT ({reached}) THEN watched.{watched} + {window} END")
        turns.append(f"watched.{watched} + {window}")
    return Asked(outcome, _next_of(moments), tuple(turns), is_counted=True)


def _score(score: Score, parts: Parts) -> Asked:
    points = " + ".join(points_for(row, parts) for row in _rows(score.scorecard, parts))
    outcome = f"(({points}) {COMPARE[score.operator]} {parts.param(score.number, 'int')})"
    return Asked(outcome, points_turn(score.scorecard, parts), is_counted=True)


def points_for(row: EventRow, parts: Parts) -> str:
    """The points that a row gives for what was done."""
    windows = []
    for days, worth in row.weights():
        name = parts.counted(row.behaviour, days)
        parts.limits.setdefault(name, set()).update(range(1, row.at_most + 1))
        times = f"LEAST(COALESCE(journal.{name}_n, 0), {row.at_most})"
        windows.append(f"{parts.param(worth, 'numeric')} * {times}")
    return f"({' + '.join(windows)})"


def points_turn(scorecard: str, parts: Parts) -> str:
    """When time alone changes the points for what was done: something comes, or is over."""
    moments = []
    for row in _rows(scorecard, parts):
        for days, _worth in row.weights():
            name, window = parts.counted(row.behaviour, days), span_of(days, parts)
            moments.append(f"journal.{name}_next")
            moments += [f"journal.{name}_first + {window}"] if window else []
    return _next_of(moments)


def _rows(scorecard: str, parts: Parts) -> list[EventRow]:
    return [row for row in parts.scorecards[scorecard].rows if isinstance(row, EventRow)]


def span_of(days: int | None, parts: Parts) -> str | None:
    """So many days of 24 hours; None: without end."""
    if days is None:
        return None
    return f"make_interval(hours => 24 * {parts.param(days, 'int')})"
