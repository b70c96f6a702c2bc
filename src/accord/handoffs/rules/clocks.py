"""What a pause does to a promise, and which steps of an escalation have come. No Django."""

from collections.abc import Sequence
from datetime import datetime

from accord.teams.rules import Calendar, due, elapsed


def postponed(
    *, calendar: Calendar, due_at: datetime, paused_at: datetime, resumes_at: datetime
) -> datetime:
    """The moment due when a clock stands still in [paused_at, resumes_at).

    The working time that was left at the pause is left at its end.
    """
    return due(calendar, resumes_at, elapsed(calendar, paused_at, due_at))


def steps_come(
    *, moments: Sequence[datetime], next_step: int, at: datetime
) -> tuple[list[int], datetime | None]:
    """The steps from `next_step` on whose moments have come by `at`; the moment after them."""
    come = [n for n in range(next_step, len(moments)) if moments[n] <= at]
    later = [moments[n] for n in range(next_step, len(moments)) if moments[n] > at]
    return come, min(later, default=None)
