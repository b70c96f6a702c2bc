"""The cadence: what comes next, by the attempts that the agreement promises."""

from datetime import UTC, date, datetime, timedelta

import pytest

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
