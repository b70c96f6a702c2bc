"""What so many leads ask of the reps, against what they have time for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accord.agreement.terms import Terms
from accord.insights.rules import working_days
from accord.teams.queries import company_calendar, reps
from accord.teams.rules import Calendar


@dataclass(frozen=True)
class Load:
    """Leads of a month on the reps: `needed` attempts, of `possible`, None where nobody said."""

    reps: int
    leads_a_month: float
    attempts_each: int
    possible: float | None

    @property
    def leads_a_rep(self) -> float | None:
        """Leads of a month for each rep; None without reps."""
        return self.leads_a_month / self.reps if self.reps else None

    @property
    def needed(self) -> float:
        """Attempts of a month, when each lead gets as many as are promised."""
        return self.leads_a_month * self.attempts_each

    @property
    def share(self) -> float | None:
        """Needed of possible; above 1 the promise cannot be kept."""
        return self.needed / self.possible if self.possible else None


def load(terms: Sequence[Terms], leads_a_month: Sequence[float], *, at: datetime) -> list[Load]:
    """The load of each agreement, with the reps there are now.

    `possible = reps x attempts a day x working days of a month`. Two queries.
    """
    people, days = len(reps()), _working_days_a_month(company_calendar(), at)
    return [
        Load(
            reps=people,
            leads_a_month=leads,
            attempts_each=each.attempts.at_least,
            possible=people * each.sales.attempts_a_day * days
            if each.sales.attempts_a_day
            else None,
        )
        for each, leads in zip(terms, leads_a_month, strict=True)
    ]


def _working_days_a_month(calendar: Calendar, at: datetime) -> float:
    today = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    return working_days(calendar, today, today + timedelta(days=365)) / 12
