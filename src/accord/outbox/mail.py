"""Putting a notification into a mail and handing it to the mail server."""

import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

NOBODY = "The person is not here any more, or has no address."


@dataclass(frozen=True)
class Mail:
    """A notification to be sent; `attempts` counts this one."""

    id: uuid.UUID
    user_id: uuid.UUID
    subject: str
    text: str
    link: str
    attempts: int


@contextmanager
def sending() -> Iterator[Callable[[Mail, str], str | None]]:
    """A function that sends one mail, all over one connection; it returns the trouble, if any."""
    connection = get_connection()

    def post(mail: Mail, address: str) -> str | None:
        try:
            message(mail, address, connection).send()
        except (OSError, ValueError) as error:  # what SMTP says, and what no header can hold
            with suppress(OSError):  # the next mail begins with a connection of its own
                connection.close()
            return f"{type(error).__name__}: {error}"
        return None

    try:
        yield post
    finally:
        with suppress(OSError):
            connection.close()


def message(mail: Mail, address: str, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """The mail as it goes out. The Message-ID is always the same for a notification."""
    paragraphs = [mail.text, _absolute(mail.link)]
    return EmailMessage(
        subject=" ".join(mail.subject.split()),
        body="\n\n".join(paragraph for paragraph in paragraphs if paragraph),
        to=[address],
        connection=connection,
        headers={
            "Message-ID": message_id(mail.id),
            "Auto-Submitted": "auto-generated",
        },
    )


def message_id(notification: uuid.UUID) -> str:
    """The Message-ID of a notification's mail, whenever and however often it is sent."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{notification}@{domain}>"


def _absolute(link: str) -> str:
    if not link:
        return ""
    return _("Open it: %(address)s") % {"address": f"{settings.ACCORD_URL}{link}"}


def addresses_of(users: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The e-mail addresses of those who still work here, by their id. One query."""
    people = get_user_model().objects.filter(id__in=users, is_active=True).exclude(email="")
    return dict(people.values_list("id", "email"))
