"""Dates and numbers as people write them; what has two readings is refused."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.base.errors import Invalid
from accord.leads.cells import read_date, read_money, read_number

DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))
AMOUNTS = st.decimals(0, 10**10, places=2, allow_nan=False, allow_infinity=False)


class TestDates:
    @given(DAYS)
    def test_iso_dates_are_read_as_they_are(self, day: date) -> None:
        assert datetime.fromisoformat(read_date(day.isoformat())).date() == day

    @given(DAYS)
    def test_points_put_the_day_first(self, day: date) -> None:
        assert datetime.fromisoformat(read_date(f"{day:%d.%m.%Y}")).date() == day

    @given(DAYS)
    def test_slashes_are_read_only_where_one_reading_is_possible(self, day: date) -> None:
        american = f"{day:%m/%d/%Y}"
        if day.day <= 12 and day.day != day.month:
            with pytest.raises(Invalid, match="can be read as day/month or as month/day"):
                read_date(american)
        else:
            assert datetime.fromisoformat(read_date(american)).date() == day

    @given(DAYS)
    def test_the_map_settles_it(self, day: date) -> None:
        assert datetime.fromisoformat(read_date(f"{day:%m/%d/%Y}", ["%m/%d/%Y"])).date() == day

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("2018-02-26 19:58:54", "2018-02-26 19:58:54"),
            ("2018-01-31T12:00:00.000+0000", "2018-01-31 12:00:00+00:00"),
            ("2018-01-31T12:00:00Z", "2018-01-31 12:00:00+00:00"),
            ("1/31/2018, 3:05 PM", "2018-01-31 15:05:00"),
            ("31.1.2018 09:30", "2018-01-31 09:30:00"),
            ("5/5/2018 12:00 am", "2018-05-05 00:00:00"),
        ],
    )
    def test_reads_times_of_day(self, text: str, read: str) -> None:
        assert read_date(text) == read

    @pytest.mark.parametrize(
        "text", ["2018-02-30", "31.02.2018", "13/13/2018", "soon", "20180231x"]
    )
    def test_refuses_days_that_do_not_exist(self, text: str) -> None:
        with pytest.raises(Invalid, match="is not a date"):
            read_date(text)


def _written(amount: Decimal, group: str, mark: str) -> str:
    return f"{amount:,.2f}".translate(str.maketrans({",": group, ".": mark}))


class TestNumbers:
    @given(AMOUNTS, st.sampled_from([",.", ".,", " ,", "'.", "\u00a0,", "\u202f,"]))
    def test_reads_amounts_with_two_decimals_however_they_are_marked(
        self, amount: Decimal, marks: str
    ) -> None:
        assert Decimal(read_number(_written(amount, *marks))) == amount

    @given(st.integers(1_000, 999_999), st.sampled_from(",."))
    def test_refuses_a_thousand_that_could_be_a_decimal(self, number: int, mark: str) -> None:
        text = f"{number:,}".replace(",", mark)
        with pytest.raises(Invalid, match="can be read as a thousand or as a decimal"):
            read_number(text)
        assert Decimal(read_number(text, "," if mark == "." else ".")) == number
        assert Decimal(read_number(text, mark)) == Decimal(number) / 1000

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("1.234,56", "1234.56"),
            ("€ 1'234.50", "1234.50"),
            ("1234.5 EUR", "1234.5"),
            ("US$ 12", "12"),
            ("-3", "-3"),
            ("0,500", "0.500"),
            ("1e6", "1e6"),
            (",5", "0.5"),
        ],
    )
    def test_reads_what_people_write(self, text: str, read: str) -> None:
        assert Decimal(read_number(text)) == Decimal(read)

    @pytest.mark.parametrize("text", ["12.500 EUR", "12,500", "€ 12 500", "12.500,00", "+12500"])
    def test_money_has_two_decimals_at_most_so_three_digits_are_a_thousand(self, text: str) -> None:
        assert Decimal(read_money(text, field="budget")) == 12_500

    def test_money_that_is_none_is_refused_at_its_field(self) -> None:
        with pytest.raises(Invalid) as refused:
            read_money("12 apples", field="budget")
        assert refused.value.field == "budget"

    @pytest.mark.parametrize("text", ["", "many", "12 apples", "1.2.3", "1,23,456", "--1", "5-10"])
    def test_refuses_what_is_no_number(self, text: str) -> None:
        with pytest.raises(Invalid, match="is not a number"):
            read_number(text)
