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


def test_after_a_first_call_it_writes_at_once_and_calls_again_days_later_in_the_afternoon():
    found = after("call")
    assert (found.at_once, found.channel, found.number, found.at_least) == ("email", "call", 3, 6)
    # Five attempts left, one of them at once: 15 working days // 4 = 3, so Thursday at 13:00.
    assert found.due_at == datetime(2026, 11, 5, 12, tzinfo=UTC)


def test_an_attempt_of_the_afternoon_is_followed_by_one_of_the_morning():
    found = after("call", "email", at=MONDAY + timedelta(hours=5))
    assert found.at_once is None
    assert found.due_at == datetime(2026, 11, 5, 8, tzinfo=UTC)


def test_the_closer_the_end_the_closer_together():
    near_the_end = days(BERLIN, MONDAY, 13)
    assert after("call", "email", at=near_the_end).due_at.date() == date(2026, 11, 20)


def test_once_the_span_is_over_the_next_one_is_on_the_next_working_day():
    friday_week = days(BERLIN, MONDAY, 19)
    assert after("call", "email", at=friday_week).due_at.date() == date(2026, 11, 30)


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
