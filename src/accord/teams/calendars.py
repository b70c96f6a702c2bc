"""Calendars as people agree on them: a time zone, a week, and the days that differ.

Values only; `accord.teams.rules` counts with them. No Django.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accord.base.errors import Invalid, _

MINUTES_A_DAY = 24 * 60
DAY_KEYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_COUNTRY = re.compile(r"([A-Za-z]{2})(?:-([A-Za-z0-9]{1,6}))?")


class Range(NamedTuple):
    """Working time from `start` until before `end`, in wall-clock minutes of a day (0 to 1440)."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}–{_clock(self.end)}"


Ranges = tuple[Range, ...]
Absences = tuple[tuple[datetime, datetime], ...]
"""Spans of instants in which nobody is there, half-open."""


@dataclass(frozen=True)
class Calendar:
    """When work is done, as wall-clock ranges in `time_zone`; hashable and unchangeable.

    `week` maps a weekday (0 = Monday) to its ranges, half-open and in order; a weekday left out
    is free. `exceptions` replaces the ranges of single days; an empty tuple is a holiday. Plain
    pairs of minutes are taken for ranges. `absences` are taken out of all that. Raises `Invalid`
    with a sentence for a zone that does not exist, a weekday outside 0..6, and ranges that are
    empty, overlap or are out of order.
    """

    time_zone: str
    week: Mapping[int, Ranges]
    exceptions: Mapping[date, Ranges] = field(default_factory=dict)
    absences: Absences = ()

    def __post_init__(self) -> None:
        _check_zone(self.time_zone)
        week: dict[int, Ranges] = {}
        for weekday in sorted(self.week):
            if weekday not in range(7):
                raise Invalid(
                    _("Weekday %(weekday)s does not exist; use 0 for Monday to 6 for Sunday.")
                    % {"weekday": weekday},
                    field="week",
                )
            if ranges := _checked(self.week[weekday], where=DAY_NAMES[weekday], field="week"):
                week[weekday] = ranges
        exceptions = {
            day: _checked(self.exceptions[day], where=day.isoformat(), field="exceptions")
            for day in sorted(self.exceptions)
        }
        object.__setattr__(self, "week", MappingProxyType(week))
        object.__setattr__(self, "exceptions", MappingProxyType(exceptions))

    @cached_property
    def _hash(self) -> int:
        days = tuple(self.week.items()), tuple(self.exceptions.items())
        return hash((self.time_zone, *days, self.absences))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Copies and pickles by value; read-only mappings cannot do so themselves."""
        days = dict(self.week), dict(self.exceptions)
        return type(self), (self.time_zone, *days, self.absences)

    @cached_property
    def hours(self) -> Calendar:
        """The same calendar as if nobody were ever absent."""
        return replace(self, absences=()) if self.absences else self

    def ranges_on(self, day: date) -> Ranges:
        """The ranges of `day` on the wall clock, in order."""
        ranges = self.exceptions.get(day)
        return self.week.get(day.weekday(), ()) if ranges is None else ranges

    def with_holidays(self, days: Iterable[date]) -> Calendar:
        """The same calendar, closed on `days`; an exception that is already there stays."""
        closed: dict[date, Ranges] = dict.fromkeys(days, ())
        return replace(self, exceptions={**closed, **self.exceptions})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Calendar:
        """Reads the form that `to_json` writes; raises `Invalid`, naming the day and the fault.

        `{"time_zone": "Europe/Berlin",
          "week": {"mon": [["09:00", "12:30"], ["13:00", "17:00"]]},
          "exceptions": {"2026-12-24": [["09:00", "12:00"]], "2026-12-25": []}}`

        Days left out of `week` are free; `exceptions` may be left out.
        """
        if unknown := sorted(set(data) - {"time_zone", "week", "exceptions"}):
            raise Invalid(
                _("A calendar has no “%(unknown)s”; use time_zone, week and exceptions.")
                % {"unknown": unknown[0]},
                field=unknown[0],
            )
        week = _mapping(data.get("week"), field="week")
        exceptions = _mapping(data.get("exceptions", {}), field="exceptions")
        return cls(
            data.get("time_zone", ""),
            {_weekday(key): _read(pairs, where=key, field="week") for key, pairs in week.items()},
            {
                _date(key): _read(pairs, where=key, field="exceptions")
                for key, pairs in exceptions.items()
            },
        )

    def to_json(self) -> dict[str, Any]:
        """The hours as plain JSON values, days in order; `from_json` reads them back."""
        return {
            "time_zone": self.time_zone,
            "week": {DAY_KEYS[day]: _write(ranges) for day, ranges in self.week.items()},
            "exceptions": {
                day.isoformat(): _write(ranges) for day, ranges in self.exceptions.items()
            },
        }


def resolve(user: Calendar | None, team: Calendar | None, company: Calendar | None) -> Calendar:
    """The calendar that holds for a person: their own, else the team's, else the company's.

    Where nobody has set one, time always runs (`ALWAYS`).
    """
    return next((each for each in (user, team, company) if each is not None), ALWAYS)


def holidays_of(country: str, years: Iterable[int]) -> dict[date, str]:
    """The public holidays of a country in `years`, with their names; none if `country` is blank.

    `country` is an ISO 3166 code, with a subdivision where it has holidays of its own: "DE",
    "DE-BY". Raises `Invalid` for one that the library `holidays` does not know.
    """
    return dict(_holidays(country, frozenset(years))) if country else {}


@lru_cache(maxsize=256)
def _holidays(country: str, years: frozenset[int]) -> tuple[tuple[date, str], ...]:
    # Imported late: it takes a quarter of a second, which every command would pay.
    import holidays

    unknown = Invalid(
        _(
            "The holidays of “%(country)s” are not known; use a country code such "
            "as DE, or one with a region such as DE-BY."
        )
        % {"country": country},
        field="country",
    )
    match = _COUNTRY.fullmatch(country)
    if match is None:
        raise unknown
    name, region = match[1].upper(), match[2] and match[2].upper()
    try:
        found = holidays.country_holidays(name, subdiv=region, years=sorted(years))
    except NotImplementedError as error:
        raise unknown from error
    return tuple(sorted(found.items()))


def _check_zone(name: object) -> None:
    try:
        if not isinstance(name, str) or not name:
            raise ZoneInfoNotFoundError
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder, such as "US"
        raise Invalid(
            _("There is no time zone “%(name)s”; use a name such as Europe/Berlin.")
            % {"name": name},
            field="time_zone",
        ) from error


def _checked(pairs: Iterable[tuple[int, int]], *, where: str, field: str) -> Ranges:
    ranges = tuple(Range(*pair) for pair in pairs)
    for each in ranges:
        if not 0 <= each.start < each.end <= MINUTES_A_DAY:
            raise Invalid(
                _(
                    "%(where)s: %(range)s is not a range; it must start before it ends, "
                    "between 00:00 and 24:00. Write a night as two days."
                )
                % {"where": where, "range": each},
                field=field,
            )
    for before, after in pairwise(ranges):
        if after.start < before.end:
            raise Invalid(
                _(
                    "%(where)s: %(after)s begins before %(before)s has ended; list the "
                    "ranges in order and apart."
                )
                % {"where": where, "after": after, "before": before},
                field=field,
            )
    return ranges


def _mapping(value: object, *, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Invalid(
            _("The calendar's %(field)s must map days to lists of ranges.") % {"field": field},
            field=field,
        )
    return value


def _weekday(key: str) -> int:
    if key not in DAY_KEYS:
        raise Invalid(
            _("“%(key)s” is not a weekday; use %(days)s.")
            % {"key": key, "days": ", ".join(DAY_KEYS)},
            field="week",
        )
    return DAY_KEYS.index(key)


def _date(key: str) -> date:
    try:
        return date.fromisoformat(key)
    except (TypeError, ValueError) as error:
        raise Invalid(
            _("“%(key)s” is not a date; write 2026-12-24.") % {"key": key}, field="exceptions"
        ) from error


def _read(pairs: object, *, where: str, field: str) -> Ranges:
    listed = pairs if isinstance(pairs, Sequence) and not isinstance(pairs, str) else [pairs]
    return tuple(_read_range(pair, where=where, field=field) for pair in listed)


def _read_range(pair: object, *, where: str, field: str) -> Range:
    match pair:
        case [str(start), str(end)]:
            found = _CLOCK.fullmatch(start), _CLOCK.fullmatch(end)
            if found[0] and found[1]:
                return Range(_minutes(found[0]), _minutes(found[1]))
    raise Invalid(
        _('%(where)s: %(pair)r is not a range; write two times such as ["09:00", "17:30"].')
        % {"where": where, "pair": pair},
        field=field,
    )


def _minutes(clock: re.Match[str]) -> int:
    return int(clock[1]) * 60 + int(clock[2])


def _write(ranges: Ranges) -> list[list[str]]:
    return [[_clock(each.start), _clock(each.end)] for each in ranges]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


ALWAYS = Calendar("UTC", dict.fromkeys(range(7), (Range(0, MINUTES_A_DAY),)))
"""Round the clock, every day."""
