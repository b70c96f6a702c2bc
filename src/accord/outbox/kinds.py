"""What people are told of, kind by kind. Rooms register theirs: this one knows no room."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accord.outbox.models import Channel, Timing

# By which channel there may be which timing; in Accord all is told at once.
TIMINGS = {
    Channel.EMAIL: (Timing.AT_ONCE, Timing.DIGEST, Timing.OFF),
    Channel.PUSH: (Timing.AT_ONCE, Timing.OFF),
    Channel.CHAT: (Timing.AT_ONCE, Timing.OFF),
}


@dataclass(frozen=True)
class Kind:
    """`label` is how a person chooses it; `side` is whose matter it is ("" for all,
    "accord" for whoever looks after Accord).

    `rings`: by default it goes to browsers and chats, too. `is_for_digest`: by default its mail
    waits for the daily digest. `is_personal`: said to one person, so no team's chat can have it.
    `comes_together`: what one moment tells and leads to one place is read as one line.
    """

    key: str
    label: Any
    side: str = ""
    rings: bool = False
    is_for_digest: bool = False
    is_personal: bool = False
    comes_together: bool = False

    def concerns(self, sides: Collection[str]) -> bool:
        """Whether somebody who works on these sides may be told of it."""
        return not self.side or self.side in sides

    def timing(self, channel: str) -> Timing:
        """When somebody who has said nothing hears of it by a channel."""
        if channel == Channel.EMAIL:
            return Timing.DIGEST if self.is_for_digest else Timing.AT_ONCE
        return Timing.AT_ONCE if self.rings else Timing.OFF


# What Accord says of itself; nobody chooses it.
CONNECTED = Kind("chat.connected", _("The first message to a chat"))
DIGEST = Kind("digest", _("The daily digest"))

_kinds: dict[str, Kind] = {}
_own = {kind.key: kind for kind in (CONNECTED, DIGEST)}


def register(*kinds: Kind) -> None:
    """Make kinds known. A key can be taken once."""
    for kind in kinds:
        if _kinds.setdefault(kind.key, kind) != kind:
            raise ValueError(f"Two kinds of notification are called {kind.key}.")


def of(key: str) -> Kind:
    """The kind of this key; one that nobody registered is told as any other."""
    return _kinds.get(key) or _own.get(key) or Kind(key, _("Something else"))


def registered() -> Mapping[str, Kind]:
    """All kinds by their key, in the order in which they were registered."""
    return _kinds
