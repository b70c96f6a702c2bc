"""What the sample company asks of the record while it is played, and about itself."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from accord.base.lifecycle import Stage
from accord.deals.models import Deal, DealState
from accord.handoffs.models import Handoff, PassBack
from accord.leads.models import Identity, Import, Lead
from accord.sample import cast
from accord.sample.cast import Person

KIND = "sample"


@dataclass(frozen=True)
class Open:
    """An open handoff."""

    id: uuid.UUID
    lead_id: uuid.UUID
    owner_id: uuid.UUID | None
    is_accepted: bool


def open_handoffs() -> list[Open]:
    """All open handoffs, oldest first."""
    rows = Handoff.objects.filter(disposed_at__isnull=True).order_by("offered_at", "id")
    return [
        Open(id, lead_id, owner_id, accepted_at is not None)
        for id, lead_id, owner_id, accepted_at in rows.values_list(
            "id", "lead_id", "owner_id", "accepted_at"
        )
    ]


def undisposed(handoffs: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the handoffs that are still open."""
    rows = Handoff.objects.filter(id__in=handoffs, disposed_at__isnull=True)
    return set(rows.values_list("id", flat=True))


def leads_by_email(emails: Collection[str]) -> dict[str, uuid.UUID]:
    """The lead of each address."""
    rows = Identity.objects.filter(kind="email", value__in=emails)
    return dict(rows.values_list("value", "lead_id"))


def in_nurture() -> list[str]:
    """The addresses of those whom marketing may write to, sorted."""
    resting = Lead.objects.filter(
        stage=Stage.RECYCLED, do_not_contact=False, email__isnull=False, merged_into_id__isnull=True
    )
    return [str(email) for email in resting.order_by("email").values_list("email", flat=True)]


@dataclass(frozen=True)
class OpenDeal:
    """An open deal, and whose it is."""

    id: uuid.UUID
    owner_id: uuid.UUID


def newest_open_deal() -> OpenDeal | None:
    """The open deal that was opened last; None while there is none."""
    rows = Deal.objects.filter(state=DealState.OPEN, owner__isnull=False)
    found = rows.order_by("-opened_at", "title", "id").values_list("id", "owner_id").first()
    return OpenDeal(*found) if found else None


@dataclass(frozen=True)
class Unanswered:
    """A pass-back that marketing has not answered."""

    id: uuid.UUID
    reason: str
    passed_back_at: datetime


def unanswered() -> list[Unanswered]:
    """All of them, oldest first; those of one moment and reason stand together."""
    rows = PassBack.objects.filter(answered_at__isnull=True, undone_at__isnull=True)
    ordered = rows.order_by("passed_back_at", "reason", "lead_id")
    return [Unanswered(*row) for row in ordered.values_list("id", "reason", "passed_back_at")]


@dataclass(frozen=True)
class Progress:
    """How far the sample company is filled: submissions taken in, of how many."""

    has_begun: bool
    is_done: bool
    done: int
    total: int

    @property
    def percent(self) -> int:
        """Whole per cent."""
        return 100 * self.done // self.total if self.total else 0


def filling() -> Import | None:
    """The record of the filling, once it has begun."""
    return Import.objects.filter(kind=KIND).first()


def progress() -> Progress:
    """How far the sample company is filled."""
    begun = filling()
    if begun is None:
        return Progress(has_begun=False, is_done=False, done=0, total=0)
    return Progress(
        has_begun=True,
        is_done=begun.finished_at is not None,
        done=begun.lines_done,
        total=begun.lines_total,
    )


def switch() -> Sequence[Person]:
    """Whom the switch between roles shows, in its order."""
    return cast.SWITCH
