"""Since when something must have begun to be past due, or quiet for too long. Pure, no Django."""

from datetime import datetime, timedelta
from functools import lru_cache

from accord.agreement.spans import Span
from accord.teams.calendars import Calendar

LOOK_BACK = timedelta(days=366)
EXACT_TO = timedelta(minutes=1)
GAPS = 2  # attempts left out in a row; one can be a day off


@lru_cache(maxsize=1024)
def past_due_before(span: Span, *, calendar: Calendar, at: datetime) -> datetime:
    """Whatever began before this moment has had its span by `at`, to the minute.

    The later something begins, the later it is due, so that halving finds the moment.
    """
    early, late = at - LOOK_BACK, at
    while late - early > EXACT_TO:
        middle = early + (late - early) / 2
        if span.due(calendar, middle) < at:
            early = middle
        else:
            late = middle
    return early


def quiet_after(*, attempts: int, within: Span) -> Span:
    """How long may pass without a sign of sales: as long as GAPS promised attempts take."""
    return Span(amount=max(-(-GAPS * within.amount // attempts), 1), unit=within.unit)
