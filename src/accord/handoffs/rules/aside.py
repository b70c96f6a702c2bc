"""Until when a handoff may be put aside: never until it is due. No Django."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accord.teams.rules import Calendar, due

_NOON = 13  # the hour at which the afternoon begins
_HOUR = timedelta(hours=1)
_QUARTER = timedelta(minutes=15)
_TO_THE_MINUTE = timedelta(minutes=5)


def moments_aside(
    *, calendar: Calendar, at: datetime, due_at: datetime | None
) -> Mapping[str, datetime]:
    """The moments until which it may rest, by what people call them, the nearest first.

    In an hour, this afternoon, on the next working day; where all of that is too late, in half an
    hour or a quarter of one. Each lies in working time and before `due_at`; none where nothing is
    due or that has passed.
    """
    if due_at is None or due_at <= at:
        return {}
    found = {
        "hour": _round(at + _HOUR, _QUARTER),
        "afternoon": _afternoon(calendar, at),
        "morning": _next_morning(calendar, at),
    }
    short = {
        "quarter": _round(at + _QUARTER, _TO_THE_MINUTE),
        "half_hour": _round(at + 2 * _QUARTER, _TO_THE_MINUTE),
    }
    return _in_order(calendar, found, at, due_at) or _in_order(calendar, short, at, due_at)


def _in_order(
    calendar: Calendar, moments: Mapping[str, datetime], at: datetime, due_at: datetime
) -> dict[str, datetime]:
    """Those of the moments that can be, each later than the one before."""
    found: dict[str, datetime] = {}
    latest = at
    for name, moment in moments.items():
        if latest < moment < due_at and due(calendar, moment, timedelta()) == moment:
            found[name] = latest = moment
    return found


def _round(moment: datetime, to: timedelta) -> datetime:
    """The round moment next to it."""
    over = (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % to
    return moment - over + (to if over * 2 >= to else timedelta())


def _afternoon(calendar: Calendar, at: datetime) -> datetime:
    """When work goes on at 13:00, or after the break; `at` where today it does not."""
    local = at.astimezone(ZoneInfo(calendar.time_zone))
    noon = local.replace(hour=_NOON, minute=0, second=0, microsecond=0)
    found = due(calendar, noon, timedelta())
    return found if found.astimezone(local.tzinfo).date() == local.date() else at


def _next_morning(calendar: Calendar, at: datetime) -> datetime:
    local = at.astimezone(ZoneInfo(calendar.time_zone))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return due(calendar, midnight, timedelta())
