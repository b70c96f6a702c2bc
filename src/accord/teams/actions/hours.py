"""Working hours: of the company, of teams, of single people, and the days that differ."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid, Missing
from accord.base.ids import new_id
from accord.teams.actions.changes import Changed, note_changes
from accord.teams.calendars import DAY_KEYS
from accord.teams.models import Calendar as CalendarRow
from accord.teams.models import CalendarException, Team, User
from accord.teams.rules import Calendar, holidays_of

Week = Mapping[str, Sequence[Sequence[str]]]
"""Ranges of wall-clock time by weekday: {"mon": [["09:00", "12:30"], ["13:00", "17:00"]]}."""

# What the set-up page proposes.
SAMPLE_WEEK: Week = {day: [["09:00", "12:30"], ["13:15", "17:30"]] for day in DAY_KEYS[:5]}


@dataclass(frozen=True)
class Hours:
    """Working hours as they are to be; `country` names whose public holidays are free."""

    time_zone: str
    week: Week
    country: str = ""


def add_calendar(*, name: str, time_zone: str, week: Week, country: str = "") -> CalendarRow:
    """Add working hours. Raises Invalid naming the day and what does not fit."""
    stated = _stated(time_zone, week, country)
    return CalendarRow.objects.create(name=name.strip()[:100], **stated)


def change_calendar(
    *,
    calendar_id: uuid.UUID,
    hours: Hours,
    by: uuid.UUID,
    at: datetime,
) -> None:
    """Change working hours, for all who work them. Raises Missing, or Invalid as `add_calendar`."""
    stated = _stated(hours.time_zone, hours.week, hours.country)
    with transaction.atomic():
        row = _there(calendar_id)
        before = _of(row)
        CalendarRow.objects.filter(id=calendar_id).update(**stated)
        _note(row, before, stated, by, at)


def set_calendar(*, user_id: uuid.UUID, calendar_id: uuid.UUID | None) -> None:
    """Give a person their own working hours; None: their team's. Raises Missing."""
    if not User.objects.filter(id=user_id).update(calendar_id=calendar_id):
        raise Missing(_("This person is not here any more."))


def add_own_calendar(*, owner: User | Team, hours: Hours, by: uuid.UUID, at: datetime) -> None:
    """Give a person or a team working hours of their own. Raises Invalid as `add_calendar`."""
    with transaction.atomic():
        row = add_calendar(
            name=owner.name, time_zone=hours.time_zone, week=hours.week, country=hours.country
        )
        type(owner).objects.filter(id=owner.id).update(calendar=row)
        _note(row, {}, _of(row), by, at)


def drop_own_calendar(*, owner: User | Team, by: uuid.UUID, at: datetime) -> None:
    """Let a person or a team work the hours that they would without their own."""
    with transaction.atomic():
        row = owner.calendar
        if row is None:
            return
        type(owner).objects.filter(id=owner.id).update(calendar=None)
        _note(row, _of(row), {}, by, at)


def add_team(*, name: str, by: uuid.UUID, at: datetime) -> Team:
    """Add a team. Raises Invalid without a name, Conflict when there is one of this name."""
    if not name.strip():
        raise Invalid(_("The team has no name; give it one."), field="name")
    try:
        with transaction.atomic():
            team = Team.objects.create(id=new_id(), name=name.strip()[:100])
            note_changes(
                changes=[Changed("team", team.id, team.name, {}, {"name": team.name})], by=by, at=at
            )
    except IntegrityError as error:
        raise Conflict(_("There is a team of this name already.")) from error
    return team


def add_exception(
    *,
    calendar_id: uuid.UUID,
    on: date,
    ranges: Sequence[Sequence[str]] = (),
    reason: str = "",
    by: uuid.UUID | None = None,
    at: datetime | None = None,
) -> None:
    """Let one day differ from the week; without ranges it is free. Raises Invalid.

    With `at` it is kept who did so.
    """
    row = _there(calendar_id)
    day = on.isoformat()
    Calendar.from_json({"time_zone": row.time_zone, "week": row.week, "exceptions": {day: ranges}})
    stated = {"ranges": [list(each) for each in ranges], "reason": reason[:100]}
    with transaction.atomic():
        CalendarException.objects.update_or_create(calendar=row, on=on, defaults=stated)
        if at:
            _note(row, {}, {"on": day, **stated}, by, at)


def drop_exception(*, calendar_id: uuid.UUID, on: date, by: uuid.UUID, at: datetime) -> None:
    """Let a day be as its weekday is."""
    with transaction.atomic():
        CalendarException.objects.filter(calendar_id=calendar_id, on=on).delete()
        _note(_there(calendar_id), {"on": on.isoformat()}, {}, by, at)


def _stated(time_zone: str, week: Week, country: str) -> dict[str, Any]:
    stated = Calendar.from_json({"time_zone": time_zone, "week": week}).to_json()
    holidays_of(country, [2026])  # refuses a country that is not known
    return {"time_zone": time_zone, "week": stated["week"], "holidays_of": country.upper()}


def _of(row: CalendarRow) -> dict[str, Any]:
    return {"time_zone": row.time_zone, "week": row.week, "holidays_of": row.holidays_of}


def _there(calendar_id: uuid.UUID) -> CalendarRow:
    row = CalendarRow.objects.filter(id=calendar_id).first()
    if row is None:
        raise Missing(_("These working hours are not here any more."))
    return row


def _note(
    row: CalendarRow,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    note_changes(changes=[Changed("calendar", row.id, row.name, before, after)], by=by, at=at)
