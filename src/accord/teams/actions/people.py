"""Setting up the company, its people, their keys and invitations."""

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid, Missing
from accord.base.ids import new_id
from accord.teams.actions.changes import Changed, note_changes
from accord.teams.actions.hours import SAMPLE_WEEK, Week, add_calendar
from accord.teams.models import Invitation, Role, Team, Token, User, Workspace
from accord.teams.queries import digest_of, workspace
from accord.teams.zones import zones

INVITATION_HOLDS = timedelta(days=14)
TOKEN_PREFIX = "accord_"  # noqa: S105


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


@dataclass(frozen=True)
class Working:
    """How a person works: their zone, team and languages (two letters each, as in ISO 639-1)."""

    time_zone: str
    team_id: uuid.UUID | None
    languages: Collection[str]


def set_working(*, user_id: uuid.UUID, working: Working, by: uuid.UUID, at: datetime) -> None:
    """Say how a person works. Raises Missing, or Invalid for a zone that does not exist."""
    with transaction.atomic():
        user = _there(user_id)
        before = _working_of(user)
        user.time_zone = _zone(working.time_zone)
        user.team = Team.objects.filter(id=working.team_id).first() if working.team_id else None
        user.languages = sorted({each[:2].lower() for each in working.languages if each})
        user.save(update_fields=["time_zone", "team", "languages"])
        changed = Changed("person", user.id, user.name, before, _working_of(user))
        note_changes(changes=[changed], by=by, at=at)


def set_active(*, user_id: uuid.UUID, is_active: bool, by: uuid.UUID, at: datetime) -> None:
    """Let a person no longer sign in, or again. Their open work is the caller's to give away.

    Raises Missing, and Conflict for whoever would shut themselves out.
    """
    with transaction.atomic():
        user = _there(user_id)
        if not is_active and user_id == by:
            raise Conflict(_("You would lock yourself out; let another admin do it."))
        if user.is_active == is_active:
            return
        User.objects.filter(id=user_id).update(is_active=is_active)
        before, after = {"is_active": user.is_active}, {"is_active": is_active}
        note_changes(changes=[Changed("person", user.id, user.name, before, after)], by=by, at=at)


def set_roles(
    *, user_id: uuid.UUID, roles: Collection[str], by: uuid.UUID, at: datetime
) -> frozenset[str]:
    """Say what a person is here; the roles they had. Their work is the caller's to look after.

    Raises Missing, Invalid for none or an unknown one, Conflict when no admin would be left.
    """
    with transaction.atomic():
        everybody = User.objects.select_for_update().filter(is_active=True).order_by("id")
        admins = {each.id for each in everybody if Role.ADMIN in each.roles}
        user = _there(user_id)
        given = _roles(roles)
        if Role.ADMIN not in given and admins == {user_id}:
            raise Conflict(
                _("%(name)s is the only admin; make somebody else one first.") % {"name": user.name}
            )
        User.objects.filter(id=user_id).update(roles=given)
        before, after = {"roles": list(user.roles)}, {"roles": given}
        note_changes(changes=[Changed("person", user.id, user.name, before, after)], by=by, at=at)
    return frozenset(user.roles)


def _there(user_id: uuid.UUID) -> User:
    user = User.objects.filter(id=user_id).select_related("team").first()
    if user is None:
        raise Missing(_("This person is not here any more."))
    return user


def _working_of(user: User) -> dict[str, object]:
    team = user.team.name if user.team else None
    return {"time_zone": user.time_zone, "team": team, "languages": user.languages}


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
    if name not in zones():
        raise Invalid(
            _("There is no time zone “%(zone)s”; use a name such as Europe/Berlin.")
            % {"zone": name},
            field="time_zone",
        )
    return name
