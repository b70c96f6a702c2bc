"""When something that did not go out is tried again, and what goes into one chat message. Pure."""

from datetime import datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=10)  # longer than one round of sending may take
LONGEST_REST = timedelta(days=1)
_FIRST_REST = timedelta(seconds=30)


def rest_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None: give up.

    Doubles from half a minute: 30 s, 1 min, 2 min … 32 min, about an hour in all.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return _FIRST_REST * (1 << (attempts - 1))


def asked_rest(retry_after: str, at: datetime) -> timedelta | None:
    """What a Retry-After header asks for, in seconds or as a date; a day at most."""
    said = retry_after.strip()
    if said.isascii() and said.isdecimal():
        return min(timedelta(seconds=int(said[:9])), LONGEST_REST)
    try:
        until = parsedate_to_datetime(said)
        return min(max(until - at, timedelta()), LONGEST_REST)
    except (TypeError, ValueError):
        return None


def end_of_quiet(begins: time, ends: time, zone: str, at: datetime) -> datetime | None:
    """When quiet hours on the wall clock of a zone end, if `at` is in them; over midnight, too."""
    here = at.astimezone(ZoneInfo(zone))
    is_over_midnight = begins > ends
    now = here.time()
    is_quiet = (now >= begins or now < ends) if is_over_midnight else begins <= now < ends
    if not is_quiet:
        return None
    day = here.date() + timedelta(days=1 if is_over_midnight and now >= begins else 0)
    return max(datetime.combine(day, ends, ZoneInfo(zone)).astimezone(at.tzinfo), at)
