"""Calendars: what they refuse, their JSON form, holidays, and whose calendar holds."""

from __future__ import annotations

import copy
import pickle
from datetime import date

import pytest

from accord.base.errors import Invalid
from accord.teams.rules import ALWAYS, Calendar, Range, holidays_of, resolve

NINE_TO_FIVE = Range(9 * 60, 17 * 60)


def office(zone: str = "UTC", exceptions=None) -> Calendar:
    return Calendar(zone, dict.fromkeys(range(5), (NINE_TO_FIVE,)), exceptions or {})


class TestCalendar:
    @pytest.mark.parametrize(
        ("ranges", "sentence"),
        [
            (((540, 540),), "Monday: 09:00–09:00 is not a range"),
            (((1320, 360),), "Write a night as two days"),
            (((540, 1441),), "between 00:00 and 24:00"),
            (((540, 750), (749, 1020)), "12:29–17:00 begins before 09:00–12:30 has ended"),
            (((780, 1020), (540, 750)), "list the ranges in order"),
        ],
    )
    def test_refuses_ranges_that_cannot_be(self, ranges, sentence):
        with pytest.raises(Invalid, match=sentence) as refusal:
            Calendar("UTC", {0: ranges})
        assert refusal.value.field == "week"

    @pytest.mark.parametrize(
        "zone", ["Mars/Olympus", "", "US", "../etc/passwd", "/etc/passwd", None]
    )
    def test_refuses_an_unknown_zone(self, zone):
        with pytest.raises(Invalid, match="There is no time zone"):
            Calendar(zone, {})

    def test_refuses_an_eighth_weekday(self):
        with pytest.raises(Invalid, match="Weekday 7 does not exist"):
            Calendar("UTC", {7: (NINE_TO_FIVE,)})

    def test_is_a_value(self):
        one, same = (
            office(exceptions={date(2026, 1, 12): ()}),
            office(exceptions={date(2026, 1, 12): ()}),
        )
        assert one == same
        assert hash(one) == hash(same)
        assert one != office()
        assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one

    def test_cannot_be_changed(self):
        with pytest.raises(TypeError):
            office().week[5] = (NINE_TO_FIVE,)

    def test_keeps_an_exception_on_a_holiday(self):
        open_day = office(exceptions={date(2026, 12, 25): ((600, 660),)})
        calendar = open_day.with_holidays(holidays_of("DE", [2026]))
        assert calendar.ranges_on(date(2026, 12, 25)) == (Range(600, 660),)
        assert calendar.ranges_on(date(2026, 1, 1)) == ()


class TestJson:
    written = {
        "time_zone": "Europe/Berlin",
        "week": {"mon": [["09:00", "12:30"], ["13:00", "24:00"]], "sun": [["00:00", "06:00"]]},
        "exceptions": {"2026-12-24": [["09:00", "12:00"]], "2026-12-25": []},
    }

    def test_is_read_and_written_alike(self):
        assert Calendar.from_json(self.written).to_json() == self.written

    @pytest.mark.parametrize(
        ("change", "field", "sentence"),
        [
            ({"week": {"monday": []}}, "week", "“monday” is not a weekday; use mon"),
            ({"week": {"mon": [["9", "17:00"]]}}, "week", "mon: .* is not a range; write two"),
            ({"week": {"mon": [["09:60", "17:00"]]}}, "week", "is not a range"),
            ({"week": {"mon": [["09:00", "24:01"]]}}, "week", "Monday: 09:00–24:01 is not a range"),
            ({"week": {"mon": "09:00-17:00"}}, "week", "is not a range; write two"),
            ({"week": []}, "week", "must map days"),
            ({"week": None}, "week", "must map days"),
            ({"exceptions": {"24.12.2026": []}}, "exceptions", "is not a date"),
            ({"exceptions": {"2026-12-24": [[9, 12]]}}, "exceptions", "2026-12-24: .*not a range"),
            ({"zone": "UTC"}, "zone", "A calendar has no “zone”"),
            ({"time_zone": 3}, "time_zone", "There is no time zone “3”"),
        ],
    )
    def test_names_the_day_and_the_fault(self, change, field, sentence):
        with pytest.raises(Invalid, match=sentence) as refusal:
            Calendar.from_json({**self.written, **change})
        assert refusal.value.field == field


class TestHolidays:
    def test_are_those_of_the_country(self):
        found = holidays_of("DE", range(2026, 2028))
        assert date(2026, 10, 3) in found
        assert date(2027, 5, 6) in found  # Ascension Day
        assert date(2026, 1, 6) not in found

    def test_are_those_of_the_region(self):
        assert date(2026, 1, 6) in holidays_of("de-by", [2026])

    def test_are_none_without_a_country(self):
        assert holidays_of("", [2026]) == {}

    @pytest.mark.parametrize("country", ["XX", "DE-ZZ", "Germany", "utils", "__doc__"])
    def test_of_an_unknown_country_are_refused(self, country):
        with pytest.raises(Invalid, match="are not known"):
            holidays_of(country, [2026])


def test_the_nearest_calendar_holds():
    user, team, company = office("Asia/Tokyo"), office("Europe/Berlin"), office("UTC")
    assert resolve(user, team, company) is user
    assert resolve(None, team, company) is team
    assert resolve(None, None, company) is company
    assert resolve(None, None, None) is ALWAYS
