"""Arithmetic of figures."""

from datetime import UTC, date, datetime
from itertools import combinations
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from accord.insights.rules import (
    CONFIDENCE,
    estimate_sum,
    expected,
    month_of,
    ranks,
    share,
    share_of_sum,
    working_days,
)
from accord.teams.rules import ALWAYS, Calendar

WEEKDAYS = Calendar("Europe/Berlin", dict.fromkeys(range(5), ((540, 1020),)))


class TestShare:
    @given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_its_interval_is_wilsons(self, counts: tuple[int, int]) -> None:
        part, whole = counts
        judge = binomtest(part, whole).proportion_ci(method="wilson")
        found = share(part, whole)
        assert found.value == part / whole
        assert found.low == pytest.approx(judge.low, abs=1e-9)
        assert found.high == pytest.approx(judge.high, abs=1e-9)

    def test_of_nothing_is_unknown(self) -> None:
        assert share(0, 0).value is None
        assert share(0, 0).low is None

    def test_is_ranked_from_five_cases_on(self) -> None:
        assert not share(4, 4).is_ranked
        assert share(0, 5).is_ranked


class TestRanks:
    def test_the_highest_is_first_equals_alike_and_few_cases_are_left_out(self) -> None:
        assert ranks([share(1, 10), share(3, 10), share(4, 4), share(1, 10)]) == [2, 1, None, 2]


class TestMonths:
    def test_a_month_begins_at_midnight_of_its_zone(self) -> None:
        month = month_of(date(2026, 3, 31), "Europe/Berlin")
        assert month.key == "2026-03"
        assert month.begins_at == datetime(2026, 2, 28, 23, tzinfo=UTC)
        assert month.ends_at == datetime(2026, 3, 31, 22, tzinfo=UTC)


class TestExpected:
    def test_a_whole_month_comes_to_its_target(self) -> None:
        found = expected(40, "month", WEEKDAYS, date(2026, 3, 1), date(2026, 4, 1))
        assert found == pytest.approx(40)

    def test_goes_by_working_days(self) -> None:
        # March 2026 has 22 weekdays; of the first week, from Sunday the 1st, five.
        found = expected(44, "month", WEEKDAYS, date(2026, 3, 1), date(2026, 3, 8))
        assert found == pytest.approx(10)

    def test_adds_up_over_months(self) -> None:
        found = expected(10, "month", ALWAYS, date(2026, 1, 1), date(2026, 4, 1))
        assert found == pytest.approx(30)

    def test_a_month_without_working_days_counts_by_its_days(self) -> None:
        never = Calendar("UTC", {})
        found = expected(31, "month", never, date(2026, 1, 1), date(2026, 1, 11))
        assert found == pytest.approx(10)

    def test_a_week_counts_from_its_monday(self) -> None:
        # Wednesday to Friday, a whole week, and Monday of a third.
        found = expected(10, "week", WEEKDAYS, date(2026, 3, 4), date(2026, 3, 17))
        assert found == pytest.approx(6 + 10 + 2)

    def test_a_quarter_is_spread_over_its_working_days(self) -> None:
        of_months = [
            expected(64, "quarter", WEEKDAYS, date(2026, n, 1), date(2026, n + 1, 1))
            for n in (1, 2, 3)
        ]
        assert of_months == pytest.approx([22, 20, 22])  # 64 weekdays

    def test_nothing_is_expected_of_no_time(self) -> None:
        assert expected(10, "month", WEEKDAYS, date(2026, 1, 1), date(2026, 1, 1)) == 0


def test_working_days_leave_holidays_out() -> None:
    calendar = WEEKDAYS.with_holidays([date(2026, 1, 1)])
    assert working_days(calendar, date(2026, 1, 1), date(2026, 1, 8)) == 4


class TestSums:
    """Estimates of sums against all samples there are, and shares of sums against pandas."""

    def test_every_sample_estimates_the_sum_and_its_doubt(self) -> None:
        values = [0.0, 0.0, 100.0, 0.0, 250.0, 40.0]
        estimates, variances = [], []
        for drawn in combinations(values, 3):
            total, squares = sum(drawn), sum(each**2 for each in drawn)
            found, doubt = estimate_sum(total, squares, 3, len(values))
            estimates.append(found)
            variances.append((doubt / CONFIDENCE) ** 2)
        assert fmean(estimates) == pytest.approx(sum(values))
        assert fmean(variances) == pytest.approx(pvariance(estimates))

    def test_all_leads_leave_no_doubt(self) -> None:
        assert estimate_sum(390.0, 74_100.0, 6, 6) == (390.0, 0.0)
        assert estimate_sum(0.0, 0.0, 0, 6) == (0.0, 0.0)

    def test_a_share_of_a_sum_has_the_spread_of_a_ratio(self) -> None:
        values, kept = [100.0, 250.0, 40.0, 90.0], [1, 0, 1, 1]
        part = [value * is_kept for value, is_kept in zip(values, kept, strict=True)]
        found = share_of_sum(
            (sum(part), sum(v * v for v in part)), (sum(values), sum(v * v for v in values))
        )
        ratio = sum(part) / sum(values)
        rest = sum((p - ratio * v) ** 2 for p, v in zip(part, values, strict=True))
        reach = CONFIDENCE * rest**0.5 / sum(values)
        assert found.value == pytest.approx(ratio)
        assert found.low == pytest.approx(max(ratio - reach, 0))
        assert found.high == pytest.approx(min(ratio + reach, 1))
        assert share_of_sum((0, 0), (0, 0)).value is None
