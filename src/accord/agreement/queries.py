"""Reads of the agreement: the terms in force, the terms of a version, the versions."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext as _

from accord.agreement.models import Comment, Delegation, Seat, Version, VersionState
from accord.agreement.terms import Terms, read_terms
from accord.base.errors import Missing, Refusal
from accord.base.once import asked_until_changed

RUNNING = (VersionState.IN_FORCE, VersionState.TRIAL)
_FIRST_IN_FORCE = Case(
    When(state=VersionState.IN_FORCE, then=Value(0)), default=Value(1), output_field=IntegerField()
)


class NoAgreement(Refusal):
    """Nothing runs yet: Accord has not been set up."""


@asked_until_changed("agreement_version")
def running() -> Terms:
    """The terms that are in force, else those on trial. One small query.

    Raises NoAgreement before set-up.
    """
    found = (
        Version.objects.filter(state__in=RUNNING)
        .order_by(_FIRST_IN_FORCE)
        .values_list("number", "digest", "state")
        .first()
    )
    if found is None:
        raise NoAgreement(_("There is no agreement yet; set up Accord first."))
    number, digest, state = found
    return _terms(number, digest, is_trial=state == VersionState.TRIAL)


@asked_until_changed("agreement_version")
def began_at() -> datetime | None:
    """When the first version began to run, on trial; None before set-up. One query."""
    return Version.objects.order_by("number").values_list("proposed_at", flat=True).first()


def terms_of(number: int) -> Terms:
    """The terms of one version, whatever its state. Raises Missing."""
    return terms_by_number({number})[number]


def terms_by_number(numbers: Collection[int]) -> Mapping[int, Terms]:
    """The terms of versions, whatever their states. One small query. Raises Missing."""
    return _terms_by_number(frozenset(numbers)) if numbers else {}


@asked_until_changed("agreement_version")
def _terms_by_number(numbers: frozenset[int]) -> Mapping[int, Terms]:
    rows = Version.objects.filter(number__in=numbers).values_list("number", "digest", "state")
    found = {
        number: _terms(number, digest, is_trial=state == VersionState.TRIAL)
        for number, digest, state in rows
    }
    if missing := numbers - found.keys():
        raise _no_version(min(missing))
    return found


def _no_version(number: int) -> Missing:
    form = _("There is no version %(number)s of the agreement; see the history.")
    return Missing(form % {"number": number})


@lru_cache(maxsize=64)
def _terms(number: int, digest: str, *, is_trial: bool) -> Terms:
    document = Version.objects.values_list("document", flat=True).get(number=number, digest=digest)
    return read_terms(document, number=number, is_trial=is_trial)


@dataclass(frozen=True)
class Signed:
    """A signature: which seat, who, and when; for whom, where somebody else signed."""

    seat: str
    name: str
    signed_at: datetime
    signed_by_id: uuid.UUID
    instead_of: str = ""
    head_id: uuid.UUID | None = None

    @property
    def people(self) -> set[uuid.UUID]:
        """Who signed, and whose seat it is."""
        return {each for each in (self.signed_by_id, self.head_id) if each}


@dataclass(frozen=True)
class VersionSummary:
    """One version without its text. `missing_seats` have not signed it."""

    number: int
    state: str
    digest: str
    reason: str
    proposed_at: datetime
    in_force_from: datetime | None
    in_force_until: datetime | None
    signatures: Sequence[Signed]
    missing_seats: Sequence[str]
    proposed_by_id: uuid.UUID | None = None
    ended_at: datetime | None = None
    ended_by_id: uuid.UUID | None = None
    ended_why: str = ""


def history() -> list[VersionSummary]:
    """All versions, newest first, with their signatures. Two queries."""
    versions = Version.objects.defer("document").order_by("-number")
    return [_summary(version) for version in versions.prefetch_related("signatures")]


def version(number: int) -> VersionSummary:
    """One version with its signatures. Raises Missing."""
    version = Version.objects.defer("document").prefetch_related("signatures").filter(number=number)
    if not (found := version.first()):
        raise _no_version(number)
    return _summary(found)


def document_of(number: int) -> str:
    """The text of a version, exactly as it was proposed. Raises Missing."""
    found = Version.objects.filter(number=number).values_list("document", flat=True).first()
    if found is None:
        raise _no_version(number)
    return found


def proposed() -> int | None:
    """The number of the newest version that waits for signatures, beside the one that runs."""
    found = Version.objects.filter(state=VersionState.PROPOSED).order_by("-number")
    return found.values_list("number", flat=True).first()


def delegations(*, on: date) -> list[Delegation]:
    """Who may sign for which head on a day. One query."""
    return list(Delegation.objects.filter(ended_at__isnull=True, until_on__gte=on))


def judged_at(number: int) -> datetime | None:
    """When all leads were judged by a version; None while they have not been."""
    return Version.objects.filter(number=number).values_list("judged_at", flat=True).first()


def comments(number: int) -> list[Comment]:
    """What was said of a version while it waited, in its order. One query."""
    return list(Comment.objects.filter(version__number=number).order_by("said_at", "id"))


def newest() -> tuple[int, str]:
    """Number and digest of the newest version, whatever became of it. Raises Missing."""
    found = Version.objects.order_by("-number").values_list("number", "digest").first()
    if found is None:
        raise Missing(_("There is no agreement yet; set up Accord first."))
    return found


def before(number: int) -> int | None:
    """The version that ran, or was on trial, when this one was proposed; None for the first."""
    older = Version.objects.filter(number__lt=number).order_by("-number")
    ran = older.filter(Q(in_force_from__isnull=False) | Q(state=VersionState.TRIAL))
    found = ran.values_list("number", flat=True).first()
    return found or older.values_list("number", flat=True).first()


def _summary(version: Version) -> VersionSummary:
    signatures = sorted(version.signatures.all(), key=lambda each: each.signed_at)
    seats = {each.seat for each in signatures}
    return VersionSummary(
        number=version.number,
        state=version.state,
        digest=version.digest,
        reason=version.reason,
        proposed_at=version.proposed_at,
        in_force_from=version.in_force_from,
        in_force_until=version.in_force_until,
        signatures=[
            Signed(
                seat=each.seat,
                name=each.name,
                signed_at=each.signed_at,
                signed_by_id=each.signed_by_id,
                instead_of=each.instead_of,
                head_id=each.head_id,
            )
            for each in signatures
        ],
        missing_seats=[seat for seat in Seat.values if seat not in seats],
        proposed_by_id=version.proposed_by_id,
        ended_at=version.ended_at,
        ended_by_id=version.ended_by_id,
        ended_why=version.ended_why,
    )
