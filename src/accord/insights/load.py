"""What so many leads ask of the reps, against what they have time for."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accord.agreement.terms import Terms
from accord.insights.rules import working_days
from accord.teams.models import User
from accord.teams.queries import calendars_of, reps
from accord.teams.rules import Calendar, elapsed

_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Load:
    """Leads of a month on the reps, or on one: `needed` attempts, of `possible`, None where
    nobody said how many can be made on a day."""

    reps: int
    leads_a_month: float
    attempts_each: int
    possible: float | None
    name: str = ""
    each: Sequence["Load"] = ()

    @property
    def needed(self) -> float:
        """Attempts of a month, when each lead gets as many as are promised."""
        return self.leads_a_month * self.attempts_each

    @property
    def share(self) -> float | None:
        """Needed of possible; above 1 the promise cannot be kept."""
        return self.needed / self.possible if self.possible else None


def load(
    terms: Sequence[Terms], leads_a_month: Sequence[Mapping[str, float]], *, at: datetime
) -> list[Load]:
    """The load of each agreement on the reps there are now, together and on `each`, by name.

    Leads come by whose they are, an id, or "" for nobody's: these, and those of people who no
    longer work leads, go to the reps in turn, by the days on which each is there.
    `possible = days present in a month of the coming year x attempts a day`. Five queries.
    """
    people = reps()
    days = _days_a_month(people, at)
    return [
        _load(people, days, each, leads) for each, leads in zip(terms, leads_a_month, strict=True)
    ]


def _load(
    people: Sequence[User],
    days: Mapping[uuid.UUID, float],
    terms: Terms,
    leads: Mapping[str, float],
) -> Load:
    every = sum(days.values())
    own = {user.id: leads.get(str(user.id), 0.0) for user in people}
    shared = sum(leads.values()) - sum(own.values())
    a_day = terms.sales.attempts_a_day
    each = [
        Load(
            reps=1,
            leads_a_month=own[user.id] + (shared * days[user.id] / every if every else 0.0),
            attempts_each=terms.attempts.at_least,
            possible=days[user.id] * a_day if a_day else None,
            name=user.name,
        )
        for user in people
    ]
    return Load(
        reps=len(people),
        leads_a_month=sum(leads.values()),
        attempts_each=terms.attempts.at_least,
        possible=every * a_day if a_day else None,
        each=each,
    )


def _days_a_month(people: Sequence[User], at: datetime) -> dict[uuid.UUID, float]:
    """Working days of each in a month, as the coming year has them, absences left out."""
    calendars = calendars_of([user.id for user in people])
    return {user.id: _days(calendars[user.id], at) for user in people}


def _days(calendar: Calendar, at: datetime) -> float:
    always = calendar.hours
    today = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    worked, there = (elapsed(each, at, at + _YEAR) for each in (always, calendar))
    return working_days(always, today, today + _YEAR) * (there / worked) / 12 if worked else 0.0
