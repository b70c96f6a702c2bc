"""Days and moments as people type them and programs send them: within reach, or refused.

Time zones, calendars and the database end near the years 1 and 9999. Whoever counts with a year
that somebody mistyped would be stopped by it later, far from where it was typed. No Django.
"""

from datetime import date, datetime, tzinfo
from typing import TypeVar

from accord.base.errors import Invalid, _

_Day = TypeVar("_Day", bound=date)

PLANNED = range(2000, 2101)
"""The years of what people do, promise and plan."""
KNOWN = range(1000, 3000)
"""The years of what is known of the world, such as the day on which a company was founded."""


def read_day(text: str, *, field: str, years: range = PLANNED) -> date:
    """The day that a text says. Raises Invalid for none, and for one out of reach."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            _("“%(text)s” is not a date; write it as 2026-05-31.") % {"text": text}, field=field
        ) from error
    return within_reach(day, field=field, years=years)


def read_moment(text: str, *, field: str, zone: tzinfo) -> datetime:
    """The moment that a text says, in the zone where it names none. Raises Invalid as `read_day`.

    Of a text that has no time it is the beginning of the day.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            _("“%(text)s” is not a moment; write it as 2026-05-31 14:30.") % {"text": text},
            field=field,
        ) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return within_reach(moment, field=field)


def within_reach(day: _Day, *, field: str, years: range = PLANNED) -> _Day:
    """The day or moment, if its year is one of these. Raises Invalid."""
    if day.year in years:
        return day
    raise Invalid(
        _("The year %(year)04d is out of reach; give one from %(first)d to %(last)d.")
        % {"year": day.year, "first": years[0], "last": years[-1]},
        field=field,
    )
