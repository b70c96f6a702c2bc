"""Who works when in the simulated week, counted minute by minute: what the clocks are held against.

It shares nothing with the engine that Accord counts by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BEGIN = datetime(2026, 3, 28, tzinfo=UTC)  # a Saturday; clocks change in Europe the day after
DAYS = 7  # until after Good Friday
HORIZON = 14  # days that the minutes are known for
MINUTE = timedelta(minutes=1)

Hours = Sequence[tuple[str, str]]
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Shift:
    """Hours of each working day on the wall clock of a zone, and the days that are free."""

    name: str
    time_zone: str
    country: str
    hours: Hours
    free: frozenset[date]

    @property
    def week(self) -> Mapping[str, list[list[str]]]:
        """The same, as Accord keeps it."""
        days = ("mon", "tue", "wed", "thu", "fri")
        return {day: [list(each) for each in self.hours] for day in days}


SHIFTS = (
    Shift(
        "Berlin",
        "Europe/Berlin",
        "DE",
        (("09:00", "12:30"), ("13:15", "17:30")),
        frozenset({date(2026, 4, 3), date(2026, 4, 6)}),
    ),
    Shift("New York", "America/New_York", "US", (("08:00", "16:00"),), frozenset()),
    Shift("Tokyo", "Asia/Tokyo", "JP", (("10:00", "13:00"), ("14:00", "19:00")), frozenset()),
    Shift("Adelaide", "Australia/Adelaide", "", (("07:30", "15:30"),), frozenset()),
)


class Minutes:
    """The working minutes of one person, from BEGIN on."""

    def __init__(self, shift: Shift, absences: Sequence[Span]) -> None:
        self._works = bytearray(
            _works(shift, absences, BEGIN + n * MINUTE) for n in range(HORIZON * 24 * 60)
        )

    def due(self, start: datetime, amount: int) -> datetime:
        """When so many minutes are worked since `start`."""
        minute, end = round((start - BEGIN) / MINUTE), len(self._works)
        while amount and minute < end:
            amount -= self._works[minute]
            minute += 1
        return BEGIN + minute * MINUTE


def _works(shift: Shift, absences: Sequence[Span], moment: datetime) -> bool:
    if any(begin <= moment < end for begin, end in absences):
        return False
    local = moment.astimezone(ZoneInfo(shift.time_zone))
    if local.weekday() > 4 or local.date() in shift.free:
        return False
    return any(begin <= f"{local:%H:%M}" < end for begin, end in shift.hours)
