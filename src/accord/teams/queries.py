"""Reads of the company, its people, their calendars and who is there."""

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from accord.base.errors import Missing, Refusal
from accord.teams.models import (
    Absence,
    CalendarException,
    Invitation,
    Role,
    Token,
    User,
    Workspace,
)
from accord.teams.models import (
    Calendar as CalendarRow,
)
from accord.teams.rules import Calendar, holidays_of

# The years whose public holidays the calendars know.
HOLIDAY_YEARS = range(2015, 2051)
SEAT_ROLES = {"sales": Role.HEAD_OF_SALES, "marketing": Role.HEAD_OF_MARKETING}


def workspace() -> Workspace | None:
    """The company that runs this Accord; None before set-up."""
    return Workspace.objects.select_related("calendar").first()


def is_paused() -> bool:
    """Whether the worker is to watch no clock and send nothing for now."""
    return Workspace.objects.filter(paused_at__isnull=False).exists()


def company() -> Workspace:
    """The company that runs this Accord. Raises Refusal before set-up."""
    here = workspace()
    if here is None:
        raise Refusal("This Accord has no company yet; set it up first.")
    return here


def company_calendar() -> Calendar:
    """The company's working hours, with its holidays. Raises Refusal before set-up."""
    here = company()
    return _read(here.calendar, _exceptions([here.calendar_id]).get(here.calendar_id, {}))


def calendars_of(users: Collection[uuid.UUID | None]) -> dict[uuid.UUID | None, Calendar]:
    """The working hours of people, by their id; None stands for the company. Three queries.

    A person without own hours works the company's, on the wall clock of their own zone.
    """
    if not users:
        return {}
    companys = company().calendar
    found = list(User.objects.filter(id__in=filter(None, users)).select_related("calendar"))
    rows = {user.id: user.calendar or companys for user in found}
    exceptions = _exceptions({companys.id, *(row.id for row in rows.values())})
    calendars: dict[uuid.UUID | None, Calendar] = {
        user.id: _read(
            rows[user.id],
            exceptions.get(rows[user.id].id, {}),
            zone=user.calendar.time_zone if user.calendar else user.time_zone,
        )
        for user in found
    }
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


def heads(seat: str) -> list[User]:
    """The people who sign for a seat, "sales" or "marketing", by name."""
    role = SEAT_ROLES[seat]
    found = User.objects.filter(is_active=True, roles__contains=[role])
    return list(found.order_by("name", "id"))


def holders() -> dict[str, list[str]]:
    """Who holds each role, by name. One query."""
    found: dict[str, list[str]] = {}
    for name, roles in (
        User.objects.filter(is_active=True).order_by("name").values_list("name", "roles")
    ):
        for role in roles:
            found.setdefault(role, []).append(name)
    return found


def person(email: str) -> User:
    """The person with this e-mail address, in any case. Raises Missing."""
    found = User.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise Missing(f"Nobody here has the address {email}; see the people, or add them first.")
    return found


def present(users: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Those of the people who can be given work: active and not absent at the moment."""
    found = User.objects.filter(id__in=users, is_active=True)
    away = Absence.objects.filter(user_id__in=users, absent_from__lte=at, absent_until__gt=at)
    return set(found.exclude(id__in=away.values("user_id")).values_list("id", flat=True))


def user_of_token(secret: str) -> User | None:
    """The active person to whom a token's secret belongs; None when it is no longer good."""
    token = (
        Token.objects.filter(
            digest=digest_of(secret), revoked_at__isnull=True, user__is_active=True
        )
        .select_related("user")
        .first()
    )
    return token.user if token else None


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


def _read(
    row: CalendarRow, exceptions: Mapping[str, object], *, zone: str | None = None
) -> Calendar:
    stated = {"time_zone": zone or row.time_zone, "week": row.week, "exceptions": exceptions}
    return _built(json.dumps(stated, sort_keys=True), row.holidays_of)


@lru_cache(maxsize=512)
def _built(stated: str, country: str) -> Calendar:
    calendar = Calendar.from_json(json.loads(stated))
    return calendar.with_holidays(holidays_of(country, HOLIDAY_YEARS))
