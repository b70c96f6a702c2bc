"""Reading a mailbox by IMAP: what came after the last mail that was read."""

import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

TIMEOUT_SECONDS = 20
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Batch:
    """Some mails of a mailbox, oldest first, and how far it is read with them."""

    uid_validity: int
    last_uid: int
    mails: list[bytes]
    is_last: bool


@dataclass(frozen=True)
class Mailbox:
    """An open folder of a mail server. UIDs are good for this UIDVALIDITY only."""

    server: imaplib.IMAP4
    uid_validity: int


@contextmanager
def opened(place: Mapping[str, Any]) -> Iterator[Mailbox]:
    """A mailbox, its folder chosen for reading alone.

    Raises OSError, imaplib.IMAP4.error when the server cannot be had.
    """
    secure = ssl.create_default_context()
    where = (place["host"], place["port"])
    server: imaplib.IMAP4
    if place["security"] == "imaps":
        server = imaplib.IMAP4_SSL(*where, ssl_context=secure, timeout=TIMEOUT_SECONDS)
    else:
        server = imaplib.IMAP4(*where, timeout=TIMEOUT_SECONDS)
    try:
        if place["security"] == "imap+tls":
            server.starttls(secure)
        server.login(place["user"], place["password"])
        folder = str(place["folder"]).replace("\\", "\\\\").replace('"', '\\"')
        said, _ = server.select(f'"{folder}"', readonly=True)
        if said != "OK":
            raise imaplib.IMAP4.error("The folder of ACCORD_IMAP_URL cannot be opened.")
        yield Mailbox(server, _validity(server))  # the server says it once
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def read_after(mailbox: Mailbox, uid_validity: int, last_uid: int) -> Batch:
    """The next mails behind a UID; from the first one where the server has numbered anew."""
    server = mailbox.server
    after = last_uid if mailbox.uid_validity == uid_validity else 0
    _, found = server.uid("search", f"UID {after + 1}:*")  # with nothing new it names the last
    numbers = sorted(int(uid) for uid in (found[0] or b"").split() if int(uid) > after)
    some = numbers[:MOST_AT_ONCE]
    mails = [raw for uid in some if (raw := _one(server, uid)) is not None]
    return Batch(
        mailbox.uid_validity, some[-1] if some else after, mails, len(some) == len(numbers)
    )


def _one(server: imaplib.IMAP4, uid: int) -> bytes | None:
    _, parts = server.uid("fetch", str(uid), "(BODY.PEEK[])")
    return next((part[1] for part in parts if isinstance(part, tuple)), None)


def _validity(server: imaplib.IMAP4) -> int:
    _, said = server.response("UIDVALIDITY")
    number = re.search(rb"\d+", said[0] or b"") if said else None
    if number is None:
        raise imaplib.IMAP4.error("The mail server gives no UIDVALIDITY.")
    return int(number[0])
