"""The mail inside a forwarded one, as Gmail, Apple Mail, Outlook and Thunderbird write it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from accord.leads.rules.plain import without_history

_FROM = re.compile(r"^[>\s*]*(from|von|de|da|van|från|fra)\s*:[\s*]*(?P<who>.*@.*)$", re.I | re.M)
_OTHER = re.compile(
    r"^[>\s*]*(?P<name>sent|date|gesendet|datum|envoyé|fecha|data|verzonden|to|an|à|para|a|aan|cc|"
    r"subject|betreff|objet|asunto|oggetto|onderwerp|reply-to)\s*:[\s*]*(?P<value>.*)$",
    re.I,
)
_SUBJECT = frozenset({"subject", "betreff", "objet", "asunto", "oggetto", "onderwerp"})
_DATE = frozenset({"sent", "date", "gesendet", "datum", "envoyé", "fecha", "data", "verzonden"})
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class Forwarded:
    """A mail that somebody passed on."""

    sender: str
    subject: str
    text: str
    sent_at: datetime | None = None
    is_automatic: bool = False


def read_forwarded(words: str) -> Forwarded | None:
    """The mail that stands in the words of a forward; None where no head of one is found."""
    head = _FROM.search(words)
    address = _ADDRESS.search(head["who"]) if head else None
    if head is None or address is None:
        return None
    said: dict[str, str] = {}
    lines = words[head.end() :].lstrip("\n").split("\n")
    used = 0
    for line in lines:
        other = _OTHER.match(line)
        if not other:
            break
        said[other["name"].lower()] = other["value"].strip(" *")
        used += 1
    subject = next((value for name, value in said.items() if name in _SUBJECT), "")
    date = next((value for name, value in said.items() if name in _DATE), "")
    body = "\n".join(re.sub(r"^> ?", "", line) for line in lines[used:])
    return Forwarded(
        sender=address[0].lower(),
        subject=subject[:200],
        text=without_history(body)[:5_000],
        sent_at=_moment(date),
    )


def _moment(said: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
