"""Signing the agreement, for one's own seat or for a head who lets one, and coming into force."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.actions.telling import (
    OPEN,
    SEAT_ROLES,
    NotTheirSeat,
    digest_of,
    roles_of,
    tell_of_signature,
    tell_of_version_in_force,
    tell_people,
)
from accord.agreement.models import Delegation, Seat, Signature, Version, VersionState
from accord.agreement.terms import Terms, read_terms
from accord.base.errors import Conflict, Invalid, Missing
from accord.base.ids import new_id
from accord.outbox import jobs
from accord.teams.models import User
from accord.teams.queries import company_calendar, workspace


def sign(
    *, number: int, seat: str, by: uuid.UUID, at: datetime, digest: str | None = None
) -> Version:
    """Sign a version for a seat; with both signatures it is in force at once.

    `digest`, where given, is that of the text the person read. Raises NotTheirSeat, Missing,
    or Conflict when it was signed before, replaced, or changed.
    """
    if seat not in Seat.values:
        raise Invalid(
            _("“%(seat)s” is not a seat; sign for sales or for marketing.") % {"seat": seat},
            field="seat",
        )
    with transaction.atomic():
        version = Version.objects.select_for_update().filter(number=number).first()
        if version is None:
            raise Missing(
                _("There is no version %(number)s of the agreement.") % {"number": number}
            )
        _check_text(version, digest)
        if version.state not in OPEN:
            raise Conflict(
                _("Version %(number)s cannot be signed; it is: %(state)s.")
                % {"number": number, "state": version.get_state_display().lower()}
            )
        signer, head = _signer(Seat(seat), by, at)
        terms = read_terms(version.document, number=number)
        _check_signatures(version, terms, Seat(seat), {signer.id, head.id})
        Signature.objects.create(
            version=version,
            seat=seat,
            signed_at=at,
            signed_by_id=signer.id,
            name=signer.name,
            head_id=None if signer == head else head.id,
            instead_of="" if signer == head else head.name,
            digest=version.digest,
        )
        tell_of_signature(version, Seat(seat), signer, head, at)
        if version.signatures.count() == len(Seat):
            _both_signed(version, terms, at)
    return version


def _check_text(version: Version, read: str | None) -> None:
    if digest_of(version.document) != version.digest:
        raise Conflict(
            _("The text of version %(number)s is not the one that was proposed; do not sign it.")
            % {"number": version.number}
        )
    if read is not None and read != version.digest:
        raise Conflict(_("The text has changed since you read it; read it again, then sign."))


def delegate(*, seat: str, by: uuid.UUID, to: uuid.UUID, until: date, at: datetime) -> None:
    """A head lets somebody sign for the seat, up to and with a day; who may already, no longer may.

    Raises NotTheirSeat, and Invalid for a day that is over or somebody who cannot.
    """
    if seat not in Seat.values or SEAT_ROLES[Seat(seat)] not in roles_of(by):
        raise NotTheirSeat(_("Only who holds a seat can let somebody sign for it."))
    if not _today(at) <= until:
        raise Invalid(_("Choose a day that is not over yet."), field="until")
    other = User.objects.filter(id=to, is_active=True).first()
    if other is None or to == by:
        raise Invalid(_("Choose somebody else who is here."), field="to")
    with transaction.atomic():
        _end_delegations(seat, by, at)
        Delegation.objects.create(
            id=new_id(), seat=seat, head_id=by, user_id=to, given_at=at, until_on=until
        )
        subject = _("You may sign the agreement for %(name)s") % {
            "name": User.objects.get(id=by).name
        }
        text = _("Up to and with %(day)s.") % {"day": until.isoformat()}
        tell_people(new_id(), None, subject, text, {to}, at)


def end_delegation(*, seat: str, by: uuid.UUID, at: datetime) -> None:
    """From now on nobody signs for this head but the head."""
    _end_delegations(seat, by, at)


def _end_delegations(seat: str, by: uuid.UUID, at: datetime) -> None:
    Delegation.objects.filter(seat=seat, head_id=by, ended_at=None).update(ended_at=at)


def _signer(seat: Seat, by: uuid.UUID, at: datetime) -> tuple[User, User]:
    """Who signs, and the head whose seat it is."""
    signer = User.objects.filter(id=by, is_active=True).first()
    if signer and SEAT_ROLES[seat] in signer.roles:
        return signer, signer
    given = Delegation.objects.filter(
        seat=seat, user_id=by, ended_at=None, until_on__gte=_today(at)
    ).order_by("-given_at")
    for delegation in given if signer else ():
        head = User.objects.filter(id=delegation.head_id, is_active=True).first()
        if signer and head and SEAT_ROLES[seat] in head.roles:
            return signer, head
    raise NotTheirSeat(
        _("Only the %(seat)s can sign for this seat, or somebody they let sign; ask them to.")
        % {"seat": str(seat.label).lower()}
    )


def _check_signatures(version: Version, terms: Terms, seat: Seat, people: set[uuid.UUID]) -> None:
    for signature in version.signatures.all():
        if signature.seat == seat:
            raise Conflict(
                _("%(name)s has already signed for this seat.") % {"name": signature.name}
            )
        if {
            signature.signed_by_id,
            signature.head_id,
        } & people and not terms.one_person_may_hold_both:
            raise NotTheirSeat(
                _(
                    "You have signed for the other seat; one person may sign for both only where "
                    "the agreement says so."
                )
            )


def _both_signed(version: Version, terms: Terms, at: datetime) -> None:
    if terms.effective_on and terms.effective_on > _today(at):
        version.state = VersionState.SIGNED
        version.save(update_fields=["state"])
    else:
        _put_in_force(version, at)


def come_into_force(*, at: datetime) -> int | None:
    """Put in force what both have signed and whose day has come; its number. The newest wins."""
    with transaction.atomic():
        signed = Version.objects.select_for_update().filter(state=VersionState.SIGNED)
        for version in signed.order_by("-number"):
            day = read_terms(version.document).effective_on
            if day is None or day <= _today(at):
                _put_in_force(version, at)
                return version.number
    return None


def note_judged(*, number: int, at: datetime) -> None:
    """All leads have been judged by a version, at this moment."""
    Version.objects.filter(number=number).update(judged_at=at)


def _today(at: datetime) -> date:
    zone = company_calendar().time_zone if workspace() else "UTC"
    return at.astimezone(ZoneInfo(zone)).date()


def _put_in_force(version: Version, at: datetime) -> None:
    """The version runs from now on; what ran before and older proposals are superseded."""
    newer = Version.objects.filter(number__gt=version.number, state=VersionState.IN_FORCE)
    if newer.exists():
        raise Conflict(_("A newer version is in force; propose this one anew."))
    older = Version.objects.filter(number__lt=version.number)
    older.filter(state=VersionState.IN_FORCE).update(
        state=VersionState.SUPERSEDED, in_force_until=at
    )
    waiting = (*OPEN, VersionState.SIGNED)
    older.filter(state__in=waiting).update(state=VersionState.SUPERSEDED)
    version.state = VersionState.IN_FORCE
    version.in_force_from = at
    version.save(update_fields=["state", "in_force_from"])
    jobs.defer("re_evaluate")
    if older.exists():  # with its first agreement a company begins; nobody has to learn anew
        tell_of_version_in_force(version.number, at)
