"""Arithmetic of figures: shares with their doubt, months, working days. Pure, no Django."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from accord.teams.rules import Calendar

CONFIDENCE = 1.959963984540054  # the normal quantile for 95 %, both sides
FEWEST_CASES = 5  # below it a share is never ranked


@dataclass(frozen=True)
class Share:
    """A share, and the 95 % interval in which the true one may lie; None without cases."""

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def is_ranked(self) -> bool:
        """Whether there are enough cases to compare it with others."""
        return self.whole >= FEWEST_CASES


def share(part: int, whole: int) -> Share:
    """`part` of `whole` with its score interval.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if whole <= 0:
        return Share(part, whole, None, None, None)
    value, z2 = part / whole, CONFIDENCE**2
    middle = (value + z2 / (2 * whole)) / (1 + z2 / whole)
    reach = (
        CONFIDENCE / (1 + z2 / whole) * math.sqrt(value * (1 - value) / whole + z2 / (4 * whole**2))
    )
    low = 0.0 if part == 0 else middle - reach
    high = 1.0 if part == whole else middle + reach
    return Share(part, whole, value, max(low, 0.0), min(high, 1.0))


def estimate(part: int, sampled: int, all_: int) -> tuple[int, int]:
    """How many of all there are when a sample of them has `part`, and by how much that may be off.

    95 % of samples lie within it. Each is drawn once: W. G. Cochran, Sampling Techniques, third
    edition (1977), formula 3.8.
    """
    if sampled < 2 or sampled >= all_:
        return round(part * all_ / sampled) if sampled else 0, 0
    value = part / sampled
    doubt = math.sqrt((1 - sampled / all_) * value * (1 - value) / (sampled - 1))
    return round(value * all_), round(CONFIDENCE * all_ * doubt)


def quantile(values: Sequence[float], at: float) -> float | None:
    """The value below which the fraction `at` of them lies, interpolated; None without any."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = at * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def estimate_sum(total: float, squares: float, sampled: int, all_: int) -> tuple[float, float]:
    """What a sum over all leads is when the sampled ones have `total`, and by how much it may be
    off; `squares` is the sum of the squares of what is added up.

    95 % of samples lie within it. Cochran, formula 2.21.
    """
    if sampled < 2 or sampled >= all_:
        return total * all_ / sampled if sampled else 0.0, 0.0
    variance = max(squares - total**2 / sampled, 0.0) / (sampled - 1)
    doubt = all_ * math.sqrt(variance / sampled * (1 - sampled / all_))
    return total * all_ / sampled, CONFIDENCE * doubt


def share_of_sum(part: tuple[float, float], whole: tuple[float, float]) -> Share:
    """What a part of some values is of their sum, with its interval; each a sum and the sum of
    the squares. Those are taken as drawn by chance, so few large values leave much doubt.

    The variance of a ratio: Cochran, formula 6.13, without the correction for a finite number.
    """
    total = whole[0]
    if total <= 0:
        return Share(round(part[0]), round(total), None, None, None)
    value = part[0] / total
    spread = max(part[1] * (1 - 2 * value) + value**2 * whole[1], 0.0)
    reach = CONFIDENCE * math.sqrt(spread) / total
    low, high = max(value - reach, 0.0), min(value + reach, 1.0)
    return Share(round(part[0]), round(total), value, low, high)


class State(StrEnum):
    """How a promise stands: KEPT so far, AT_RISK while it can still be kept, MISSED.

    OPEN: nothing has come due yet.
    """

    KEPT = "kept"
    AT_RISK = "at_risk"
    MISSED = "missed"
    OPEN = "open"


def state_of_number(delivered: float, due: float, *, is_over: bool) -> State:
    """Of a number promised over a period: what was delivered against what was due by now.

    While the period runs it can be caught up with.
    """
    if delivered >= due:
        return State.KEPT
    return State.MISSED if is_over else State.AT_RISK


def state_of_share(delivered: Share, promised: float, *, is_over: bool) -> State:
    """Of a share promised: missed once its whole interval lies below the promise.

    Before that a share below it may be chance, as long as the period runs.
    """
    if delivered.value is None or delivered.high is None:
        return State.OPEN
    if delivered.value >= promised:
        return State.KEPT
    return State.MISSED if is_over or delivered.high < promised else State.AT_RISK


def ranks(shares: Sequence[Share]) -> list[int | None]:
    """The place of each share, 1 for the highest, equals alike; None for too few cases."""
    values = [each.value for each in shares if each.is_ranked and each.value is not None]
    return [
        1 + sum(other > each.value for other in values)
        if each.is_ranked and each.value is not None
        else None
        for each in shares
    ]


@dataclass(frozen=True)
class Month:
    """A month as it lies in a time zone, half-open."""

    first: date
    begins_at: datetime
    ends_at: datetime

    @property
    def key(self) -> str:
        """As in 2017-06."""
        return f"{self.first:%Y-%m}"


def midnight(day: date, zone: str) -> datetime:
    """The moment (UTC) at which a day begins in a zone."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def month_of(day: date, zone: str) -> Month:
    """The month that a day lies in."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Month(first, midnight(first, zone), midnight(following, zone))


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_of(day: date, per: str, zone: str) -> tuple[Month, Month]:
    """The first and the last month of the month, quarter or year that a day lies in."""
    length = _MONTHS[per]
    begin = date(day.year, (day.month - 1) // length * length + 1, 1)
    last = date(begin.year, begin.month + length - 1, 1)
    return month_of(begin, zone), month_of(last, zone)


def working_days(calendar: Calendar, first: date, until: date) -> int:
    """How many days of [first, until) have working time."""
    days = (first + timedelta(days=number) for number in range((until - first).days))
    return sum(1 for day in days if calendar.ranges_on(day))


def due_by(target: float, calendar: Calendar, first: date, until: date, day: date) -> float:
    """What of a number promised over [first, until) is due before `day`, by working days."""
    whole = working_days(calendar, first, until)
    part = working_days(calendar, first, max(first, min(day, until)))
    if not whole:
        whole, part = (until - first).days, (max(first, min(day, until)) - first).days
    return target * part / whole


def expected(target: float, per: str, calendar: Calendar, first: date, until: date) -> float:
    """What a target of each week, month or quarter comes to over [first, until).

    `target * working days within / working days of the period`, added up over the periods; one
    without working days counts by its days.
    """
    total = 0.0
    for opens, following in _periods(first, until, per, calendar.time_zone):
        begin, end = max(first, opens), min(until, following)
        whole, part = working_days(calendar, opens, following), working_days(calendar, begin, end)
        if not whole:
            whole, part = (following - opens).days, (end - begin).days
        total += target * part / whole
    return total


def _periods(first: date, until: date, per: str, zone: str) -> Iterator[tuple[date, date]]:
    """The first days of the periods that [first, until) touches, and the days after their last."""
    day = first
    while day < until:
        if per == "week":
            opens = day - timedelta(days=day.weekday())
            following = opens + timedelta(days=7)
        else:
            begin, last = period_of(day, per, zone)
            opens, following = begin.first, (last.first + timedelta(days=32)).replace(day=1)
        yield opens, following
        day = following
