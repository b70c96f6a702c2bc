"""When something that did not go out is tried again, and what goes into one chat message. Pure."""

from datetime import datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

MOST_ATTEMPTS = 12
LEASE = timedelta(minutes=10)  # longer than one round of sending may take
LONGEST_REST = timedelta(days=1)
_FIRST_REST = timedelta(seconds=30)
_MOST_REST = timedelta(hours=4)


def rest_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None: give up.

    Four times as long each time, from half a minute to four hours: 30 s, 2 min, 8 min, 32 min,
    2 h 8 min, then 4 h each; 26 hours in all, so that a day without a mail server loses nothing.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(_FIRST_REST * (1 << 2 * (attempts - 1)), _MOST_REST)


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
