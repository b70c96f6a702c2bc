"""Working time equals what a judge counts who asks, every minute, what the wall clock shows.

`ACCORD_HYPOTHESIS=thorough` runs ten times as many random cases.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tape import Tape, tapes

from accord.teams.rules import (
    Calendar,
    Worked,
    days,
    due,
    due_with_pauses,
    elapsed,
    elapsed_with_pauses,
    holidays_of,
)

CASES = 50_000 if os.environ.get("ACCORD_HYPOTHESIS") == "thorough" else 5_000
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
TICKS_A_MINUTE = MINUTE // TICK
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The judge's clock shows from so many days before a change until so many after it.
BEFORE, AFTER = 6, 40

# Days around which clocks change by an hour, half an hour, two hours, or a whole day, at two
# o'clock, at midnight, and one minute after midnight (so that two wall-clock days interleave).
CHANGES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Antarctica/Troll", "2026-03-29"),
    ("Antarctica/Troll", "2026-10-25"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/St_Johns", "2008-03-09"),
    ("America/St_Johns", "2008-11-02"),
    ("Pacific/Apia", "2011-12-30"),
    ("Asia/Kathmandu", "2026-01-01"),
    ("UTC", "2028-02-29"),
    ("Pacific/Kiritimati", "2026-12-31"),
]
COUNTRIES = ("", "DE", "DE-BY", "US", "JP", "BR")


def as_ranges(cuts: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """The ranges between every other cut; what is cut twice at one minute is left out."""
    once = sorted(set(cuts))
    return tuple(zip(once[::2], once[1::2], strict=False)) or ((0, 1440),)


def some_ranges(tape: Tape) -> tuple[tuple[int, int], ...]:
    """The whole day, or up to three ranges of it."""
    number = tape.below(4)
    if not number:
        return ((0, 1440),)
    return as_ranges(tuple(tape.between(0, 1440) for _ in range(2 * number)))


def any_ranges(tape: Tape) -> tuple[tuple[int, int], ...]:
    return some_ranges(tape) if tape.below(4) else ()


def distance(tape: Tape, *, since: int = -3, until: int = 3) -> timedelta:
    """So many days from the change: a quarter of an hour on the clock, or any microsecond."""
    if tape.below(2):
        return tape.between(since * 86_400_000_000, until * 86_400_000_000) * TICK
    return tape.between(since * 96, until * 96) * 15 * MINUTE


def a_week(tape: Tape) -> dict[int, Any]:
    """Which days are worked, one at least, each by one of two kinds of day."""
    worked, others = tape.between(1, 127), tape.below(128)
    ranges = (some_ranges(tape), some_ranges(tape))
    return {day: ranges[others >> day & 1] for day in range(7) if worked >> day & 1}


def spans(tape: Tape, most: int) -> list[tuple[timedelta, timedelta]]:
    """Some of at most a day, which may overlap, and now and then last no time at all."""
    begins = [distance(tape) for _ in range(tape.below(most + 1))]
    return [(begin, begin + distance(tape, since=0, until=1)) for begin in begins]


class Case(NamedTuple):
    """A calendar, a start, an end (perhaps before it), and pauses."""

    calendar: Calendar
    change: datetime
    start: datetime
    end: datetime
    pauses: list[tuple[datetime, datetime]]


def a_calendar(tape: Tape) -> tuple[Calendar, datetime]:
    """A calendar with at least one worked weekday, and a day at which its clocks change."""
    zone, day = tape.one_of(CHANGES)
    change = datetime.fromisoformat(day).replace(tzinfo=UTC)
    exceptions = {
        (change + timedelta(days=tape.between(-4, 4))).date(): any_ranges(tape)
        for _ in range(tape.below(4))
    }
    away = tuple((change + a, change + b) for a, b in spans(tape, 2) if a < b)
    calendar = Calendar(zone, a_week(tape), exceptions, away)
    return calendar.with_holidays(holidays_of(tape.one_of(COUNTRIES), [change.year])), change


def a_case(tape: Tape) -> Case:
    calendar, change = a_calendar(tape)
    pauses = [(change + a, change + b) for a, b in spans(tape, 3)]
    start, since = change + distance(tape), tape.one_of((0, 0, 0, -3))
    end = start + distance(tape, since=since)
    return Case(calendar, change, start, end, pauses)


calendars = tapes(300).map(a_calendar)
cases = tapes(400).map(a_case)


@lru_cache(maxsize=len(CHANGES))
def wall_clock(zone: str, change: datetime) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each minute around a change (its tick), the day that the wall clock shows, the minute."""
    first = change - timedelta(days=BEFORE)
    moments = [first + n * MINUTE for n in range((BEFORE + AFTER) * 1440)]
    shown = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    return (
        np.array([tick(moment) for moment in moments]),
        np.array([each.toordinal() for each in shown]),
        np.array([each.hour * 60 + each.minute for each in shown]),
    )


def tick(moment: datetime) -> int:
    return (moment - EPOCH) // TICK


def worked_minutes(case: Case, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """The minutes that touch [begin, end) and are worked by the wall clock, and its days."""
    ticks, shown_days, shown_minutes = wall_clock(case.calendar.time_zone, case.change)
    touched = slice(*np.searchsorted(ticks, (begin - TICKS_A_MINUTE + 1, end)))
    ticks, shown_days, shown_minutes = (a[touched] for a in (ticks, shown_days, shown_minutes))
    if not len(ticks):
        return ticks, shown_days
    first, last = shown_days.min(), shown_days.max()
    table = np.zeros((last - first + 1, 1440), dtype=bool)
    for row, day in zip(table, range(first, last + 1), strict=True):
        shown = date.fromordinal(day)
        week = case.calendar.week.get(shown.weekday(), ())
        for begin, until in case.calendar.exceptions.get(shown, week):
            row[begin:until] = True
    worked = table[shown_days - first, shown_minutes]
    return ticks[worked], shown_days[worked]


class Pieces(NamedTuple):
    """Worked pieces of minutes, in order: their first and last ticks, the days shown."""

    begins: np.ndarray
    ends: np.ndarray
    days: np.ndarray


def judged(case: Case, rests: list[tuple[datetime, datetime]], begin: int, end: int) -> Pieces:
    """What is worked in [begin, end) and outside all rests, cut wherever something begins."""
    minutes, shown = worked_minutes(case, begin, end)
    cuts = np.array(sorted({begin, end, *(tick(edge) for rest in rests for edge in rest)}))
    begins = np.sort(np.concatenate([minutes, cuts]))
    begins = begins[np.append(begins[1:] != begins[:-1], True)]
    owner = np.searchsorted(minutes, begins, side="right") - 1
    inside = (owner >= 0) & (begins >= begin) & (begins < end)
    begins, owner = begins[inside], owner[inside]
    inside = begins < minutes[owner] + TICKS_A_MINUTE
    begins, owner = begins[inside], owner[inside]
    after = np.searchsorted(cuts, begins, side="right")
    next_cut = np.append(cuts, np.iinfo(np.int64).max)[after]
    ends = np.minimum(minutes[owner] + TICKS_A_MINUTE, next_cut)
    awake = np.ones(len(begins), dtype=bool)
    for stops, resumes in rests:
        awake &= (begins < tick(stops)) | (begins >= tick(resumes))
    return Pieces(begins[awake], ends[awake], shown[owner][awake])


def judged_due(pieces: Pieces, amount: int) -> int:
    passed = np.cumsum(pieces.ends - pieces.begins)
    piece = int(np.searchsorted(passed, amount, side="left"))
    return int(pieces.ends[piece]) - (int(passed[piece]) - amount)


def some_cases(count: int) -> settings:
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_minute_by_minute_judge_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    """Random calendars, changes of clocks, holidays, exceptions, absences and pauses."""
    compared: Counter[str] = Counter()

    @some_cases(CASES)
    @given(asked=tapes(420).map(lambda tape: (a_case(tape), tape.below(1001), tape.between(1, 3))))
    def compare(asked: tuple[Case, int, int]) -> None:
        case, permille, n = asked
        worked = agrees_on_spans(case, permille)
        agrees_on_days(case, n)
        zone = ZoneInfo(case.calendar.time_zone)
        is_across = case.start.astimezone(zone).utcoffset() != case.end.astimezone(zone).utcoffset()
        compared.update(
            cases=1,
            worked=worked > 0,
            paused=bool(case.pauses),
            away=bool(case.calendar.absences),
            backwards=case.end < case.start,
            across_a_change=is_across,
        )

    compare()
    with capsys.disabled():
        print(f"[working time, minute by minute: {dict(compared)}]", end=" ")  # noqa: T201
    assert compared["cases"] >= CASES
    assert min(compared.values()) > CASES / 20


def agrees_on_spans(case: Case, permille: int) -> int:
    """The ticks that are worked in it."""
    calendar, _change, start, end, pauses = case
    rests = [*pauses, *calendar.absences]
    pieces = judged(case, rests, tick(start), tick(end))
    total = int((pieces.ends - pieces.begins).sum())

    assert elapsed_with_pauses(calendar, start, end, pauses) == total * TICK
    if len(pieces.begins):
        amount = min(total * permille // 1000 + permille % 2, total)
        found = due_with_pauses(calendar, start, amount * TICK, pauses)
        assert tick(found) == judged_due(pieces, amount)
    if not pauses:
        assert elapsed(calendar, start, end) == total * TICK
    return total


def agrees_on_days(case: Case, n: int) -> None:
    calendar, _change, start, *_ = case
    found = days(calendar, start, n)
    today = start.astimezone(ZoneInfo(calendar.time_zone)).toordinal()
    pieces = judged(case, list(calendar.absences), tick(start), tick(found + timedelta(days=2)))
    later = pieces.days > today
    shown, ends = pieces.days[later], pieces.ends[later]
    assert tick(found) == ends[shown == np.unique(shown)[n - 1]].max()


amounts = st.integers(0, 400 * 3600 * 1_000_000).map(lambda n: n * TICK)


@some_cases(CASES // 20)
@given(case=cases, amount=amounts)
def test_due_is_the_inverse_of_elapsed(case, amount):
    calendar, _change, start, _end, pauses = case
    moment = due_with_pauses(calendar, start, amount, pauses)

    assert moment >= start
    assert elapsed_with_pauses(calendar, start, moment, pauses) == amount
    if amount:  # a moment earlier, it is not yet due
        assert elapsed_with_pauses(calendar, start, moment - TICK, pauses) == amount - TICK
    else:  # a moment later, time runs
        assert elapsed_with_pauses(calendar, start, moment + TICK, pauses) == TICK


@some_cases(CASES // 20)
@given(case=cases, margins=st.tuples(amounts, amounts))
def test_what_is_added_up_once_is_what_is_counted(case, margins):
    calendar, _change, start, end, pauses = case
    early, late = min(start, end), max(start, end)
    worked = Worked(calendar, early - margins[0], late + margins[1])

    assert worked.between(start, end) == elapsed(calendar, start, end)
    for begins, ends in pauses:
        inside = max(early, begins), min(late, ends)
        rest = elapsed(calendar, early, late) - worked.between(*inside)
        assert rest == elapsed_with_pauses(calendar, early, late, [(begins, ends)])


@some_cases(CASES // 20)
@given(case=cases, first=amounts, second=amounts)
def test_amounts_add_up(case, first, second):
    calendar, _change, start, end, _pauses = case
    half_way = due(calendar, start, first)

    if second:
        assert due(calendar, half_way, second) == due(calendar, start, first + second)
    assert elapsed(calendar, min(start, end), max(start, end)) == elapsed(
        calendar, start, end
    ) + elapsed(calendar, end, start)


@some_cases(CASES // 25)
@given(calendars)
def test_json_loses_nothing_of_the_hours(case):
    calendar, _change = case
    assert Calendar.from_json(calendar.to_json()) == calendar.hours
