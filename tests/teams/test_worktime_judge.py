"""Working time equals what a judge counts who asks, every minute, what the wall clock shows.

`ACCORD_HYPOTHESIS=thorough` runs ten times as many random cases.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.teams.rules import (
    Calendar,
    days,
    due,
    due_with_pauses,
    elapsed,
    elapsed_with_pauses,
)

CASES = 5_000 if os.environ.get("ACCORD_HYPOTHESIS") == "thorough" else 500
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)

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

some_ranges = st.one_of(
    st.just(((0, 1440),)),
    st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(
        lambda cuts: tuple(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
    ),
)
any_ranges = st.just(()) | some_ranges
# Within three days of the change: a quarter of an hour on the clock, or any microsecond.
distances = st.one_of(
    st.integers(-288, 288).map(lambda n: n * 15 * MINUTE),
    st.integers(-3 * 86_400_000_000, 3 * 86_400_000_000).map(lambda n: n * TICK),
)
weeks = st.dictionaries(st.integers(0, 6), some_ranges, min_size=1, max_size=7)
days_off = st.dictionaries(
    st.integers(-4, 4).map(lambda n: timedelta(days=n)), any_ranges, max_size=3
)
pause_lists = st.lists(st.tuples(distances, distances).map(sorted), max_size=3)


@st.composite
def calendars(draw) -> tuple[Calendar, datetime]:
    """A calendar with at least one worked weekday, and a day at which its clocks change."""
    zone, day = draw(st.sampled_from(CHANGES))
    change = datetime.fromisoformat(day).replace(tzinfo=UTC)
    exceptions = {(change + n).date(): ranges for n, ranges in draw(days_off).items()}
    return Calendar(zone, draw(weeks), exceptions), change


@st.composite
def situations(draw) -> tuple[Calendar, datetime, datetime, list[tuple[datetime, datetime]]]:
    """A calendar, a start, an end (perhaps before it), and pauses."""
    calendar, change = draw(calendars())
    pauses = [(change + a, change + b) for a, b in draw(pause_lists)]
    return calendar, change + draw(distances), change + draw(distances), pauses


@lru_cache(maxsize=4096)
def wall_clock(zone: str, day: date) -> list[tuple[date, list[tuple[datetime, int]]]]:
    """The minutes of a day of UTC and those the wall clock shows, by the date it shows."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    shown = [
        (local.date(), (minute, local.hour * 60 + local.minute))
        for minute in (midnight + n * MINUTE for n in range(1440))
        for local in [minute.astimezone(ZoneInfo(zone))]
    ]
    return [(key, [row for _, row in rows]) for key, rows in groupby(shown, lambda row: row[0])]


def worked_minutes(calendar, start, end) -> Iterator[tuple[datetime, date]]:
    """Each worked minute that touches [start, end), with the date on the wall clock."""
    for n in range((end.date() - start.date()).days + 1):
        for shown_date, rows in wall_clock(calendar.time_zone, start.date() + timedelta(days=n)):
            week = calendar.week.get(shown_date.weekday(), ())
            ranges = calendar.exceptions.get(shown_date, week)
            worked = {minute for a, b in ranges for minute in range(a, b)}
            for minute, shown in rows if worked else ():
                if shown in worked and start - MINUTE < minute < end:
                    yield minute, shown_date


def judged(calendar, start, end, pauses) -> list[tuple[datetime, datetime]]:
    """Every worked piece of a minute within [start, end), in order, cut at pauses."""
    pieces: list[tuple[datetime, datetime]] = []
    if end <= start:
        return pieces
    for minute, _date in worked_minutes(calendar, start, end):
        edges = {max(minute, start), min(minute + MINUTE, end)}
        edges |= {e for pause in pauses for e in pause if min(edges) < e < max(edges)}
        for a, b in pairwise(sorted(edges)):
            if not any(stops <= a < resumes for stops, resumes in pauses):
                pieces.append((a, b))
    return pieces


def judged_due(pieces, amount: timedelta) -> datetime:
    for begin, until in pieces:
        if until - begin >= amount:
            return begin + amount
        amount -= until - begin
    raise AssertionError("the amount was taken from these pieces")


random_cases = settings(
    max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@random_cases
@given(situation=situations(), permille=st.integers(0, 1000), tick=st.sampled_from([0, 1]))
def test_the_minute_by_minute_judge_agrees(situation, permille, tick):
    calendar, start, end, pauses = situation
    pieces = judged(calendar, start, end, pauses)
    total = sum((until - begin for begin, until in pieces), timedelta())

    assert elapsed_with_pauses(calendar, start, end, pauses) == total
    if pieces:
        amount = min(total * permille // 1000 + tick * TICK, total)
        assert due_with_pauses(calendar, start, amount, pauses) == judged_due(pieces, amount)
    if not pauses:
        assert elapsed(calendar, start, end) == total


@random_cases
@given(situation=situations(), n=st.integers(1, 3))
def test_the_judge_agrees_on_working_days(situation, n):
    calendar, start, _end, _pauses = situation
    found = days(calendar, start, n)

    today = start.astimezone(ZoneInfo(calendar.time_zone)).date()
    ends: dict[date, datetime] = {}
    for minute, shown in worked_minutes(calendar, start, found + timedelta(days=1)):
        if shown > today:
            ends[shown] = minute + MINUTE  # the last one stays
    assert found == ends[sorted(ends)[n - 1]]


amounts = st.integers(0, 400 * 3600 * 1_000_000).map(lambda n: n * TICK)


@random_cases
@given(situation=situations(), amount=amounts)
def test_due_is_the_inverse_of_elapsed(situation, amount):
    calendar, start, _end, pauses = situation
    moment = due_with_pauses(calendar, start, amount, pauses)

    assert moment >= start
    assert elapsed_with_pauses(calendar, start, moment, pauses) == amount
    if amount:  # a moment earlier, it is not yet due
        assert elapsed_with_pauses(calendar, start, moment - TICK, pauses) == amount - TICK
    else:  # a moment later, time runs
        assert elapsed_with_pauses(calendar, start, moment + TICK, pauses) == TICK


@random_cases
@given(situation=situations(), first=amounts, second=amounts)
def test_amounts_add_up(situation, first, second):
    calendar, start, end, _pauses = situation
    half_way = due(calendar, start, first)

    if second:
        assert due(calendar, half_way, second) == due(calendar, start, first + second)
    assert elapsed(calendar, min(start, end), max(start, end)) == elapsed(
        calendar, start, end
    ) + elapsed(calendar, end, start)


@random_cases
@given(calendars())
def test_json_loses_nothing(case):
    calendar, _change = case
    assert Calendar.from_json(calendar.to_json()) == calendar
