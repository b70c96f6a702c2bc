"""The people and their working hours as they are shown."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.teams.models import SALES_ROLES, Absence, Calendar, CalendarException, Team, User
from accord.teams.queries import away_until, calendars_of, company, people
from accord.teams.rules import elapsed

Ranges = Sequence[Sequence[str]]
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class PersonShown:
    """A person with the absences that are not over; `away` is the one they are in."""

    user: User
    absences: Sequence[Absence]
    away: Absence | None


@dataclass(frozen=True)
class Colleague:
    """Somebody to whom work can be given: until when they are away, and if they work just now."""

    user: User
    away_until: datetime | None
    is_at_work: bool


@dataclass(frozen=True)
class HoursShown:
    """Working hours; `whose` is company, team or person, and `owner` the team or person.

    Without a calendar of their own (`calendar_id` None) the hours are those they work now.
    `differing` are the days that are not as their weekday: the day, its ranges and why. Beside
    them `closed` are free because the company is closed, and `holidays` are whose they observe.
    """

    whose: str
    owner: Team | User | None
    calendar_id: uuid.UUID | None
    time_zone: str
    week: Mapping[str, Any]
    country: str
    differing: Sequence[tuple[date, Any, str]]
    closed: Sequence[tuple[date, str]]
    holidays: str


def everybody(*, at: datetime) -> list[PersonShown]:
    """Everybody, also who has gone, by name. Two statements."""
    users = User.objects.select_related("team").order_by("name", "id")
    return _with_absences(list(users), at)


def one_person(user_id: uuid.UUID, *, at: datetime) -> PersonShown:
    """One person. Raises Missing."""
    found = User.objects.select_related("team").filter(id=user_id)
    rows = _with_absences(list(found), at)
    if not rows:
        raise Missing(_("This person is not here any more."))
    return rows[0]


def colleagues(*, at: datetime) -> list[Colleague]:
    """Everybody who can sign in, by name. Seven queries at most."""
    users, away = people(), away_until(at)
    calendars = calendars_of([user.id for user in users])
    return [
        Colleague(
            user, away.get(user.id), is_at_work=bool(elapsed(calendars[user.id], at, at + _MOMENT))
        )
        for user in users
    ]


def sellers(*, at: datetime) -> list[Colleague]:
    """Those of the colleagues who can be given leads."""
    return [each for each in colleagues(at=at) if not SALES_ROLES.isdisjoint(each.user.roles)]


def all_teams() -> list[Team]:
    """The teams, by name."""
    return list(Team.objects.select_related("calendar").order_by("name"))


def hours_of(whose: str, id: uuid.UUID | None = None) -> HoursShown:
    """The hours of the company, a team or a person. Raises Missing."""
    here = company()
    owner: Team | User | None = None
    if whose == "team" and id:
        owner = Team.objects.select_related("calendar").filter(id=id).first()
    elif whose == "person" and id:
        owner = User.objects.select_related("calendar", "team__calendar").filter(id=id).first()
    if whose != "company" and owner is None:
        raise Missing(_("These working hours are not here any more."))
    return _hours(whose, owner, here.calendar)


def hours_of_teams() -> list[HoursShown]:
    """The hours of each team."""
    companys = company().calendar
    return [_hours("team", each, companys) for each in all_teams()]


def _hours(whose: str, owner: Team | User | None, companys: Calendar) -> HoursShown:
    own = owner.calendar if owner else companys
    row, zone = own or companys, ""
    if own is None and isinstance(owner, User):
        row, zone = (owner.team and owner.team.calendar) or companys, owner.time_zone
    every = CalendarException.objects.filter(calendar__in={row, companys}).order_by("on")
    days = [each for each in every if each.calendar_id == row.id] if own else []
    said = {each.on for each in days}
    closed = [each for each in every if own and not each.ranges and each.on not in said]
    return HoursShown(
        whose=whose,
        owner=owner,
        calendar_id=own.id if own else None,
        time_zone=zone or row.time_zone,
        week=row.week,
        country=row.holidays_of,
        differing=[(each.on, each.ranges, each.reason) for each in days],
        closed=[(each.on, each.reason) for each in closed],
        holidays=row.holidays_of or companys.holidays_of,
    )


def _with_absences(users: Sequence[User], at: datetime) -> list[PersonShown]:
    found: dict[uuid.UUID, list[Absence]] = {}
    rows = Absence.objects.filter(user__in=users, absent_until__gt=at).select_related("stand_in")
    for each in rows.order_by("absent_from"):
        found.setdefault(each.user_id, []).append(each)
    return [
        PersonShown(
            user,
            (spans := found.get(user.id, [])),
            next((each for each in spans if each.absent_from <= at), None),
        )
        for user in users
    ]
