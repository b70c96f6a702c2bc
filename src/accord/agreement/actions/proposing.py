"""Proposing the agreement. A version's text never changes; only its state does."""

import uuid
from datetime import datetime
from importlib.resources import files

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.actions.telling import (
    MOST_WORDS,
    SEAT_ROLES,
    NotTheirSeat,
    check_words,
    digest_of,
    heads,
    roles_of,
    tell_people,
    waiting,
)
from accord.agreement.models import Version, VersionState
from accord.agreement.terms import read_terms
from accord.base.errors import Conflict, Invalid
from accord.base.ids import named_id

_ENDED = (VersionState.WITHDRAWN, VersionState.TURNED_DOWN)


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
        tell_people(named_id("proposed", number), number, subject, reason, heads() - {by}, at)
    return number


def withdraw(*, number: int, by: uuid.UUID, at: datetime) -> None:
    """Whoever proposed a version takes it back before it is in force.

    Raises Missing, Conflict when it no longer waits, Invalid when somebody else proposed it.
    """
    with transaction.atomic():
        version = waiting(number)
        if version.proposed_by_id != by:
            raise Invalid(_("Only who proposed it can withdraw it; a head can turn it down."))
        _end(version, VersionState.WITHDRAWN, "", by, at)
        subject = _("Version %(number)s of the agreement was taken back") % {"number": number}
        tell_people(named_id("taken back", number), number, subject, "", heads() - {by}, at)


def turn_down(*, number: int, why: str, by: uuid.UUID, at: datetime) -> None:
    """A head says no to a proposed version, with the reason.

    Raises Missing, Conflict when it no longer waits, Invalid without a reason, NotTheirSeat.
    """
    check_words(why, _("Say why, so that the next proposal can be better."), field="why")
    with transaction.atomic():
        version = waiting(number)
        held = {seat for seat, role in SEAT_ROLES.items() if role in roles_of(by)}
        if not held:
            raise NotTheirSeat(_("Only the heads can turn a proposal down."))
        _end(version, VersionState.TURNED_DOWN, why.strip(), by, at)
        if version.proposed_by_id and version.proposed_by_id != by:
            subject = _("Version %(number)s of the agreement was turned down") % {"number": number}
            author = {version.proposed_by_id}
            tell_people(named_id("turned down", number), number, subject, why.strip(), author, at)


def _end(version: Version, state: VersionState, why: str, by: uuid.UUID, at: datetime) -> None:
    version.state, version.ended_why = state, why
    version.ended_by_id, version.ended_at = by, at
    version.save(update_fields=["state", "ended_why", "ended_by_id", "ended_at"])


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
