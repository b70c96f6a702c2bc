"""What stands in the daily digest. Rooms register their sections here: this one knows no room."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

MOST_LINES = 8


@dataclass(frozen=True)
class Line:
    """One of a section, and the path of the page where it is attended to."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class Section:
    """What one person reads of one thing.

    `number` counts it, `short` says in a few words for the mail's subject what of it is theirs,
    `lines` are the first of it; `nothing` is the sentence where there is none, since that is news
    as well.
    """

    title: str
    number: int
    short: str
    nothing: str
    lines: Sequence[Line] = ()


@dataclass(frozen=True)
class Reader:
    """Somebody who gets the digest: where their wall clock is, and what they are here."""

    id: uuid.UUID
    zone: ZoneInfo
    roles: frozenset[str]


Provider = Callable[[Collection[Reader], datetime], Mapping[uuid.UUID, Section]]

_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Have a section in the digest: for all readers at once, by their id; who is left out has none.

    It asks a fixed number of queries, whatever the number of readers.
    """
    if _providers.setdefault(name, provider) is not provider:
        raise ValueError(f"Two sections of the digest are called {name}.")


def of(readers: Collection[Reader], at: datetime) -> dict[uuid.UUID, list[Section]]:
    """The sections of each reader, in the order in which they were registered."""
    found: dict[uuid.UUID, list[Section]] = {reader.id: [] for reader in readers}
    for provider in _providers.values():
        for reader, section in provider(readers, at).items():
            found[reader].append(section)
    return found
