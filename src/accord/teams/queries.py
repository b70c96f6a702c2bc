"""Reads of the company, its people, their calendars and who is there."""

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import lru_cache

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accord.base.errors import Missing, Refusal
from accord.base.once import asked_until_changed, each_asked_until_changed
from accord.teams.calendars import Absences
from accord.teams.models import (
    MARKETING_ROLES,
    SALES_ROLES,
    Absence,
    CalendarException,
    Invitation,
    Role,
    SettingChange,
    User,
    Workspace,
)
from accord.teams.models import (
    Calendar as CalendarRow,
)
from accord.teams.rules import Calendar, holidays_of

# The years whose public holidays the calendars know.
HOLIDAY_YEARS = range(2015, 2051)
# As SQL: they are asked at every call of the API and for every form.
_NAME = "SELECT name FROM teams_workspace LIMIT 1"
_HOLDER = """
SELECT holder.* FROM teams_token AS token JOIN teams_user AS holder ON holder.id = token.user_id
WHERE token.digest = %s AND token.revoked_at IS NULL AND holder.is_active
"""
SEAT_ROLES = {"sales": Role.HEAD_OF_SALES, "marketing": Role.HEAD_OF_MARKETING}


@asked_until_changed("teams_workspace", "teams_calendar")
def workspace() -> Workspace | None:
    """The company that runs this Accord; None before set-up."""
    return Workspace.objects.select_related("calendar").first()


@asked_until_changed("teams_workspace")
def company_name() -> str | None:
    """What the company that runs this Accord is called; None before set-up."""
    with connection.cursor() as cursor:
        cursor.execute(_NAME)
        row = cursor.fetchone()
    return row[0] if row else None


def is_paused() -> bool:
    """Whether the worker is to watch no clock and send nothing for now."""
    return Workspace.objects.filter(paused_at__isnull=False).exists()


def company() -> Workspace:
    """The company that runs this Accord. Raises Refusal before set-up."""
    here = workspace()
    if here is None:
        raise Refusal(_("This Accord has no company yet; set it up first."))
    return here


def company_calendar() -> Calendar:
    """The company's working hours, with its holidays. Raises Refusal before set-up."""
    here = company()
    return _read(here.calendar, _exceptions([here.calendar_id]).get(here.calendar_id, {}))


@each_asked_until_changed(
    *("teams_user", "teams_team", "teams_absence", "teams_workspace"),
    *("teams_calendar", "teams_calendarexception"),
)
def calendars_of(users: Collection[uuid.UUID | None]) -> dict[uuid.UUID | None, Calendar]:
    """The working time of people, by their id; None stands for the company. Five queries at most.

    A person works their own hours, else their team's, else the company's on the wall clock of
    their own zone; never while they are absent. Where their own or their team's say nothing of a
    day, it is free when the company is closed; public holidays are those of the country that they
    name, else the company's.
    """
    if not users:
        return {}
    companys = company().calendar
    people = list(
        User.objects.filter(id__in=filter(None, users)).values_list(
            "id", "time_zone", Coalesce("calendar_id", "team__calendar_id")
        )
    )
    own = {calendar for _id, _zone, calendar in people if calendar}
    rows = CalendarRow.objects.in_bulk(own)
    exceptions = _exceptions({companys.id, *own})
    closed = {day: ranges for day, ranges in exceptions.get(companys.id, {}).items() if not ranges}
    absences = _absences([id for id, _zone, _calendar in people])
    calendars: dict[uuid.UUID | None, Calendar] = {}
    for id, zone, calendar in people:
        row = rows.get(calendar, companys)
        calendars[id] = _read(
            row,
            {**closed, **exceptions.get(row.id, {})},
            zone=row.time_zone if calendar else zone,
            country=row.holidays_of or companys.holidays_of,
            absences=absences.get(id, ()),
        )
    if None in users:
        calendars[None] = _read(companys, exceptions.get(companys.id, {}))
    return calendars


def names(users: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of people, by their id. One query."""
    ids = {user for user in users if user}
    return dict(User.objects.filter(id__in=ids).values_list("id", "name")) if ids else {}


def people() -> list[User]:
    """All people who can sign in, by name."""
    return list(User.objects.filter(is_active=True).order_by("name", "id"))


def reps() -> list[User]:
    """The people who work leads for sales, by name."""
    return [user for user in people() if Role.REP in user.roles]


def admins() -> list[User]:
    """The people who look after this Accord, by name."""
    return [user for user in people() if Role.ADMIN in user.roles]


def of_sales() -> QuerySet[User]:
    """Whoever may work leads: they are here, and have a role of sales."""
    return User.objects.filter(is_active=True, roles__overlap=sorted(SALES_ROLES))


def out_of_sales() -> QuerySet[User]:
    """Whoever works no leads: they are gone, or have no role of sales (any more)."""
    return User.objects.exclude(is_active=True, roles__overlap=sorted(SALES_ROLES))


def heads(seat: str) -> list[User]:
    """The people who sign for a seat, "sales" or "marketing", by name."""
    role = SEAT_ROLES[seat]
    found = User.objects.filter(is_active=True, roles__contains=[role])
    return list(found.order_by("name", "id"))


def all_of_marketing() -> list[uuid.UUID]:
    """Everybody in marketing who can sign in. One query."""
    found = User.objects.filter(is_active=True, roles__overlap=sorted(MARKETING_ROLES))
    return list(found.order_by("id").values_list("id", flat=True))


def holders() -> dict[str, list[str]]:
    """Who holds each role, by name. One query."""
    found: dict[str, list[str]] = {}
    for name, roles in (
        User.objects.filter(is_active=True).order_by("name").values_list("name", "roles")
    ):
        for role in roles:
            found.setdefault(role, []).append(name)
    return found


def whose_figures(reader: User | None) -> QuerySet[User]:
    """The people whose own figures somebody may see: themselves, and of a head the side's.

    Everybody sees teams. None stands for whoever runs the machine, who sees all.
    """
    if reader is None:
        return User.objects.all()
    if not reader.is_active:
        return User.objects.none()
    theirs = Q(id=reader.id)
    if Role.HEAD_OF_SALES in reader.roles:
        theirs |= Q(roles__overlap=sorted(SALES_ROLES))
    if Role.HEAD_OF_MARKETING in reader.roles:
        theirs |= Q(roles__overlap=sorted(MARKETING_ROLES))
    return User.objects.filter(theirs)


def person(email: str) -> User:
    """The person with this e-mail address, in any case. Raises Missing."""
    found = User.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise Missing(
            _("Nobody here has the address %(email)s; see the people, or add them first.")
            % {"email": email}
        )
    return found


def absent(at: datetime) -> dict[uuid.UUID, uuid.UUID | None]:
    """Who is absent at a moment, and who stands in for them. One query."""
    spans = _absences_from(at.astimezone(UTC).date())
    return {user: stand_in for user, since, until, stand_in in spans if since <= at < until}


def away_until(at: datetime) -> dict[uuid.UUID, datetime]:
    """Who is absent at a moment, and until when; one absence may follow on another. One query."""
    found: dict[uuid.UUID, datetime] = {}
    for user, since, until, _stand_in in _absences_from(at.astimezone(UTC).date()):
        if since <= found.get(user, at) < until:
            found[user] = until
    return found


@asked_until_changed("teams_absence")
def _absences_from(
    day: date,
) -> Sequence[tuple[uuid.UUID, datetime, datetime, uuid.UUID | None]]:
    """The absences that end on a day (UTC) or later, by their beginning."""
    ends_later = Absence.objects.filter(absent_until__gte=datetime.combine(day, time(), UTC))
    columns = ("user_id", "absent_from", "absent_until", "stand_in_id")
    return list(ends_later.order_by("absent_from").values_list(*columns))


def present(users: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Those of the people who can be given work: active and not absent at the moment."""
    found = User.objects.filter(id__in=users, is_active=True)
    away = Absence.objects.filter(user_id__in=users, absent_from__lte=at, absent_until__gt=at)
    return set(found.exclude(id__in=away.values("user_id")).values_list("id", flat=True))


def ready_for_leads(users: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Those of the people who can be given leads: present, and with a role of sales."""
    sellers = User.objects.filter(id__in=users, roles__overlap=sorted(SALES_ROLES))
    return present(list(sellers.values_list("id", flat=True)), at)


def setting_changes(what: Collection[str], *, limit: int) -> list[SettingChange]:
    """The newest changes of settings of these kinds, and who made them. One query."""
    found = SettingChange.objects.filter(what__in=what).select_related("by")
    return list(found.order_by("-changed_at", "-id")[:limit])


def user_of_token(secret: str) -> User | None:
    """The active person to whom a token's secret belongs; None when it is no longer good."""
    return next(iter(User.objects.raw(_HOLDER, [digest_of(secret)])), None)


def open_invitation(secret: str, *, at: datetime) -> Invitation | None:
    """The invitation of a link; None when it was used, has expired, or never was."""
    found = Invitation.objects.filter(
        digest=digest_of(secret), accepted_at__isnull=True, expires_at__gt=at
    )
    return found.select_related("created_by").first()


def open_invitations(*, at: datetime) -> list[Invitation]:
    """The invitations that nobody has followed yet, newest first."""
    found = Invitation.objects.filter(accepted_at__isnull=True, expires_at__gt=at)
    return list(found.select_related("created_by").order_by("-created_at"))


def digest_of(secret: str) -> str:
    """SHA-256 of a secret, in hexadecimal: what is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _exceptions(calendars: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, object]]:
    found: dict[uuid.UUID, dict[str, object]] = {}
    for each in CalendarException.objects.filter(calendar_id__in=calendars).order_by("on"):
        found.setdefault(each.calendar_id, {})[each.on.isoformat()] = each.ranges
    return found


def _absences(users: Collection[uuid.UUID]) -> dict[uuid.UUID, Absences]:
    found: dict[uuid.UUID, Absences] = {}
    spans = Absence.objects.filter(user_id__in=users).order_by("absent_from", "absent_until")
    for user_id, *span in spans.values_list("user_id", "absent_from", "absent_until"):
        found[user_id] = (*found.get(user_id, ()), (span[0], span[1]))
    return found


def _read(
    row: CalendarRow,
    exceptions: Mapping[str, object],
    *,
    zone: str | None = None,
    country: str | None = None,
    absences: Absences = (),
) -> Calendar:
    stated = {"time_zone": zone or row.time_zone, "week": row.week, "exceptions": exceptions}
    return _built(json.dumps(stated, sort_keys=True), country or row.holidays_of, absences)


@lru_cache(maxsize=512)
def _built(stated: str, country: str, absences: Absences) -> Calendar:
    calendar = Calendar.from_json(json.loads(stated))
    calendar = calendar.with_holidays(holidays_of(country, HOLIDAY_YEARS))
    return replace(calendar, absences=absences) if absences else calendar
