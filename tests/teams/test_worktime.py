"""Working time by example; `test_worktime_judge` has the random cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accord.base.errors import Invalid
from accord.teams.rules import (
    ALWAYS,
    Calendar,
    NoWorkingTime,
    Range,
    days,
    due,
    due_with_pauses,
    elapsed,
    elapsed_with_pauses,
)

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
NINE_TO_FIVE = Range(9 * 60, 17 * 60)


def office(zone: str = "UTC", ranges=(NINE_TO_FIVE,), **exceptions) -> Calendar:
    days_off = {date.fromisoformat(k[1:].replace("_", "-")): v for k, v in exceptions.items()}
    return Calendar(zone, dict.fromkeys(range(5), ranges), days_off)


def at(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    # In UTC, because Python finds a doubled hour of one zone equal to no moment of another.
    return wall(text, zone, fold).astimezone(UTC)


def wall(text: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


class TestAbsences:
    away = replace(office(), absences=((at("2026-01-12 10:00"), at("2026-01-14 12:00")),))

    def test_are_no_working_time(self):
        assert elapsed(self.away, at("2026-01-12 09:00"), at("2026-01-14 13:00")) == 2 * HOUR

    def test_put_off_what_is_due(self):
        assert due(self.away, at("2026-01-12 09:30"), HOUR) == at("2026-01-14 12:30")

    def test_leave_what_is_due_before_them(self):
        assert due(self.away, at("2026-01-12 09:00"), HOUR) == at("2026-01-12 10:00")

    def test_are_no_working_days_but_for_what_is_left_of_one(self):
        assert days(self.away, at("2026-01-09 12:00"), 1) == at("2026-01-12 10:00")
        assert days(self.away, at("2026-01-09 12:00"), 2) == at("2026-01-14 17:00")

    def test_may_overlap_each_other_and_pauses(self):
        twice = replace(self.away, absences=(*self.away.absences, *self.away.absences))
        pause = (at("2026-01-13 09:00"), at("2026-01-14 13:00"))
        assert due_with_pauses(twice, at("2026-01-12 09:30"), HOUR, [pause]) == at(
            "2026-01-14 13:30"
        )

    def test_may_last_for_years(self):
        years = replace(office(), absences=((at("2026-01-12 10:00"), at("2029-01-12 12:00")),))
        assert due(years, at("2026-01-12 09:30"), HOUR) == at("2029-01-12 12:30")


class TestDue:
    def test_skips_the_weekend(self):
        assert due(office(), at("2026-01-09 16:30"), HOUR) == at("2026-01-12 09:30")

    def test_stands_still_over_lunch(self):
        lunch = office(ranges=((540, 750), (780, 1020)))
        assert due(lunch, at("2026-01-12 12:00"), HOUR) == at("2026-01-12 13:30")

    def test_skips_a_holiday(self):
        closed = office(_2026_01_12=())
        assert due(closed, at("2026-01-09 16:30"), HOUR) == at("2026-01-13 09:30")

    def test_works_the_hours_of_an_exception(self):
        short = office(_2026_01_10=((600, 660),))
        assert due(short, at("2026-01-09 16:30"), HOUR) == at("2026-01-10 10:30")

    def test_at_the_end_of_a_range_is_that_end(self):
        assert due(office(), at("2026-01-09 16:00"), HOUR) == at("2026-01-09 17:00")

    def test_of_zero_is_the_start_within_working_time(self):
        assert due(office(), at("2026-01-09 16:30"), 0 * HOUR) == at("2026-01-09 16:30")

    @pytest.mark.parametrize("start", ["2026-01-09 17:00", "2026-01-10 12:00", "2026-01-12 09:00"])
    def test_of_zero_is_the_next_opening_outside_working_time(self, start):
        assert due(office(), at(start), 0 * HOUR) == at("2026-01-12 09:00")

    def test_is_exact_to_the_microsecond(self):
        start = at("2026-01-09 16:59:59.999999")
        assert due(office(), start, TICK) == at("2026-01-09 17:00")
        assert due(office(), start, 2 * TICK) == at("2026-01-12 09:00:00.000001")

    def test_is_told_in_utc(self):
        moment = due(office("America/New_York"), at("2026-01-09 16:30", "America/New_York"), HOUR)
        assert moment.isoformat() == "2026-01-12T14:30:00+00:00"

    def test_runs_round_the_clock_in_always(self):
        assert due(ALWAYS, at("2026-01-09 16:30"), 100 * HOUR) == at("2026-01-13 20:30")

    def test_reaches_over_years(self):
        four_years = timedelta(days=1461)
        assert due(ALWAYS, at("2026-01-01 00:00"), four_years) == at("2030-01-01 00:00")

    def test_waits_two_years_for_working_time(self):
        rare = Calendar("UTC", {}, {date(2027, 12, 30): ((540, 600),)})
        assert due(rare, at("2026-01-01 00:00"), HOUR) == at("2027-12-30 10:00")

    @pytest.mark.parametrize("day", [date(2025, 1, 1), date(2028, 6, 1)])
    def test_is_refused_when_two_years_hold_no_working_time(self, day):
        with pytest.raises(
            NoWorkingTime, match="no working time in the two years after 2026-01-01"
        ):
            due(Calendar("UTC", {}, {day: ((540, 600),)}), at("2026-01-01 00:00"), HOUR)

    def test_is_refused_when_the_working_time_runs_out(self):
        rare = Calendar("UTC", {}, {date(2026, 1, 2): ((540, 600),)})
        assert due(rare, at("2026-01-01 00:00"), HOUR) == at("2026-01-02 10:00")
        with pytest.raises(NoWorkingTime):
            due(rare, at("2026-01-01 00:00"), HOUR + TICK)

    def test_refuses_a_negative_amount(self):
        with pytest.raises(Invalid, match="give zero or more"):
            due(office(), at("2026-01-09 16:30"), -TICK)

    def test_refuses_a_moment_without_zone(self):
        with pytest.raises(Invalid, match="has no time zone"):
            due(office(), datetime(2026, 1, 9), HOUR)  # noqa: DTZ001


# Nights at which the clocks change, each worked round the clock from noon to noon: 24 hours on
# the wall clock are 24 minus the missing, or plus the doubled, time.
@pytest.mark.parametrize(
    ("zone", "noon", "hours"),
    [
        ("Europe/Berlin", "2026-03-28 12:00", 23),
        ("Europe/Berlin", "2026-10-24 12:00", 25),
        ("America/New_York", "2026-03-07 12:00", 23),
        ("America/New_York", "2026-10-31 12:00", 25),
        ("Australia/Lord_Howe", "2026-10-03 12:00", 23.5),
        ("Australia/Lord_Howe", "2026-04-04 12:00", 24.5),
        ("Antarctica/Troll", "2026-03-28 12:00", 22),
        ("Africa/Monrovia", "1972-01-06 12:00", 24 - 44.5 / 60),
        ("Pacific/Apia", "2011-12-29 12:00", 24),  # and the 30th never was
    ],
)
def test_a_changed_clock_counts_as_it_runs(zone, noon, hours):
    calendar = Calendar(zone, ALWAYS.week)
    start = wall(noon, zone)
    end = start + timedelta(days=2 if zone == "Pacific/Apia" else 1)  # noon on the wall clock
    assert elapsed(calendar, start, end) == hours * HOUR
    assert due(calendar, start, hours * HOUR) == end


class TestChangedClocks:
    def test_a_missing_hour_does_not_count(self):
        night = Calendar("Europe/Berlin", {6: ((60, 240),)})  # Sunday 01:00-04:00
        start = at("2026-03-29 01:00", "Europe/Berlin")
        assert due(night, start, 2 * HOUR) == at("2026-03-29 04:00", "Europe/Berlin")

    def test_a_doubled_hour_counts_twice(self):
        night = Calendar("America/New_York", {6: ((60, 120),)})  # Sunday 01:00-02:00
        start = at("2026-11-01 00:00", "America/New_York")
        assert due(night, start, 2 * HOUR) == at("2026-11-01 07:00")
        assert due(night, start, HOUR) == at("2026-11-01 06:00")

    def test_a_doubled_hour_cut_by_a_range_is_worked_in_two_parts(self):
        night = Calendar("America/New_York", {6: ((60, 90),)})  # 01:00-01:30, twice
        start = at("2026-11-01 00:00", "America/New_York")
        assert due(night, start, HOUR) == at("2026-11-01 01:30", "America/New_York", fold=1)

    def test_half_an_hour_is_missing_on_lord_howe(self):
        night = Calendar("Australia/Lord_Howe", {6: ((60, 180),)})  # Sunday 01:00-03:00
        start = at("2026-10-04 00:00", "Australia/Lord_Howe")
        assert due(night, start, 1.5 * HOUR) == at("2026-10-04 03:00", "Australia/Lord_Howe")

    def test_the_office_opens_by_the_wall_clock_on_both_sides(self):
        berlin = office("Europe/Berlin")
        assert due(berlin, at("2026-03-27 15:30"), HOUR) == at("2026-03-30 07:30")
        assert due(berlin, at("2026-10-23 14:30"), HOUR) == at("2026-10-26 08:30")


class TestElapsed:
    def test_counts_working_time_only(self):
        assert elapsed(office(), at("2026-01-09 16:30"), at("2026-01-12 09:30")) == HOUR

    @pytest.mark.parametrize("end", ["2026-01-09 16:30", "2026-01-08 16:30"])
    def test_is_zero_when_the_end_is_not_after_the_start(self, end):
        assert elapsed(office(), at("2026-01-09 16:30"), at(end)) == 0 * HOUR

    def test_is_zero_without_any_working_time(self):
        assert (
            elapsed(Calendar("UTC", {}), at("2020-01-01 00:00"), at("2026-01-01 00:00")) == 0 * HOUR
        )


class TestDays:
    def test_end_with_the_last_range_of_the_nth_working_day(self):
        assert days(office(), at("2026-01-09 16:30"), 15) == at("2026-01-30 17:00")

    def test_do_not_count_the_day_of_the_start(self):
        assert days(office(), at("2026-01-09 00:00"), 1) == at("2026-01-12 17:00")

    def test_start_with_the_first_working_day_after_a_weekend(self):
        assert days(office(), at("2026-01-10 12:00"), 1) == at("2026-01-12 17:00")

    def test_skip_holidays(self):
        assert days(office(_2026_01_12=()), at("2026-01-09 16:30"), 1) == at("2026-01-13 17:00")

    def test_are_days_on_the_wall_clock(self):
        tokyo = office("Asia/Tokyo")
        friday_evening_utc = at("2026-01-08 16:00")  # Friday 01:00 in Tokyo
        assert days(tokyo, friday_evening_utc, 1) == at("2026-01-12 17:00", "Asia/Tokyo")

    def test_skip_a_day_that_the_zone_skipped(self):
        always = Calendar("Pacific/Apia", ALWAYS.week)
        start = at("2011-12-28 12:00", "Pacific/Apia")
        assert days(always, start, 2) == at("2012-01-01 00:00", "Pacific/Apia")

    def test_can_end_at_the_epoch(self):
        assert days(ALWAYS, at("1969-12-30 12:00"), 1) == at("1970-01-01 00:00")

    def test_are_refused_when_two_years_hold_none(self):
        with pytest.raises(NoWorkingTime):
            days(Calendar("UTC", {}), at("2026-01-09 16:30"), 1)

    def test_are_refused_below_one(self):
        with pytest.raises(Invalid, match="give 1 or more"):
            days(office(), at("2026-01-09 16:30"), 0)


class TestPauses:
    start = at("2026-01-12 09:00")

    def test_move_the_due_moment(self):
        pause = (at("2026-01-12 10:00"), at("2026-01-13 10:00"))
        assert due_with_pauses(office(), self.start, 2 * HOUR, [pause]) == at("2026-01-13 11:00")

    def test_do_not_count_as_elapsed(self):
        pause = (at("2026-01-12 10:00"), at("2026-01-13 10:00"))
        end = at("2026-01-13 11:00")
        assert elapsed_with_pauses(office(), self.start, end, [pause]) == 2 * HOUR

    def test_may_overlap_and_come_in_any_order(self):
        pauses = [
            (at("2026-01-12 11:00"), at("2026-01-12 12:00")),
            (at("2026-01-12 09:30"), at("2026-01-12 11:30")),
            (at("2026-01-12 10:00"), at("2026-01-12 10:10")),
        ]
        assert due_with_pauses(office(), self.start, HOUR, pauses) == at("2026-01-12 12:30")

    def test_after_the_due_moment_change_nothing(self):
        pause = (at("2026-01-12 10:00"), at("2026-01-13 10:00"))
        assert due_with_pauses(office(), self.start, HOUR, [pause]) == at("2026-01-12 10:00")

    def test_move_a_promise_of_zero_to_their_end(self):
        pause = (at("2026-01-12 09:00"), at("2026-01-12 10:15"))
        assert due_with_pauses(office(), self.start, 0 * HOUR, [pause]) == at("2026-01-12 10:15")

    def test_may_last_longer_than_two_years(self):
        pause = (at("2026-01-12 09:30"), at("2029-01-15 09:00"))
        assert due_with_pauses(office(), self.start, HOUR, [pause]) == at("2029-01-15 09:30")

    def test_without_end_are_refused(self):
        forever = (at("2026-01-12 09:30"), datetime.max.replace(tzinfo=UTC))
        with pytest.raises(NoWorkingTime, match="end the pause"):
            due_with_pauses(office(), self.start, HOUR, [forever])

    def test_are_refused_when_they_end_before_they_begin(self):
        with pytest.raises(Invalid, match="before it begins"):
            due_with_pauses(office(), self.start, HOUR, [(at("2026-01-13"), at("2026-01-12"))])
