"""Proposing and signing the agreement. A version's text never changes; only its state does."""

import hashlib
import uuid
from datetime import datetime
from importlib.resources import files

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.models import Seat, Signature, Version, VersionState
from accord.agreement.terms import Terms, read_terms
from accord.base.errors import Conflict, Invalid, Missing, Refusal
from accord.outbox import jobs
from accord.teams.models import Role, User

_SEAT_ROLES = {Seat.SALES: Role.HEAD_OF_SALES, Seat.MARKETING: Role.HEAD_OF_MARKETING}
_OPEN = (VersionState.TRIAL, VersionState.PROPOSED)


class NotTheirSeat(Refusal):
    """The person does not hold the seat they would sign for."""


def default_document(*, one_person_may_hold_both: bool = False) -> str:
    """The agreement that Accord comes with, declared for one head or for two."""
    document = files("accord.agreement").joinpath("default.yaml").read_text(encoding="utf-8")
    if one_person_may_hold_both:
        document = document.replace(
            "one_person_may_hold_both: false", "one_person_may_hold_both: true"
        )
    return document


def start_trial(*, at: datetime, document: str | None = None) -> int:
    """Let the first version run as a declared trial, until both heads have signed; its number.

    Raises Conflict when there is a version already, BadDocument when `document` is wrong.
    """
    text = default_document() if document is None else document
    read_terms(text)
    with transaction.atomic():
        if _newest() is not None:
            raise Conflict(_("There is an agreement already; propose a change to it."))
        return _store(text, number=1, state=VersionState.TRIAL, reason="", by=None, at=at)


def propose(*, document: str, by: uuid.UUID | None, at: datetime, reason: str) -> int:
    """Propose a new version; its number. It runs once both heads have signed it.

    Raises BadDocument naming what is wrong, and Conflict when it says what the newest says.
    """
    read_terms(document)
    with transaction.atomic():
        newest = _newest()
        if newest is None:
            return _store(document, number=1, state=VersionState.TRIAL, reason=reason, by=by, at=at)
        if newest.digest == digest_of(document):
            raise Conflict(
                _("Version %(number)s already says exactly this; nothing was proposed.")
                % {"number": newest.number}
            )
        return _store(
            document,
            number=newest.number + 1,
            state=VersionState.PROPOSED,
            reason=reason,
            by=by,
            at=at,
        )


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
        if version.state not in _OPEN:
            raise Conflict(
                _("Version %(number)s cannot be signed; it is: %(state)s.")
                % {"number": number, "state": version.get_state_display().lower()}
            )
        signer = _signer(Seat(seat), by)
        terms = read_terms(version.document, number=number)
        _check_signatures(version, terms, Seat(seat), signer)
        Signature.objects.create(
            version=version,
            seat=seat,
            signed_at=at,
            signed_by_id=signer.id,
            name=signer.name,
            digest=version.digest,
        )
        if version.signatures.count() == len(Seat):
            _put_in_force(version, at)
    return version


def digest_of(document: str) -> str:
    """SHA-256 of a document, in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()


def _newest() -> Version | None:
    return Version.objects.select_for_update().order_by("-number").first()


def _store(
    document: str,
    *,
    number: int,
    state: VersionState,
    reason: str,
    by: uuid.UUID | None,
    at: datetime,
) -> int:
    Version.objects.create(
        number=number,
        document=document,
        digest=digest_of(document),
        state=state,
        reason=reason,
        proposed_at=at,
        proposed_by_id=by,
    )
    return number


def _check_text(version: Version, read: str | None) -> None:
    if digest_of(version.document) != version.digest:
        raise Conflict(
            _("The text of version %(number)s is not the one that was proposed; do not sign it.")
            % {"number": version.number}
        )
    if read is not None and read != version.digest:
        raise Conflict(_("The text has changed since you read it; read it again, then sign."))


def _signer(seat: Seat, by: uuid.UUID) -> User:
    signer = User.objects.filter(id=by, is_active=True).first()
    if signer is None or _SEAT_ROLES[seat] not in signer.roles:
        raise NotTheirSeat(
            _("Only the %(seat)s can sign for this seat; ask them to.")
            % {"seat": str(seat.label).lower()}
        )
    return signer


def _check_signatures(version: Version, terms: Terms, seat: Seat, signer: User) -> None:
    for signature in version.signatures.all():
        if signature.seat == seat:
            raise Conflict(
                _("%(name)s has already signed for this seat.") % {"name": signature.name}
            )
        if signature.signed_by_id == signer.id and not terms.one_person_may_hold_both:
            raise NotTheirSeat(
                _(
                    "You have signed for the other seat; one person may sign for both only where "
                    "the agreement says so."
                )
            )


def _put_in_force(version: Version, at: datetime) -> None:
    """The version runs from now on; what ran before and older proposals are superseded."""
    newer = Version.objects.filter(number__gt=version.number, state=VersionState.IN_FORCE)
    if newer.exists():
        raise Conflict(_("A newer version is in force; propose this one anew."))
    older = Version.objects.filter(number__lt=version.number)
    older.filter(state=VersionState.IN_FORCE).update(
        state=VersionState.SUPERSEDED, in_force_until=at
    )
    older.filter(state__in=_OPEN).update(state=VersionState.SUPERSEDED)
    version.state = VersionState.IN_FORCE
    version.in_force_from = at
    version.save(update_fields=["state", "in_force_from"])
    jobs.defer("re_evaluate")
