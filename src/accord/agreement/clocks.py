"""When a promise is due, when its person is warned, what pauses do to both. No Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accord.agreement.spans import Span, Warned
from accord.teams.rules import ALWAYS, Calendar, NoWorkingTime, Pause, due, elapsed

WARN = "warn"  # the step before a promise is due; those after it are the agreement's


@dataclass(frozen=True)
class Moments:
    """When a promise is due, and when its person is warned before; None: they are not."""

    due_at: datetime
    warns_at: datetime | None


def moments(
    *,
    span: Span,
    warning: Warned | None,
    calendar: Calendar,
    started_at: datetime,
    pauses: Sequence[Pause] = (),
) -> Moments:
    """The moments of a promise that began at `started_at` and stood still during `pauses`.

    The working time that was left at a pause is left at its end. A promise always comes due:
    where a calendar has no working time in two years, absences do not count, else time runs.
    """
    for each in (calendar, calendar.hours):
        try:
            return _moments(span, warning, each, started_at, pauses)
        except NoWorkingTime:
            continue
    return _moments(span, warning, ALWAYS, started_at, pauses)


@dataclass(frozen=True)
class Escalated:
    """The steps that have come, which one is next, and its moment; None after the last one."""

    come: list[str]
    next_step: int
    next_at: datetime | None


def escalated(
    *,
    steps: Sequence[tuple[str, Span]],
    calendar: Calendar,
    due_at: datetime,
    next_step: int,
    at: datetime,
    pauses: Sequence[Pause] = (),
) -> Escalated:
    """Where a promise stands that was missed at `due_at`, of whose steps `next_step` is next.

    Whose lead waits, waits for nobody's absence; what the prospect asked for in `pauses` is
    waited for, and the time left to a step is left afterwards.
    """
    moments = [
        (key, _after_miss(span, calendar, due_at, pauses)) for key, span in steps[next_step:]
    ]
    come = [key for key, moment in moments if moment <= at]
    later = [moment for _key, moment in moments if moment > at]
    passed = max((n for n, (_key, moment) in enumerate(moments, 1) if moment <= at), default=0)
    return Escalated(come, next_step + passed, min(later, default=None))


def _after_miss(
    span: Span, calendar: Calendar, due_at: datetime, pauses: Sequence[Pause]
) -> datetime:
    try:
        return _moments(span, None, calendar.hours, due_at, pauses).due_at
    except NoWorkingTime:
        return _moments(span, None, ALWAYS, due_at, pauses).due_at


def _moments(
    span: Span,
    warning: Warned | None,
    calendar: Calendar,
    started_at: datetime,
    pauses: Sequence[Pause],
) -> Moments:
    runs = calendar if span.is_working else ALWAYS
    due_at = span.due(calendar, started_at)
    warns_at = _warns_at(warning, calendar, started_at, due_at)
    for begins, ends in sorted(pauses):
        begins = max(begins, started_at)
        if ends <= begins or begins >= due_at:
            continue
        if warns_at and begins < warns_at:
            warns_at = _postponed(runs, warns_at, begins, ends)
        due_at = _postponed(runs, due_at, begins, ends)
    return Moments(due_at, warns_at)


def _postponed(runs: Calendar, moment: datetime, begins: datetime, ends: datetime) -> datetime:
    return due(runs, ends, elapsed(runs, begins, moment))


def _warns_at(
    warning: Warned | None, calendar: Calendar, started_at: datetime, due_at: datetime
) -> datetime | None:
    """Within the person's working time; none where the span is shorter than the lead time."""
    if warning is None:
        return None
    worked = elapsed(calendar, started_at, due_at)
    if warning.at_share is not None:
        if worked:
            return due(calendar, started_at, worked * warning.at_share)
        return started_at + (due_at - started_at) * warning.at_share
    length = warning.before.length if warning.before else None
    if warning.before is None or length is None:
        return None
    if not warning.before.is_working:
        return due_at - length if due_at - length > started_at else None
    return due(calendar, started_at, worked - length) if worked > length else None
