"""What goes out as one message, and what went wrong with it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

NOBODY = gettext_lazy("The person is not here any more, or has no address.")
MOST_TOGETHER = 20  # notices in one message to a chat


@dataclass(frozen=True)
class Notice:
    """One thing that is told; `attempts` counts the one under way."""

    id: uuid.UUID
    kind: str
    subject: str
    text: str
    link: str
    attempts: int

    @property
    def address(self) -> str:
        """Where it leads, in full; "" where it leads nowhere."""
        return f"{settings.ACCORD_URL}{self.link}" if self.link else ""


@dataclass(frozen=True)
class Parcel:
    """One message to one person, or to a team's chat. Its id is the same whenever it is sent."""

    id: uuid.UUID
    user_id: uuid.UUID
    channel: str
    notices: Sequence[Notice]

    @property
    def subject(self) -> str:
        """What it is about, in one line."""
        if len(self.notices) == 1:
            return " ".join(self.notices[0].subject.split())
        number = len(self.notices)
        return ngettext(
            "%(number)s thing for you in Accord", "%(number)s things for you in Accord", number
        ) % {"number": number}

    @property
    def attempts(self) -> int:
        """How often it was tried, with this time."""
        return max(notice.attempts for notice in self.notices)


@dataclass(frozen=True)
class Trouble:
    """Why a parcel did not arrive: a sentence without addresses or secrets.

    `is_final`: it is given up at once. `rest` is what the other side asks us to wait.
    """

    sentence: str
    is_final: bool = False
    rest: timedelta | None = None


def open_it(address: str) -> str:
    """The line by which a mail says where to go on."""
    return _("Open it: %(address)s") % {"address": address} if address else ""
