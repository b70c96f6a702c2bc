"""What proposing and signing have in common: the seats, and telling the people concerned."""

import hashlib
import uuid
from collections.abc import Collection
from datetime import datetime

from accord.agreement.models import Seat, VersionState
from accord.base.errors import Invalid, Refusal
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


def tell_people(
    event: uuid.UUID,
    number: int | None,
    subject: str,
    text: str,
    people: Collection[uuid.UUID],
    at: datetime,
) -> None:
    """Tell people of a version, once an event."""
    tell(
        tellings=[
            Telling(
                event_id=event,
                user_id=user,
                kind="agreement.proposed",
                subject=subject,
                text=text,
                link=f"/agreement/{number}/" if number else "/agreement/",
            )
            for user in sorted(people)
        ],
        at=at,
    )
