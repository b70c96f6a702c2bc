"""Addresses for copies of mails, and the mails that came to them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accord.base.ids import new_id
from accord.leads.models import KeptMail, MailAddress, MailPlace
from accord.leads.queries.mail import digest_of, token_of
from accord.teams.models import User


@dataclass(frozen=True)
class NewMail:
    """A mail to be kept for a person: what kind of activity it is, and about whom."""

    key: str
    user_id: uuid.UUID
    kind: str
    others: Sequence[str]
    subject: str
    text: str
    happened_at: datetime


def renew_address(*, user: uuid.UUID, at: datetime) -> str:
    """The token of a new address; mails to the old one are kept out from now on."""
    with transaction.atomic():
        User.objects.select_for_update().filter(id=user).first()
        MailAddress.objects.filter(user_id=user, replaced_at__isnull=True).update(replaced_at=at)
        id = new_id()
        token = token_of(id)
        MailAddress.objects.create(id=id, user_id=user, digest=digest_of(token), made_at=at)
    return token


def keep_mails(*, mails: Sequence[NewMail], at: datetime) -> list[KeptMail]:
    """Keep mails, each once a person; those that were not here before."""
    users = {mail.user_id for mail in mails}
    keys = {mail.key for mail in mails}
    known = set(
        KeptMail.objects.filter(user_id__in=users, key__in=keys).values_list("user_id", "key")
    )
    new = {(m.user_id, m.key): m for m in mails if (m.user_id, m.key) not in known}
    return KeptMail.objects.bulk_create(
        KeptMail(
            key=mail.key,
            user_id=mail.user_id,
            kind=mail.kind,
            others=[other[:300] for other in mail.others],
            subject=mail.subject,
            text=mail.text,
            happened_at=mail.happened_at,
            kept_at=at,
        )
        for _, mail in sorted(new.items())
    )


def settle_mails(*, mails: Collection[uuid.UUID], at: datetime) -> None:
    """Mails stand on their leads now; what they said is kept there alone."""
    KeptMail.objects.filter(id__in=mails, settled_at__isnull=True).update(
        settled_at=at, text="", subject="", others=[]
    )


def ask_about(*, mail: uuid.UUID, address: str) -> None:
    """Say whom a mail without a lead is about."""
    KeptMail.objects.filter(id=mail, settled_at__isnull=True).update(others=[address])


def place_of(*, mailbox: str) -> tuple[int, int]:
    """UIDVALIDITY and last UID read of a mailbox, held until the transaction ends; else zeros."""
    place = MailPlace.objects.select_for_update().filter(mailbox=mailbox).first()
    return (place.uid_validity, place.last_uid) if place else (0, 0)


def note_place(*, mailbox: str, uid_validity: int, last_uid: int, at: datetime) -> None:
    """Note how far a mailbox was read."""
    MailPlace.objects.update_or_create(
        mailbox=mailbox,
        defaults={"uid_validity": uid_validity, "last_uid": last_uid, "read_at": at},
    )
