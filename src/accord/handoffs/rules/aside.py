"""Until when a handoff may be put aside: never until it is due. No Django."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accord.teams.rules import Calendar, due, elapsed

_TO_THE_MINUTE = 5


def moments_aside(*, calendar: Calendar, at: datetime, due_at: datetime | None) -> list[datetime]:
    """The moments until which it may rest: parts of the working time left, and next morning.

    Each leaves time before `due_at`; none where nothing is due or that has passed.
    """
    if due_at is None or due_at <= at:
        return []
    left = elapsed(calendar, at, due_at)
    found = {_plain(due(calendar, at, left * part / 4)) for part in (1, 2, 3)}
    morning = _next_morning(calendar, at)
    return sorted(each for each in {*found, morning} if at < each < due_at)


def _plain(moment: datetime) -> datetime:
    """The moment that people would name, a little earlier."""
    return moment.replace(
        minute=moment.minute // _TO_THE_MINUTE * _TO_THE_MINUTE, second=0, microsecond=0
    )


def _next_morning(calendar: Calendar, at: datetime) -> datetime:
    local = at.astimezone(ZoneInfo(calendar.time_zone))
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return due(calendar, midnight, timedelta())
