"""Proposing and signing the agreement. A version's text never changes; only its state does."""

import hashlib
import uuid
from collections.abc import Collection
from datetime import datetime
from importlib.resources import files

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.models import Comment, Seat, Signature, Version, VersionState
from accord.agreement.terms import Terms, read_terms
from accord.base.errors import Conflict, Invalid, Missing, Refusal
from accord.base.ids import named_id
from accord.outbox import jobs
from accord.outbox.actions import Telling, tell
from accord.teams.models import Role, User

_SEAT_ROLES = {Seat.SALES: Role.HEAD_OF_SALES, Seat.MARKETING: Role.HEAD_OF_MARKETING}
_OPEN = (VersionState.TRIAL, VersionState.PROPOSED)
MOST_WORDS = 5_000  # characters
_ENDED = (VersionState.WITHDRAWN, VersionState.TURNED_DOWN)


class NotTheirSeat(Refusal):
    """The person does not hold the seat they would sign for."""


def default_document(*, one_person_may_hold_both: bool = False, currency: str = "EUR") -> str:
    """The agreement that Accord comes with, declared for one head or for two."""
    document = files("accord.agreement").joinpath("default.yaml").read_text(encoding="utf-8")
    document = document.replace("currency: EUR", f"currency: {currency}")
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


def propose(
    *,
    document: str,
    by: uuid.UUID | None,
    at: datetime,
    reason: str,
    made_from: str | None = None,
) -> int:
    """Propose a new version; its number. It runs once both heads have signed it.

    `made_from`, where given, is the digest of the text that was changed. Raises BadDocument
    naming what is wrong, and Conflict when it says what the newest says, or when that is no
    longer the one it was made from.
    """
    read_terms(document)
    if len(reason) > MOST_WORDS or "\0" in reason:
        raise Invalid(_("Give the reason in at most 5,000 characters."), field="reason")
    with transaction.atomic():
        newest = _newest()
        if newest and made_from is not None and newest.digest != made_from:
            raise Conflict(
                _("Version %(number)s was proposed while you wrote; see what it says first.")
                % {"number": newest.number}
            )
        if newest is None:
            return _store(document, number=1, state=VersionState.TRIAL, reason=reason, by=by, at=at)
        if newest.digest == digest_of(document) and newest.state not in _ENDED:
            raise Conflict(
                _("Version %(number)s already says exactly this; nothing was proposed.")
                % {"number": newest.number}
            )
        number = _store(
            document,
            number=newest.number + 1,
            state=VersionState.PROPOSED,
            reason=reason,
            by=by,
            at=at,
        )
        subject = _("Version %(number)s of the agreement is proposed") % {"number": number}
        _tell(named_id("proposed", number), number, subject, reason, _heads() - {by}, at)
    return number


def withdraw(*, number: int, by: uuid.UUID, at: datetime) -> None:
    """Whoever proposed a version takes it back before it is in force.

    Raises Missing, Conflict when it no longer waits, Invalid when somebody else proposed it.
    """
    with transaction.atomic():
        version = _waiting(number)
        if version.proposed_by_id != by:
            raise Invalid(_("Only who proposed it can withdraw it; a head can turn it down."))
        _end(version, VersionState.WITHDRAWN, "", by, at)


def turn_down(*, number: int, why: str, by: uuid.UUID, at: datetime) -> None:
    """A head says no to a proposed version, with the reason.

    Raises Missing, Conflict when it no longer waits, Invalid without a reason, NotTheirSeat.
    """
    _check_words(why, _("Say why, so that the next proposal can be better."), field="why")
    with transaction.atomic():
        version = _waiting(number)
        held = {seat for seat, role in _SEAT_ROLES.items() if role in _roles_of(by)}
        if not held:
            raise NotTheirSeat(_("Only the heads can turn a proposal down."))
        _end(version, VersionState.TURNED_DOWN, why.strip(), by, at)
        if version.proposed_by_id and version.proposed_by_id != by:
            subject = _("Version %(number)s of the agreement was turned down") % {"number": number}
            author = {version.proposed_by_id}
            _tell(named_id("turned down", number), number, subject, why.strip(), author, at)


def comment(*, number: int, place: str, text: str, by: uuid.UUID, at: datetime) -> None:
    """Say something about a proposed version, or about one place of it.

    Its author, the heads and whoever spoke before are told. Raises Missing, Conflict when it no
    longer waits, Invalid for what says nothing or too much.
    """
    words = text.strip()
    _check_words(words, _("Write a few words first."), field="text")
    with transaction.atomic():
        version = _waiting(number)
        speaker = User.objects.get(id=by)
        said = Comment.objects.create(
            version=version,
            place=place.replace("\0", "").strip()[:300],
            text=words,
            said_at=at,
            said_by_id=by,
            name=speaker.name,
        )
        spoke = set(version.comments.values_list("said_by_id", flat=True))
        subject = _("%(name)s on version %(number)s of the agreement") % {
            "name": speaker.name,
            "number": number,
        }
        people = (spoke | _heads() | {version.proposed_by_id}) - {by, None}
        _tell(said.id, number, subject, words, {each for each in people if each}, at)


def _check_words(text: str, sentence: str, *, field: str) -> None:
    if not 0 < len(text.strip()) <= MOST_WORDS or "\0" in text:
        raise Invalid(sentence, field=field)


def _waiting(number: int) -> Version:
    version = Version.objects.select_for_update().filter(number=number).first()
    if version is None:
        raise Missing(_("There is no version %(number)s of the agreement.") % {"number": number})
    if version.state != VersionState.PROPOSED:
        raise Conflict(
            _("Version %(number)s no longer waits; it is: %(state)s.")
            % {"number": number, "state": version.get_state_display().lower()}
        )
    return version


def _roles_of(user_id: uuid.UUID) -> list[str]:
    user = User.objects.filter(id=user_id, is_active=True).first()
    return list(user.roles) if user else []


def _end(version: Version, state: VersionState, why: str, by: uuid.UUID, at: datetime) -> None:
    version.state, version.ended_why = state, why
    version.ended_by_id, version.ended_at = by, at
    version.save(update_fields=["state", "ended_why", "ended_by_id", "ended_at"])


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


def _heads() -> set[uuid.UUID]:
    heads = User.objects.filter(is_active=True, roles__overlap=list(_SEAT_ROLES.values()))
    return set(heads.values_list("id", flat=True))


def _tell(
    event: uuid.UUID,
    number: int,
    subject: str,
    text: str,
    people: Collection[uuid.UUID],
    at: datetime,
) -> None:
    tell(
        tellings=[
            Telling(
                event_id=event,
                user_id=user,
                kind="agreement.proposed",
                subject=subject,
                text=text,
                link=f"/agreement/{number}/",
            )
            for user in sorted(people)
        ],
        at=at,
    )


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
