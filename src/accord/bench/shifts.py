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
    """The minutes that one person works, from BEGIN on; and those if they were never away."""

    def __init__(self, shift: Shift, absences: Sequence[Span]) -> None:
        moments = [BEGIN + n * MINUTE for n in range(HORIZON * 24 * 60)]
        self._hours = bytearray(_works(shift, moment) for moment in moments)
        self._works = bytearray(self._hours)
        for begin, end in absences:
            for minute in range(max(_minute(begin), 0), min(_minute(end), len(moments))):
                self._works[minute] = 0

    def due(self, start: datetime, amount: int) -> datetime:
        """When so many minutes are worked since `start`."""
        return _after(self._works, start, amount)

    def after_miss(self, due_at: datetime, amount: int) -> datetime:
        """When a step follows a miss: at once, or after minutes in which they might have worked.

        Whose lead waits, waits for nobody's absence.
        """
        return _after(self._hours, due_at, amount)


def _minute(moment: datetime) -> int:
    return round((moment - BEGIN) / MINUTE)


def _after(works: bytearray, start: datetime, amount: int) -> datetime:
    minute = _minute(start)
    while amount and minute < len(works):
        amount -= works[minute]
        minute += 1
    return BEGIN + minute * MINUTE


def _works(shift: Shift, moment: datetime) -> bool:
    local = moment.astimezone(ZoneInfo(shift.time_zone))
    if local.weekday() > 4 or local.date() in shift.free:
        return False
    return any(begin <= f"{local:%H:%M}" < end for begin, end in shift.hours)
