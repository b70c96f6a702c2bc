"""The cadence: what comes next, by the attempts that the agreement promises, and which count."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.handoffs.rules.attempts import is_early
from accord.handoffs.rules.cadence import first_of, proposed
from accord.teams.calendars import Calendar
from accord.teams.rules import days

WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
BERLIN = Calendar.from_json({"time_zone": "Europe/Berlin", "week": WEEK})
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)  # 10:00 in Berlin
BOTH = {"call", "email", "message"}


def after(*tried: str, at: datetime = MONDAY, possible: set[str] = BOTH, **more: object):
    given = {"at_least": 6, "channels": 2, "ends_at": days(BERLIN, MONDAY, 15)} | more
    return proposed(tried=tried, possible=possible, calendar=BERLIN, at=at, **given)


def test_after_a_first_call_it_writes_at_once_and_calls_again_the_same_afternoon():
    found = after("call")
    assert (found.at_once, found.channel, found.number, found.at_least) == ("email", "call", 3, 6)
    assert found.due_at == datetime(2026, 11, 2, 12, tzinfo=UTC)  # 13:00 in Berlin


@pytest.mark.parametrize(
    ("hour", "due_at"),
    [
        (2, datetime(2026, 11, 3, 8, tzinfo=UTC)),  # at 12:00 too little is left until 13:00
        (5, datetime(2026, 11, 3, 8, tzinfo=UTC)),  # an afternoon is followed by a morning
        (24, datetime(2026, 11, 3, 12, tzinfo=UTC)),
        (5 * 24, datetime(2026, 11, 9, 8, tzinfo=UTC)),  # a Saturday
    ],
)
def test_where_too_little_of_the_day_is_left_it_is_the_next_working_day(hour, due_at):
    at = MONDAY + timedelta(hours=hour, minutes=1 if hour == 2 else 0)
    assert after("call", "email", at=at).due_at == due_at


def test_the_more_was_tried_the_further_apart():
    calls = [after(*["call"] * n, "email", at_least=9).due_at.date() for n in range(1, 6)]
    assert calls == [date(2026, 11, day) for day in (2, 3, 4, 5, 6)]


def test_nobody_is_sent_two_mails_a_day():
    found = after("email", possible={"email"})
    assert found.due_at.date() == date(2026, 11, 3)


def test_the_closer_the_end_the_closer_together():
    tried = ["call", "email", "call", "call"]
    near_the_end = days(BERLIN, MONDAY, 13)
    assert after(*tried, at=near_the_end - timedelta(days=3)).due_at.date() == date(2026, 11, 18)
    assert after(*tried, at=near_the_end).due_at.date() == date(2026, 11, 20)


def test_once_the_span_is_over_the_next_one_is_on_the_next_working_day():
    friday_week = days(BERLIN, MONDAY, 19)
    assert after("call", "email", at=friday_week).due_at.date() == date(2026, 11, 30)


LUNCH = Calendar.from_json(
    {"time_zone": "America/New_York", "week": {"tue": [["08:30", "12:00"], ["13:00", "18:00"]]}}
)


@given(
    calendar=st.sampled_from([BERLIN, LUNCH]),
    begins=st.integers(0, 14 * 24 * 60),
    within=st.integers(1, 20),
    at_least=st.integers(1, 9),
    channels=st.integers(1, 3),
    possible=st.sampled_from([BOTH, {"email"}, {"call", "message"}]),
    late=st.lists(st.integers(0, 90), min_size=9, max_size=9),
)
def test_all_that_is_proposed_lies_inside_the_agreed_days(
    calendar, begins, within, at_least, channels, possible, late
):
    """Whoever begins in time and does what is proposed, a little late or not, keeps the promise."""
    at = MONDAY + timedelta(minutes=begins)
    ends_at = days(calendar, at, within)
    tried = [first_of(possible)]
    while found := proposed(
        tried=tried,
        at_least=at_least,
        ends_at=ends_at,
        channels=channels,
        possible=possible,
        calendar=calendar,
        at=at,
    ):
        assert at < found.due_at <= ends_at
        assert found.channel in possible
        if found.at_once:
            tried.append(found.at_once)
        if len(tried) < at_least:
            tried.append(found.channel)
        at = min(found.due_at + timedelta(minutes=late.pop()), ends_at - timedelta(minutes=1))
    assert len(tried) >= at_least
    assert at <= ends_at


@pytest.mark.parametrize(("tried", "possible"), [(["call"] * 6, BOTH), (["call"], set())])
def test_nothing_is_proposed_when_all_was_tried_or_nobody_can_be_reached(tried, possible):
    assert after(*tried, possible=possible) is None


def test_of_channels_that_there_are_not_none_is_proposed():
    found = after("email", possible={"email"})
    assert (found.at_once, found.channel) == (None, "email")


def test_a_call_comes_first_where_there_is_a_number():
    assert [first_of(BOTH), first_of({"email"}), first_of(set())] == ["call", "email", "call"]


def test_what_cannot_reach_them_is_not_counted_and_a_visit_is_no_promised_channel():
    found = after("email", "visit", "email", possible={"call", "message"})
    assert (found.at_once, found.number) == ("call", 3)
    assert after(*["visit"] * 6, possible={"call", "message"}) is None


CHANNELS = st.sampled_from(["call", "email", "message", "visit"])
TRIED = st.lists(CHANNELS, max_size=12)
REACH = st.sampled_from([set(), {"email"}, {"call", "message"}, BOTH, BOTH | {"visit"}])


@given(
    tried=TRIED,
    more=CHANNELS,
    possible=REACH,
    at_least=st.integers(1, 8),
    channels=st.integers(1, 4),
)
def test_given_up_early_is_as_one_would_count_by_hand(tried, more, possible, at_least, channels):
    promised = {"at_least": at_least, "channels": channels, "possible": possible}
    early = is_early(tried=tried, **promised)
    tally = {channel: tried.count(channel) for channel in ("visit", *possible)}
    unused = [channel for channel in possible if not tally[channel]]
    too_few = len(possible) - len(unused) < channels and bool(unused)
    assert early == (bool(possible) and (sum(tally.values()) < at_least or too_few))

    after_one_more = is_early(tried=[*tried, more], **promised)
    if more not in (*possible, "visit"):
        assert after_one_more == early  # it could not reach them
    assert early or not after_one_more
    nothing_left = after(*tried, at_least=at_least, channels=channels, possible=possible) is None
    assert nothing_left or sum(tally.values()) < at_least
