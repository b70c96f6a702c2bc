"""Counts working time: when a promise is due, and how much of it has passed. No Django.

One definition serves every function: **an instant is working time if the wall clock of the
calendar's zone, at that instant, stands within a range of that wall clock's day.** Hence, where
the clocks change, a missing hour does not count and a doubled hour counts twice, whatever the
size of the change and the hour of the day; a day that a zone skipped has no working time. While
somebody is absent, their calendar has none.

Counting is exact to the microsecond and nothing is rounded, so a due moment is never early:
`elapsed(calendar, start, due(calendar, start, amount)) == amount`.

Instants are counted as whole microseconds since 1970 in UTC, in days of UTC, because those never
overlap, while days on a wall clock may.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from accord.base.errors import Invalid, Refusal, _
from accord.teams.calendars import ALWAYS, Calendar, Range, holidays_of, resolve

__all__ = [
    "ALWAYS",
    "Calendar",
    "NoWorkingTime",
    "Range",
    "Worked",
    "days",
    "due",
    "due_with_pauses",
    "elapsed",
    "elapsed_with_pauses",
    "holidays_of",
    "resolve",
]

Pause = tuple[datetime, datetime]
"""A span in which a clock stands still, half-open."""

Span = tuple[int, int]
"""Instants from the first until before the second."""

Stretch = tuple[int, int, int]
"""Begin and end of a span in which a zone's offset from UTC does not change, and the offset."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = 24 * 60 * _MINUTE
_PATIENCE_DAYS = 2 * 366
# Calendars end with the year 9998, so that every zone can still show the last instant.
_LAST_DAY = date(9999, 1, 1).toordinal() - _EPOCH_DAY


class NoWorkingTime(Refusal):
    """The calendar has no working time in which the promise could come due."""


def due(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """The moment (UTC) at which `amount` of working time has passed since `start`.

    Fri 16:30 + 1 h in Mon-Fri 9-17 is Mon 09:30. Where the amount is used up exactly at the end
    of a range, that end is due, not the next opening. An amount of zero is due at `start` within
    working time, else at the next opening: the first moment at which anybody could act.
    Raises `Invalid` for a negative amount or a naive `start`, and `NoWorkingTime` when two years
    pass without any.
    """
    return due_with_pauses(calendar, start, amount, ())


def due_with_pauses(
    calendar: Calendar, start: datetime, amount: timedelta, pauses: Sequence[Pause]
) -> datetime:
    """As `due`, with a clock that stands still during `pauses`.

    Pauses may come in any order, overlap, lie before `start` or outside working time. A due
    moment that is reached exactly when a pause begins stays that moment. Also raises `Invalid`
    for a pause that ends before it begins.
    """
    left = amount // _MICROSECOND
    if left < 0:
        raise Invalid(
            _("A promise cannot last %(amount)s; give zero or more.") % {"amount": amount},
            field="amount",
        )
    rests = (*pauses, *calendar.absences)
    for begin, until in _unpaused(_instant(start), _LAST_DAY * _DAY, rests):
        while begin < until:
            stop = min(until, begin + _PATIENCE_DAYS * _DAY)
            found = False
            for opens, closes in _worked(calendar, begin, stop):
                if closes - opens >= left:
                    return _moment(opens + left)
                left -= closes - opens
                found = True
            if not found and stop < until:
                raise _no_working_time(calendar, begin)
            begin = stop
    raise _no_working_time(calendar, _instant(start))


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time between two instants; zero if `end` is not after `start`.

    Raises `Invalid` for a naive instant.
    """
    return elapsed_with_pauses(calendar, start, end, ())


def elapsed_with_pauses(
    calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause]
) -> timedelta:
    """As `elapsed`, without the working time that falls into `pauses` (see `due_with_pauses`)."""
    total = sum(
        closes - opens
        for begin, until in _unpaused(_instant(start), _instant(end), (*pauses, *calendar.absences))
        for opens, closes in _worked(calendar, begin, until)
    )
    return timedelta(microseconds=total)


class Worked:
    """Working time of a span, added up once, so that thousands of clocks are read quickly.

    `between` is `elapsed` for instants within [begin, until]; others are moved to its ends.
    """

    def __init__(self, calendar: Calendar, begin: datetime, until: datetime) -> None:
        spans = [
            span
            for stretch in _unpaused(_instant(begin), _instant(until), calendar.absences)
            for span in _worked(calendar, *stretch)
        ]
        self._opens = [opens for opens, _closes in spans]
        self._spans = spans
        self._before = [0, *accumulate(closes - opens for opens, closes in spans)]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two instants; zero if `end` is not after `start`."""
        return timedelta(microseconds=max(self._until(end) - self._until(start), 0))

    def _until(self, moment: datetime) -> int:
        """The working time from the beginning of the span to a moment."""
        instant = _instant(moment)
        place = bisect_right(self._opens, instant)
        if not place:
            return 0
        opens, closes = self._spans[place - 1]
        return self._before[place - 1] + min(instant, closes) - opens


def days(calendar: Calendar, start: datetime, n: int) -> datetime:
    """The close of business (UTC) of the `n`-th working day after `start`: "within 15 days".

    A working day is a day on the calendar's wall clock with any working time; it ends when its
    last range ends, or an absence begins that lasts beyond. The day on which `start` falls never
    counts, whatever the hour, so that everybody has at least `n` full days. Raises `Invalid` if
    `n` is less than 1, and `NoWorkingTime` when two years pass without any.
    """
    if n < 1:
        raise Invalid(
            _("A promise cannot last %(n)s working days; give 1 or more.") % {"n": n}, field="days"
        )
    begin = _instant(start)
    today = start.astimezone(ZoneInfo(calendar.time_zone)).toordinal() - _EPOCH_DAY
    last_seen = today
    for day in range(today + 1, _LAST_DAY - 1):
        if (closes := _closing(calendar, day)) is not None:
            n -= 1
            last_seen = day
            if n == 0:
                return _moment(closes)
        elif day - last_seen >= _PATIENCE_DAYS:
            break
    raise _no_working_time(calendar, begin)


def _no_working_time(calendar: Calendar, begin: int) -> NoWorkingTime:
    return NoWorkingTime(
        _(
            "The calendar in %(time_zone)s has no working time in the two years after "
            "%(begin)s UTC, or the clock is paused for good; give the calendar "
            "working hours or end the pause."
        )
        % {"time_zone": calendar.time_zone, "begin": f"{_moment(begin):%Y-%m-%d %H:%M}"}
    )


def _instant(moment: datetime) -> int:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise Invalid(
            _("The moment %(moment)s has no time zone; give one with its zone.")
            % {"moment": moment},
            field="at",
        )
    if moment.year < 2:
        raise Invalid(
            _("The moment %(moment)s is out of reach; check its year.") % {"moment": moment},
            field="at",
        )
    return (moment - _EPOCH) // _MICROSECOND


def _moment(instant: int) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def _unpaused(begin: int, until: int, pauses: Sequence[Pause]) -> Iterator[Span]:
    """The spans of [begin, until) outside all pauses, in order."""
    for stops, resumes in sorted((_instant(a), _instant(b)) for a, b in pauses):
        if resumes < stops:
            raise Invalid(
                _(
                    "A pause ends at %(resumes)s, before it begins at %(stops)s; "
                    "correct one of them."
                )
                % {"resumes": _moment(resumes), "stops": _moment(stops)},
                field="pauses",
            )
        if stops < resumes:
            if begin < min(stops, until):
                yield begin, min(stops, until)
            begin = max(begin, resumes)
    if begin < until:
        yield begin, until


def _worked(calendar: Calendar, begin: int, until: int) -> Iterator[Span]:
    """The working hours within [begin, until) as spans in order; neighbours may touch."""
    calendar = _interned(calendar.hours)
    for day in range(begin // _DAY, min(-(-until // _DAY), _LAST_DAY)):
        for span in _worked_on(calendar, day):
            if begin <= span[0] and span[1] <= until:
                yield span
            elif begin < span[1] and span[0] < until:
                yield max(begin, span[0]), min(span[1], until)


@lru_cache(maxsize=1024)
def _interned(calendar: Calendar) -> Calendar:
    """One object for equal calendars, so that the look-ups per day compare identities only."""
    return calendar


@lru_cache(maxsize=2**15)
def _worked_on(calendar: Calendar, utc_day: int) -> tuple[Span, ...]:
    """The working time of one day of UTC, in order."""
    spans: list[Span] = []
    for stretch in _stretches(calendar.time_zone, utc_day, utc_day + 1):
        begin, until, offset = stretch
        for day in range((begin + offset) // _DAY, (until + offset - 1) // _DAY + 1):
            spans.extend(_ranges_within(calendar, day, stretch))
    return tuple(spans)


def _closing(calendar: Calendar, day: int) -> int | None:
    """When the working time of a wall-clock day ends; None if the day has none."""
    ends = [
        until
        for opens, closes in _day_of(_interned(calendar.hours), day)
        for _begin, until in _unpaused(opens, closes, calendar.absences)
    ]
    return max(ends, default=None)


@lru_cache(maxsize=2**15)
def _day_of(calendar: Calendar, day: int) -> tuple[Span, ...]:
    """The working hours of one wall-clock day, in order."""
    # A wall clock is less than 24 hours from UTC, so its day lies within three of UTC's.
    return tuple(
        span
        for stretch in _stretches(calendar.time_zone, day - 1, day + 2)
        for span in _ranges_within(calendar, day, stretch)
    )


def _ranges_within(calendar: Calendar, day: int, stretch: Stretch) -> Iterator[Span]:
    """The working time of a wall-clock day within a stretch, in order."""
    begin, until, offset = stretch
    midnight = day * _DAY - offset
    for start, end in calendar.ranges_on(date.fromordinal(day + _EPOCH_DAY)):
        opens, closes = midnight + start * _MINUTE, midnight + end * _MINUTE
        if opens < until and begin < closes:
            yield max(begin, opens), min(closes, until)


def _stretches(time_zone: str, first_day: int, end_day: int) -> list[Stretch]:
    """The stretches of the days [first, end) of UTC, in order, cut at the ends."""
    first, end = first_day * _DAY, end_day * _DAY
    years = range(_year(first_day), _year(end_day - 1) + 1)
    return [
        (max(first, begin), min(until, end), offset)
        for year in years
        for begin, until, offset in _stretches_of_year(time_zone, year)
        if begin < end and first < until
    ]


def _year(day: int) -> int:
    return date.fromordinal(day + _EPOCH_DAY).year


@lru_cache(maxsize=1024)
def _stretches_of_year(time_zone: str, year: int) -> tuple[Stretch, ...]:
    """The stretches of one year of UTC.

    `zoneinfo` does not list its changes of offset, so we look once a day and halve where two
    days differ. Nowhere did a zone change and change back within three days.
    """
    zone = ZoneInfo(time_zone)
    first, last = (
        (date(each, 1, 1).toordinal() - _EPOCH_DAY) * 86_400 for each in (year, year + 1)
    )
    mornings = range(first, last + 1, 86_400)
    offsets = [_offset(zone, morning) for morning in mornings]
    changes = [first]
    for morning, (before, after) in zip(mornings, pairwise(offsets), strict=False):
        if before != after:
            changes.extend(_changes(zone, morning, morning + 86_400))
    return tuple(
        (begin * _SECOND, until * _SECOND, _offset(zone, begin) * _SECOND)
        for begin, until in zip(changes, [*changes[1:], last], strict=True)
    )


def _changes(zone: ZoneInfo, begin: int, until: int) -> Iterator[int]:
    """The seconds after `begin`, up to `until`, at which the zone's offset changes."""
    if _offset(zone, begin) == _offset(zone, until):
        return
    if until - begin == 1:
        yield until
        return
    middle = (begin + until) // 2
    yield from _changes(zone, begin, middle)
    yield from _changes(zone, middle, until)


def _offset(zone: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset() or timedelta()
    return offset // timedelta(seconds=1)
