"""Setting up the company, its people, their keys, invitations and absences."""

import secrets
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid, Missing
from accord.base.ids import new_id
from accord.teams.calendars import DAY_KEYS
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
from accord.teams.queries import digest_of, workspace
from accord.teams.rules import Calendar, holidays_of

INVITATION_HOLDS = timedelta(days=14)
TOKEN_PREFIX = "accord_"  # noqa: S105

Week = Mapping[str, Sequence[Sequence[str]]]
"""Ranges of wall-clock time by weekday: {"mon": [["09:00", "12:30"], ["13:00", "17:00"]]}."""

# What the set-up page proposes.
SAMPLE_WEEK: Week = {day: [["09:00", "12:30"], ["13:15", "17:30"]] for day in DAY_KEYS[:5]}


@dataclass(frozen=True)
class Newcomer:
    """A person to be. Without a password they can sign in only once they have set one."""

    email: str
    name: str
    roles: Collection[str]
    password: str | None = None
    time_zone: str = ""


def set_up(
    *,
    name: str,
    currency: str,
    time_zone: str,
    first: Newcomer,
    at: datetime,
    week: Week = SAMPLE_WEEK,
    country: str = "",
    is_sample: bool = False,
) -> User:
    """Make the company with its working hours, and its first person, who is returned.

    `country` names whose public holidays are free, such as "DE" or "DE-BY". Raises Conflict
    when there is a company already, Invalid naming the field that does not fit.
    """
    if not name.strip():
        raise Invalid(_("The company has no name; give one."), field="name")
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise Invalid(
            _("“%(currency)s” is not a currency; use three letters such as EUR.")
            % {"currency": currency},
            field="currency",
        )
    with transaction.atomic():
        if workspace() is not None:
            raise Conflict(_("This Accord already has a company; sign in."))
        calendar = add_calendar(name=name, time_zone=time_zone, week=week, country=country)
        try:
            with transaction.atomic():
                Workspace.objects.create(
                    name=name.strip(),
                    currency=currency.upper(),
                    time_zone=time_zone,
                    calendar=calendar,
                    is_sample=is_sample,
                    set_up_at=at,
                )
        except IntegrityError as error:
            raise Conflict(_("This Accord already has a company; sign in.")) from error
        return add_user(newcomer=first, at=at)


def pause(*, at: datetime) -> None:
    """From now on the worker watches no clock and sends nothing, as while a past is brought in."""
    Workspace.objects.filter(paused_at__isnull=True).update(paused_at=at)


def resume() -> None:
    """The worker watches the clocks and sends again."""
    Workspace.objects.update(paused_at=None)


def add_calendar(*, name: str, time_zone: str, week: Week, country: str = "") -> CalendarRow:
    """Add working hours. Raises Invalid naming the day and what does not fit."""
    stated = Calendar.from_json({"time_zone": time_zone, "week": week}).to_json()
    holidays_of(country, [2026])  # refuses a country that is not known
    return CalendarRow.objects.create(
        name=name.strip()[:100],
        time_zone=time_zone,
        week=stated["week"],
        holidays_of=country.upper(),
    )


def set_calendar(*, user_id: uuid.UUID, calendar_id: uuid.UUID | None) -> None:
    """Give a person their own working hours; None: the company's. Raises Missing."""
    if not User.objects.filter(id=user_id).update(calendar_id=calendar_id):
        raise Missing(_("This person is not here any more."))


def add_exception(
    *, calendar_id: uuid.UUID, on: Any, ranges: Sequence[Sequence[str]] = (), reason: str = ""
) -> None:
    """Let one day differ from the week; without ranges it is free. Raises Invalid."""
    row = CalendarRow.objects.filter(id=calendar_id).first()
    if row is None:
        raise Missing(_("These working hours are not here any more."))
    Calendar.from_json(
        {"time_zone": row.time_zone, "week": row.week, "exceptions": {on.isoformat(): ranges}}
    )
    CalendarException.objects.update_or_create(
        calendar=row, on=on, defaults={"ranges": [list(each) for each in ranges], "reason": reason}
    )


def add_user(*, newcomer: Newcomer, at: datetime) -> User:
    """Add a person. Raises Invalid naming the field, Conflict when the address is taken."""
    user = _checked(newcomer, at)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("Somebody with the address %(email)s is here already.") % {"email": user.email}
        ) from error
    return user


def set_password(*, user_id: uuid.UUID, password: str) -> None:
    """Set a person's password. Raises Invalid when it is too easy."""
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise Missing(_("This person is not here any more."))
    _take_password(user, password)
    user.save(update_fields=["password"])


def invite(*, roles: Collection[str], by: uuid.UUID, at: datetime) -> str:
    """Invite somebody to join with roles; the secret of the link, shown this once."""
    secret = secrets.token_urlsafe(32)
    Invitation.objects.create(
        roles=_roles(roles),
        digest=digest_of(secret),
        created_at=at,
        created_by_id=by,
        expires_at=at + INVITATION_HOLDS,
    )
    return secret


def accept_invitation(
    *, secret: str, email: str, name: str, password: str, at: datetime, time_zone: str = ""
) -> User:
    """Join by an invitation, with the roles it gives.

    Raises Missing when the link is not good (any more), Invalid or Conflict as `add_user` does.
    """
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update()
            .filter(digest=digest_of(secret), accepted_at__isnull=True, expires_at__gt=at)
            .first()
        )
        if invitation is None:
            raise Missing(_("This invitation was used or has expired; ask for a new one."))
        newcomer = Newcomer(email, name, invitation.roles, password, time_zone)
        user = add_user(newcomer=newcomer, at=at)
        invitation.accepted_at = at
        invitation.accepted_by = user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
    return user


def add_token(*, user_id: uuid.UUID, name: str, at: datetime) -> str:
    """Make a key for the API; its secret, shown this once: only its digest is kept."""
    if not name.strip():
        raise Invalid(_("The key has no name; say what it is for."), field="name")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    Token.objects.create(
        user_id=user_id, name=name.strip()[:100], digest=digest_of(secret), created_at=at
    )
    return secret


def revoke_token(*, token_id: uuid.UUID, at: datetime) -> None:
    """Make a key worthless. Raises Missing when it is already."""
    if not Token.objects.filter(id=token_id, revoked_at__isnull=True).update(revoked_at=at):
        raise Missing(_("This key is not in use."))


def add_absence(
    *, user_id: uuid.UUID, absent_from: datetime, absent_until: datetime, reason: str = ""
) -> uuid.UUID:
    """Note when a person gets no handoffs. Raises Invalid when it ends before it begins."""
    if absent_until <= absent_from:
        raise Invalid(_("The absence ends before it begins; mind the dates."), field="absent_until")
    absence = Absence.objects.create(
        user_id=user_id, absent_from=absent_from, absent_until=absent_until, reason=reason[:100]
    )
    return absence.id


def _checked(newcomer: Newcomer, at: datetime) -> User:
    email = newcomer.email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(
            _("“%(email)s” is not an e-mail address.") % {"email": email}, field="email"
        ) from error
    if not newcomer.name.strip():
        raise Invalid(_("The person has no name; give one."), field="person")
    user = User(
        id=new_id(),
        email=email,
        name=newcomer.name.strip()[:150],
        roles=_roles(newcomer.roles),
        time_zone=_zone(newcomer.time_zone),
        joined_at=at,
    )
    if newcomer.password is None:
        user.set_unusable_password()
    else:
        _take_password(user, newcomer.password)
    return user


def _take_password(user: User, password: str) -> None:
    try:
        validate_password(password, user=user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error
    user.set_password(password)


def _roles(roles: Collection[str]) -> list[str]:
    unknown = sorted(set(roles) - set(Role.values))
    if unknown or not roles:
        raise Invalid(
            _("“%(role)s” is not a role; use %(roles)s.")
            % {"role": ", ".join(unknown), "roles": ", ".join(Role.values)},
            field="roles",
        )
    return [role for role in Role.values if role in set(roles)]


def _zone(name: str) -> str:
    if not name:
        here = workspace()
        return here.time_zone if here else "UTC"
    if name not in available_timezones():
        raise Invalid(
            _("There is no time zone “%(zone)s”; use a name such as Europe/Berlin.")
            % {"zone": name},
            field="time_zone",
        )
    return name
