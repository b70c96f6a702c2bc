"""What proposing and signing have in common: the seats, and telling the people concerned."""

import hashlib
import uuid
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from accord.agreement.models import Seat, Version, VersionState
from accord.base.errors import Conflict, Invalid, Missing, Refusal
from accord.base.ids import named_id
from accord.outbox.actions import Telling, tell
from accord.teams.models import Role, User

SEAT_ROLES = {Seat.SALES: Role.HEAD_OF_SALES, Seat.MARKETING: Role.HEAD_OF_MARKETING}
OPEN = (VersionState.TRIAL, VersionState.PROPOSED)
MOST_WORDS = 5_000  # characters


class NotTheirSeat(Refusal):
    """The person does not hold the seat they would sign for."""


def digest_of(document: str) -> str:
    """SHA-256 of a document, in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()


def check_words(text: str, sentence: str, *, field: str) -> None:
    """Raises Invalid with the sentence for what says nothing or too much."""
    if not 0 < len(text.strip()) <= MOST_WORDS or "\0" in text:
        raise Invalid(sentence, field=field)


def roles_of(user_id: uuid.UUID) -> list[str]:
    """The roles of somebody who is here."""
    user = User.objects.filter(id=user_id, is_active=True).first()
    return list(user.roles) if user else []


def heads() -> set[uuid.UUID]:
    """Whoever holds a seat."""
    heads = User.objects.filter(is_active=True, roles__overlap=list(SEAT_ROLES.values()))
    return set(heads.values_list("id", flat=True))


def everybody() -> set[uuid.UUID]:
    """Whoever works here."""
    return set(User.objects.filter(is_active=True).values_list("id", flat=True))


def tell_people(
    event: uuid.UUID,
    number: int | None,
    subject: str,
    text: str,
    people: Collection[uuid.UUID],
    at: datetime,
    kind: str = "agreement.proposed",
) -> None:
    """Tell people of a version, once an event."""
    tell(
        tellings=[
            Telling(
                event_id=event,
                user_id=user,
                kind=kind,
                subject=subject,
                text=text,
                link=f"/agreement/{number}/" if number else "/agreement/",
            )
            for user in sorted(people)
        ],
        at=at,
    )


def tell_of_signature(version: Version, seat: Seat, signer: User, head: User, at: datetime) -> None:
    """The heads and whoever proposed it hear of a signature, but who gave it."""
    said = {"name": signer.name, "number": version.number, "seat": str(seat.label).lower()}
    subject = _("%(name)s signed version %(number)s of the agreement for the %(seat)s") % said
    people = (heads() | {head.id, version.proposed_by_id}) - {signer.id, None}
    tell_people(
        named_id("signed", version.number, seat.value),
        version.number,
        subject,
        "",
        {each for each in people if each},
        at,
    )


def tell_of_version_in_force(number: int, at: datetime) -> None:
    """Everybody hears that another agreement holds from now on."""
    subject = _("Version %(number)s of the agreement is in force") % {"number": number}
    event, text = named_id("in force", number), _("It holds from now on.")
    tell_people(event, number, subject, text, everybody(), at, "agreement.in_force")


def waiting(number: int) -> Version:
    """A version that waits for signatures, locked. Raises Missing, Conflict."""
    version = Version.objects.select_for_update().filter(number=number).first()
    if version is None:
        raise Missing(_("There is no version %(number)s of the agreement.") % {"number": number})
    if version.state != VersionState.PROPOSED:
        raise Conflict(
            _("Version %(number)s no longer waits; it is: %(state)s.")
            % {"number": number, "state": version.get_state_display().lower()}
        )
    return version
