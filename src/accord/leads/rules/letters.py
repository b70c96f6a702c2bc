"""Reading a mail: who wrote it, to whom, when, and what it says. Nothing of HTML is kept."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime

from accord.leads.rules.forwarded import Forwarded, read_forwarded
from accord.leads.rules.plain import plain_of_html, without_history

MAX_WORDS = 5_000
_FORWARD = re.compile(r"^\s*(fwd?|wg|tr|rv|i|enc|vs|doorst)\s*:", re.I)
_AUTOMATIC = re.compile(
    r"^\s*(automatic reply|auto(matic)?[- ]?reply|out of (the )?office|automatische antwort|"
    r"abwesenheit|undeliver|delivery status|mail delivery|returned mail|failure notice)",
    re.I,
)
# Where servers write for whom a mail came; a blind copy stands nowhere else.
_CAME_FOR = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Received")


@dataclass(frozen=True)
class Letter:
    """A mail as far as it concerns the timeline. `key` is the same for each copy of it.

    `came_for` has every address it was delivered for. `forwarded` is the mail inside, where
    somebody passed one on.
    """

    key: str
    sender: str
    recipients: tuple[str, ...]
    came_for: tuple[str, ...]
    subject: str
    text: str
    sent_at: datetime | None
    is_automatic: bool
    forwarded: Forwarded | None = None


def read_letter(raw: bytes) -> Letter:
    """The mail in these bytes; whatever they are, there is an answer."""
    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
    subject = _header(mail, "Subject")
    words = words_of(mail)
    recipients = tuple(addresses(mail, "To", "Cc"))
    inside = _attached(mail) or (read_forwarded(words) if _FORWARD.match(subject) else None)
    return Letter(
        key=_key(mail, raw),
        sender=next(addresses(mail, "From"), ""),
        recipients=recipients,
        came_for=tuple(dict.fromkeys([*recipients, *addresses(mail, "Bcc"), *_delivered(mail)])),
        subject=subject[:200],
        text=without_history(words)[:MAX_WORDS],
        sent_at=_moment(mail),
        is_automatic=is_automatic(mail),
        forwarded=inside,
    )


def addresses(mail: EmailMessage, *names: str) -> Iterator[str]:
    """The addresses in headers of these names, in lower case, in order."""
    said = [_header(mail, name, which) for name in names for which in range(_count(mail, name))]
    for _name, address in getaddresses(said):
        if "@" in address and " " not in address:
            yield address.strip().lower()


def words_of(mail: EmailMessage) -> str:
    """What a mail says as plain text; of HTML only its words."""
    try:
        part = mail.get_body(preferencelist=("plain", "html"))
    except (KeyError, ValueError, AttributeError):
        part = None
    if part is None or part.get_content_maintype() != "text":
        return ""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    words = _decoded(raw, part.get_content_charset() or "utf-8")
    if part.get_content_subtype() == "html":
        words = plain_of_html(words)
    return words.replace("\x00", "").replace("\r\n", "\n").strip()


def is_automatic(mail: EmailMessage) -> bool:
    """Whether a machine answered: RFC 3834, RFC 3464, and what older servers write."""
    submitted = _header(mail, "Auto-Submitted").lower()
    if submitted and submitted.split(";")[0].strip() != "no":
        return True
    if mail.get_content_type() == "multipart/report" or _header(mail, "Return-Path") == "<>":
        return True
    has_sign = any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond"))
    return has_sign or bool(_AUTOMATIC.match(_header(mail, "Subject")))


def _attached(mail: EmailMessage) -> Forwarded | None:
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            inside = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inside, EmailMessage):
                return Forwarded(
                    sender=next(addresses(inside, "From"), ""),
                    subject=_header(inside, "Subject")[:200],
                    text=without_history(words_of(inside))[:MAX_WORDS],
                    sent_at=_moment(inside),
                    is_automatic=is_automatic(inside),
                )
    return None


def _delivered(mail: EmailMessage) -> Iterator[str]:
    for name in _CAME_FOR:
        for which in range(_count(mail, name)):
            line = _header(mail, name, which)
            found = re.findall(r"\bfor\s+<?([^\s<>;]+@[^\s<>;]+)", line)
            yield from (address.lower() for address in found)
            if name != "Received":
                yield line.strip(" <>").lower()


def _count(mail: EmailMessage, name: str) -> int:
    return sum(1 for key in mail.keys() if key.lower() == name.lower())  # noqa: SIM118


def _header(mail: EmailMessage, name: str, which: int = 0) -> str:
    try:
        values = mail.get_all(name) or []
        return " ".join(str(values[which]).replace("\x00", "").split()) if values else ""
    except (ValueError, IndexError, AttributeError, TypeError, UnicodeError):
        return ""  # a header that cannot be read says nothing


def _decoded(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset, "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _moment(mail: EmailMessage) -> datetime | None:
    try:
        moment = parsedate_to_datetime(_header(mail, "Date"))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _key(mail: EmailMessage, raw: bytes) -> str:
    said = _header(mail, "Message-ID").encode("utf-8", "replace") or raw
    return hashlib.sha256(said).hexdigest()
