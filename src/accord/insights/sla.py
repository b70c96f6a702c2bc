"""Both sides' record: what was promised, how much of it was kept, and how long it took.

By person, team, segment, trigger, source, or by month, week and day.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.base.lifecycle import Side
from accord.handoffs.models import Pool, Trigger
from accord.insights.metrics import Scope
from accord.insights.narrowing import MARKETING, NONE, only_of, parts_of, segments
from accord.insights.rules import Share, midnight, month_of, quantile, share
from accord.insights.sla_rows import rows_of
from accord.insights.sla_values import KINDS, OF_MARKETING, BackRow, ClockRow, HandoffRow, Rows
from accord.teams.models import User
from accord.teams.queries import names
from accord.teams.rules import Calendar

PERIODS = ("month", "week", "day")
BY = ("person", "team", "segment", "trigger", "source", *PERIODS)
HOUR = timedelta(hours=1)
Row = ClockRow | HandoffRow | BackRow


def side_of(kind: str) -> Side:
    """The side that makes a kind of promise."""
    return Side.MARKETING if kind in OF_MARKETING else Side.SALES


@dataclass(frozen=True)
class Time:
    """Hours of working time in the middle (median) and for nine in ten; `number` cases."""

    number: int
    median: float | None
    p90: float | None


@dataclass(frozen=True)
class Kept:
    """How a kind of promise was kept; `took` is of those done, in time or late."""

    kind: str
    in_time: Share
    late: int
    missed: int
    running: int
    took: Time

    @property
    def side(self) -> Side:
        """The side that promised."""
        return side_of(self.kind)

    @property
    def keys(self) -> Mapping[str, str]:
        """The metrics that open what is counted here."""
        return {part: f"{self.kind}_{part}" for part in ("kept", "late", "missed", "running")}


@dataclass(frozen=True)
class Group:
    """The record of one person, team, …, or period. `only` and `over` open its rows.

    Handoffs count where they were offered, what came back when it did. `attempts` is a mean.
    """

    key: str
    name: str
    only: str
    over: Scope
    promises: Mapping[str, Kept]
    offered: int
    accepted: Share
    passed_back: int
    attempts: float | None
    queue: Time

    @property
    def due(self) -> int:
        """How many promises came due."""
        return sum(each.in_time.whole for each in self.promises.values())


@dataclass(frozen=True)
class Sla:
    """The record over a period: all together, and by a field."""

    over: Scope
    by: str
    total: Group
    groups: Sequence[Group]


def sla(over: Scope, *, by: str, calendar: Calendar, reader: User | None, only: str = "") -> Sla:
    """The record over a scope, as far as the reader may see it; None sees all.

    By person it holds the people whose figures are for the reader to see, see
    `teams.queries.whose_figures`. Raises Invalid for a field that parts nothing, and Missing
    where `only` names somebody whose figures the reader may not see.
    """
    check(by)
    rows = rows_of(over, by=by, only=only, reader=reader)
    return Sla(
        over=over,
        by=by,
        total=_group("", "", rows, over, only),
        groups=groups_of(rows, over, by=by, calendar=calendar, only=only),
    )


def check(by: str) -> None:
    """Raise Invalid where a field parts nothing."""
    if by not in BY:
        words = {"by": by, "known": ", ".join(BY)}
        raise Invalid(
            _("“%(by)s” does not part promises; use one of %(known)s.") % words, field="by"
        )


def groups_of(rows: Rows, over: Scope, *, by: str, calendar: Calendar, only: str) -> list[Group]:
    """The rows parted by a field: periods in their order, else the most promises first."""
    zone = calendar.time_zone
    keys = _KEYS[by](rows) if by in _KEYS else _period(by, zone)
    parted: dict[str, Rows] = defaultdict(Rows)
    for clock in rows.clocks:
        for key in keys(clock):
            parted[key].clocks.append(clock)
    for handoff in rows.handoffs:
        for key in keys(handoff):
            parted[key].handoffs.append(handoff)
    for back in rows.backs:
        for key in keys(back):
            parted[key].backs.append(back)
    if by in PERIODS:
        return [
            _group(key, key, parted[key], _slice(key, by, over, zone), only)
            for key in sorted(parted)
        ]
    called = _names(by, parted)
    found = [
        _group(key, called.get(key, key), part, over, only_of(**{**parts_of(only), by: key}))
        for key, part in parted.items()
    ]
    return sorted(found, key=lambda group: (-group.due, group.name))


def _by_person(rows: Rows) -> Callable[[Row], Iterable[str]]:
    return lambda row: [str(row.person) if row.person else NONE]


def _by_team(rows: Rows) -> Callable[[Row], Iterable[str]]:
    def keys(row: Row) -> Iterable[str]:
        if isinstance(row, ClockRow) and row.kind in OF_MARKETING:
            return [MARKETING]
        pool = rows.of_handoff[row.handoff_id][0] if row.handoff_id else None
        return [str(pool) if pool else NONE]

    return keys


def _by_trigger(rows: Rows) -> Callable[[Row], Iterable[str]]:
    return lambda row: [rows.of_handoff[row.handoff_id][1] if row.handoff_id else NONE]


_KEYS: Mapping[str, Callable[[Rows], Callable[[Row], Iterable[str]]]] = {
    "person": _by_person,
    "team": _by_team,
    "trigger": _by_trigger,
    "source": lambda rows: lambda row: [rows.sources.get(row.lead_id) or NONE],
    "segment": lambda rows: lambda row: rows.segments.get(row.lead_id) or [NONE],
}


def _period(by: str, zone: str) -> Callable[[Row], Iterable[str]]:
    info = ZoneInfo(zone)

    def keys(row: Row) -> Iterable[str]:
        day = row.at.astimezone(info).date()
        if by == "month":
            return [f"{day:%Y-%m}"]
        return [(day - timedelta(days=day.weekday()) if by == "week" else day).isoformat()]

    return keys


def _slice(key: str, by: str, over: Scope, zone: str) -> Scope:
    """The part of the scope that a period is, cut at the scope's ends."""
    if by == "month":
        month = month_of(datetime.fromisoformat(f"{key}-01").date(), zone)
        begins, ends = month.begins_at, month.ends_at
    else:
        day = datetime.fromisoformat(key).date()
        length = timedelta(days=7 if by == "week" else 1)
        begins, ends = midnight(day, zone), midnight(day + length, zone)
    return Scope(
        at=over.at,
        begins_at=max(begins, over.begins_at) if over.begins_at else begins,
        ends_at=min(ends, over.ends_at) if over.ends_at else ends,
    )


def _names(by: str, keys: Iterable[str]) -> Mapping[str, str]:
    """What the groups are called."""
    if by == "person":
        found = names([uuid.UUID(key) for key in keys if key != NONE])
        return {**{str(id): name for id, name in found.items()}, NONE: _("nobody yet")}
    if by == "team":
        pools = {str(id): name for id, name in Pool.objects.values_list("id", "name")}
        return {**pools, MARKETING: _("Marketing"), NONE: _("Sales, by name")}
    if by == "segment":
        return {**segments(), NONE: _("in no segment")}
    if by == "trigger":
        triggers = {str(key): str(label) for key, label in Trigger.choices}
        return {**triggers, NONE: _("of no handoff")}
    return {NONE: _("(no source)")}


def _group(key: str, name: str, rows: Rows, over: Scope, only: str) -> Group:
    of_kind: dict[str, list[ClockRow]] = defaultdict(list)
    for clock in rows.clocks:
        of_kind[clock.kind].append(clock)
    answered = sum(row.is_answered for row in rows.handoffs)
    accepted = sum(row.is_accepted for row in rows.handoffs)
    tries = sum(row.attempts for row in rows.handoffs)
    return Group(
        key=key,
        name=name,
        only=only,
        over=over,
        promises={kind: _kept(kind, of_kind[kind]) for kind in KINDS if of_kind[kind]},
        offered=len(rows.handoffs),
        accepted=share(accepted, answered),
        passed_back=len(rows.backs),
        attempts=tries / len(rows.handoffs) if rows.handoffs else None,
        queue=_time([row.queued for row in rows.handoffs]),
    )


def _kept(kind: str, clocks: Sequence[ClockRow]) -> Kept:
    fates = dict.fromkeys(("kept", "late", "missed", "running"), 0)
    for clock in clocks:
        fates[clock.fate] += 1
    return Kept(
        kind=kind,
        in_time=share(fates["kept"], fates["kept"] + fates["late"] + fates["missed"]),
        late=fates["late"],
        missed=fates["missed"],
        running=fates["running"],
        took=_time([clock.took for clock in clocks]),
    )


def _time(lengths: Iterable[Any]) -> Time:
    hours = [length / HOUR for length in lengths if length is not None]
    return Time(len(hours), quantile(hours, 0.5), quantile(hours, 0.9))
