"""The record of both sides as plain values: promises and handoffs by a field, and what came back.

Where the scope has both ends, each row says how it was in the period before, as long as it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accord.insights.metrics import Scope
from accord.insights.returned import returned
from accord.insights.rules import Share, midnight, month_of, share
from accord.insights.sla import PERIODS, Group, Kept, Sla, Time, sla
from accord.teams.models import User
from accord.teams.rules import Calendar

Row = dict[str, Any]


def sla_report(over: Scope, *, by: str, calendar: Calendar, reader: User | None) -> Row:
    """The record over a scope by a field. Raises Invalid for a field that parts nothing."""
    now = sla(over, by=by, calendar=calendar, reader=reader)
    before = earlier(now, calendar=calendar, reader=reader)
    return {
        "rows": list(promise_rows(now, before)),
        "handoffs": [{by: _called(group, by), **_handoffs(group)} for group in now.groups],
        "came_back": _came_back(over, reader),
        "notes": [*notes(now)],
    }


def sla_in_all(over: Scope, rows: Iterable[Row], *, calendar: Calendar, reader: User | None) -> Row:
    """As `sla_report`, parted by nothing: the promises' `rows`, each with the time that it took."""
    now = sla(over, by="month", calendar=calendar, reader=reader)
    took = {kind: _time("hours", kept.took) for kind, kept in now.total.promises.items()}
    return {
        "rows": [{**row, **took.get(row["promise"], {})} for row in rows],
        "handoffs": [_handoffs(now.total)],
        "came_back": _came_back(over, reader),
        "notes": [*notes(now)],
    }


def earlier(
    now: Sla, *, calendar: Calendar, reader: User | None, only: str = ""
) -> Mapping[str, Group]:
    """The groups of the period before, by their key; none where the groups are periods."""
    over = previous(now.over, calendar.time_zone)
    if over is None or now.by in PERIODS:
        return {}
    before = sla(over, by=now.by, calendar=calendar, reader=reader, only=only)
    return {group.key: group for group in before.groups}


def previous(over: Scope, zone: str) -> Scope | None:
    """The period before: of whole months as many months, else as many days; None if open."""
    if over.begins_at is None or over.ends_at is None:
        return None
    first = over.begins_at.astimezone(ZoneInfo(zone)).date()
    until = over.ends_at.astimezone(ZoneInfo(zone)).date()
    begin = first - (until - first)
    if first.day == until.day == 1:
        begin = first
        for _month in range((until.year - first.year) * 12 + until.month - first.month):
            begin = month_of(begin - timedelta(days=1), zone).first
    return Scope(at=over.at, begins_at=midnight(begin, zone), ends_at=over.begins_at)


def promise_rows(now: Sla, before: Mapping[str, Group]) -> Iterator[Row]:
    """A row for each group and kind of promise."""
    for group in now.groups:
        for kind, kept in group.promises.items():
            row = {now.by: _called(group, now.by), **_promise(kept)}
            if now.by not in PERIODS:
                old = before[group.key].promises.get(kind) if group.key in before else None
                row["in_time_before"] = _rounded(old.in_time.value) if old else None
            yield row


def columns(by: str) -> Sequence[str]:
    """What the values of `promise_rows` are called, also where there are none."""
    nothing = Kept("", share(0, 0), late=0, missed=0, running=0, took=Time(0, None, None))
    return [by, *_promise(nothing), *([] if by in PERIODS else ["in_time_before"])]


def _promise(kept: Kept) -> Row:
    return {
        "promise": kept.kind,
        "side": kept.side.value,
        "kept": kept.in_time.part,
        "late": kept.late,
        "missed": kept.missed,
        "running": kept.running,
        "due": kept.in_time.whole,
        **_share("in_time", kept.in_time),
        **_time("hours", kept.took),
    }


def _called(group: Group, by: str) -> str:
    return group.key if by in PERIODS else group.name


def _handoffs(group: Group) -> Row:
    return {
        "offered": group.offered,
        "accepted": group.accepted.part,
        "answered": group.accepted.whole,
        **_share("acceptance_rate", group.accepted),
        "passed_back": group.passed_back,
        "attempts_per_lead": _rounded(group.attempts),
        **_time("queue_hours", group.queue),
    }


def _came_back(over: Scope, reader: User | None) -> list[Row]:
    return [
        {"reason": each.key, "label": each.label, "number": each.number, **each.answers}
        for each in returned(over, by="reason", reader=reader)
    ]


def _share(name: str, share: Share) -> Row:
    return {
        name: _rounded(share.value),
        "low": _rounded(share.low),
        "high": _rounded(share.high),
    }


def _time(name: str, time: Time) -> Row:
    return {f"{name}_median": _rounded(time.median), f"{name}_p90": _rounded(time.p90)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def notes(now: Sla) -> Iterator[str]:
    """What to know of the figures."""
    yield _(
        "Hours are working time of whoever promised, without the rest that the prospect asked "
        "for, of what was done in time or late; the queue's are the company's."
    )
    yield _("The 95 % interval, from low to high, is that of the share before it.")
    if now.by == "person":
        yield _(
            "The figures of a person are for that person and whoever heads the side; everybody "
            "sees teams."
        )
    if now.by == "segment":
        yield _("A lead is in a segment if it meets the definition now; it may be in several.")
