"""Putting a parcel into a mail and handing it to the mail server."""

import smtplib
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from email.utils import parseaddr

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from accord.outbox.parcels import NOBODY, Notice, Parcel, Trouble, open_it

_FOR_GOOD = 500  # from this answer on, SMTP says that asking again is in vain


@contextmanager
def sending(users: Collection[uuid.UUID]) -> Iterator[Callable[[Parcel], Trouble | None]]:
    """A function that sends one mail to one of the users, all over one connection."""
    connection = get_connection()
    addresses = addresses_of(users)

    def post(parcel: Parcel) -> Trouble | None:
        address = addresses.get(parcel.user_id)
        if address is None:
            return Trouble(str(NOBODY), is_final=True)
        try:
            message(parcel, address, connection).send()
        except (OSError, ValueError) as error:  # what SMTP says, and what no header can hold
            with suppress(OSError):  # the next mail begins with a connection of its own
                connection.close()
            return Trouble(_said(error), is_final=_is_refused_for_good(error))
        return None

    try:
        yield post
    finally:
        with suppress(OSError):
            connection.close()


def message(
    parcel: Parcel, address: str, connection: BaseEmailBackend | None = None
) -> EmailMessage:
    """The mail as it goes out. The Message-ID is always the same for a parcel."""
    return EmailMessage(
        subject=parcel.subject,
        body="\n\n\n".join(_paragraphs(notice, parcel) for notice in parcel.notices),
        to=[address],
        connection=connection,
        headers={"Message-ID": message_id(parcel.id), "Auto-Submitted": "auto-generated"},
    )


def _paragraphs(notice: Notice, parcel: Parcel) -> str:
    subject = notice.subject if len(parcel.notices) > 1 else ""
    parts = [subject, notice.text, open_it(notice.address)]
    return "\n\n".join(part for part in parts if part)


def message_id(parcel: uuid.UUID) -> str:
    """The Message-ID of a parcel's mail, whenever and however often it is sent."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{parcel}@{domain}>"


def _is_refused_for_good(error: Exception) -> bool:
    """Whether the server will never take mail to this address: 5xx, and no fault of ours."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= _FOR_GOOD for code, _words in error.recipients.values())


def _said(error: Exception) -> str:
    """What the server said, by its code alone where its words may hold an address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _words in error.recipients.values()})
        return f"SMTPRecipientsRefused: {', '.join(codes)}"
    return f"{type(error).__name__}: {error}"


def addresses_of(users: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The e-mail addresses of those who still work here, by their id. One query."""
    people = get_user_model().objects.filter(id__in=users, is_active=True).exclude(email="")
    return dict(people.values_list("id", "email"))
