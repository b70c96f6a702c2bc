"""Which attempt comes next, by what the agreement promises. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accord.handoffs.rules.attempts import counted
from accord.teams.rules import Calendar, days, due, elapsed

CALL, EMAIL, MESSAGE = "call", "email", "message"
_NOON = 13  # the hour from which a day is its second half
_BETWEEN = timedelta(hours=1)  # of work, at least, between two attempts of one day


def first_of(possible: AbstractSet[str]) -> str:
    """The channel to try where nothing else speaks for one: a call where there is a number."""
    return EMAIL if EMAIL in possible and CALL not in possible else CALL


@dataclass(frozen=True)
class Proposal:
    """What to do next: perhaps something else at once, then a channel by a moment.

    `number` is the attempt's among `at_least` promised ones.
    """

    at_once: str | None
    channel: str
    due_at: datetime
    number: int
    at_least: int


def proposed(
    *,
    tried: Sequence[str],
    at_least: int,
    ends_at: datetime | None,
    channels: int,
    possible: AbstractSet[str],
    calendar: Calendar,
    at: datetime,
) -> Proposal | None:
    """The next attempt, after those `tried` by their channels, of which not all may count.

    None once all are made, or when nobody can be reached. The first come close together, the later
    ones further apart (`_gap`), each at the other half of the day than the last one and none after
    `ends_at`; without it, or once it has passed, on the next working day at the earliest. As long
    as fewer channels were used than are promised, and there is another, that one is tried at once.
    """
    made = counted(tried, possible)
    left = at_least - len(made)
    if left <= 0 or not possible:
        return None
    at_once = _other(made, channels, possible)
    channel = first_of(possible)
    gap = _gap(channel, made.count(channel))
    if ends_at and at < ends_at:
        to_come = max(left - 1, 1) if at_once else left
        gap = min(gap, _days_left(calendar, at, ends_at) // to_come)
        due_at = min(_after(calendar, at, gap), ends_at)
    else:
        due_at = _after(calendar, at, max(gap, 1))
    return Proposal(
        at_once=at_once,
        channel=channel,
        due_at=due_at,
        number=len(made) + (2 if at_once and left > 1 else 1),
        at_least=at_least,
    )


def _gap(channel: str, number: int) -> int:
    """How many working days to leave after so many attempts by a channel: one more each time.

    A second call may come on the day of the first; nobody wants two mails a day.
    """
    return max(number - 1, 0) if channel == CALL else max(number, 1)


def _after(calendar: Calendar, at: datetime, gap: int) -> datetime:
    """The other half of the working day so many days on; 0: today, if enough of it is left."""
    second = _is_first_half(calendar, at)
    if not gap and second:
        local = at.astimezone(ZoneInfo(calendar.time_zone))
        yesterday = local.replace(hour=0, minute=0) - timedelta(hours=1)
        later = _half_of(calendar, days(calendar, yesterday, 1), second=True)
        is_today = later.astimezone(local.tzinfo).date() == local.date()
        if is_today and elapsed(calendar, at, later) >= _BETWEEN:
            return later
        second = False
    return _half_of(calendar, days(calendar, at, max(gap, 1)), second=second)


def _other(made: Sequence[str], channels: int, possible: AbstractSet[str]) -> str | None:
    """The channel that is still missing of those promised; mail before message."""
    used = possible & set(made)
    if not made or len(used) >= min(channels, len(possible)):
        return None
    return next((each for each in (EMAIL, CALL, MESSAGE) if each in possible - used), None)


def _days_left(calendar: Calendar, at: datetime, ends_at: datetime | None) -> int:
    """How many whole working days are left until a moment."""
    number = 0
    while ends_at and days(calendar, at, number + 1) <= ends_at:
        number += 1
    return number


def _is_first_half(calendar: Calendar, at: datetime) -> bool:
    return at.astimezone(ZoneInfo(calendar.time_zone)).hour < _NOON


def _half_of(calendar: Calendar, ends_at: datetime, *, second: bool) -> datetime:
    """The beginning of a working day, or of its second half; `ends_at` is when it closes."""
    local = ends_at.astimezone(ZoneInfo(calendar.time_zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    opens = due(calendar, midnight, timedelta())
    if not second:
        return opens
    return due(calendar, opens, elapsed(calendar, opens, ends_at) / 2)
