"""Spans of time as an agreement states them: an amount and its unit. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from accord.base.errors import _
from accord.teams.calendars import Calendar
from accord.teams.rules import days, due


class Unit(StrEnum):
    """What an amount counts. Working time runs while the person who promised is at work."""

    WORKING_MINUTES = "working_minutes"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    HOURS = "hours"
    DAYS = "days"


UNITS = ", ".join(Unit)
_WORKING = {Unit.WORKING_MINUTES: timedelta(minutes=1), Unit.WORKING_HOURS: timedelta(hours=1)}
_ALWAYS = {Unit.HOURS: timedelta(hours=1), Unit.DAYS: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Span:
    """A whole number of minutes, hours or days, in working time or always."""

    amount: int
    unit: Unit

    @property
    def is_working(self) -> bool:
        """Whether it runs only while the person who promised is at work."""
        return self.unit not in _ALWAYS

    @property
    def length(self) -> timedelta | None:
        """How long it is; None for working days, which differ."""
        known = _WORKING.get(self.unit) or _ALWAYS.get(self.unit)
        return self.amount * known if known else None

    def due(self, calendar: Calendar, start: datetime) -> datetime:
        """The moment (UTC) at which the span has passed since `start`.

        Working minutes and hours are counted by `teams.rules.due`, working days end with the
        close of business of the last one (`teams.rules.days`); none of them leaves `start`
        unchanged. Hours and days are plain time. Raises NoWorkingTime where the calendar has
        none.
        """
        if not self.amount:
            return start
        if self.unit in _WORKING:
            return due(calendar, start, self.amount * _WORKING[self.unit])
        if self.unit in _ALWAYS:
            return start + self.amount * _ALWAYS[self.unit]
        return days(calendar, start, self.amount)


class Warned(NamedTuple):
    """When whoever promised is warned: after a share of the span, or so long `before` it is due."""

    at_share: float | None
    before: Span | None


def read_span(value: object) -> Span:
    """A span as it stands in a document: `{working_hours: 4}`.

    Raises ValueError with a sentence that says how to write it.
    """
    if isinstance(value, Span):
        return value
    if not isinstance(value, Mapping):
        raise ValueError(
            _("%(value)r has no unit; write one of %(units)s, such as {working_hours: 4}.")
            % {"value": value, "units": UNITS}
        )
    if len(value) != 1:
        raise ValueError(_("give one amount with one unit, such as {working_hours: 4}."))
    ((unit, amount),) = value.items()
    if unit not in set(Unit):
        raise ValueError(
            _("there is no unit “%(unit)s”; use one of %(units)s.") % {"unit": unit, "units": UNITS}
        )
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise ValueError(
            _("%(amount)r is not a whole number of %(unit)s; write it such as {%(unit)s: 4}.")
            % {"amount": amount, "unit": unit}
        )
    return Span(amount=amount, unit=Unit(unit))
