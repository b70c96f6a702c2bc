"""Deals of an import that is taken back: new ones go, ones that it closed are open again."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accord.deals.models import Deal, DealLead, DealState, DealValue, FormerAmount, StepEntry
from accord.leads.actions.values import take_back_values
from accord.leads.models import Activity


@dataclass
class TakenBack:
    """Deals that went, that are as before, and those that stay because somebody went on.

    `staying` are the leads of the last.
    """

    removed: int = 0
    restored: int = 0
    stayed: int = 0
    staying: set[uuid.UUID] = field(default_factory=set)

    def add(self, other: "TakenBack") -> None:
        """Count these too."""
        self.removed += other.removed
        self.restored += other.restored
        self.stayed += other.stayed
        self.staying |= other.staying


def take_back_deals(
    *,
    made: Mapping[uuid.UUID, uuid.UUID],
    closings: Mapping[uuid.UUID, uuid.UUID],
    moments: Sequence[datetime],
) -> TakenBack:
    """Take out the deals that were `made`, open again those that `closings` closed.

    Both give the lead by id: of the deal, of the activity that tells of the closing. What was
    told of deals at these moments is forgotten. Deals that somebody went on with stay.
    """
    told = Activity.objects.filter(lead_id__in=closings.values(), id__in=closings)
    closed = {uuid.UUID(str((each.detail or {})["deal"])): each for each in told}
    leads = {**made, **{deal: each.lead_id for deal, each in closed.items()}}
    touched = _touched(leads, moments)
    gone = [id for id in made if id not in touched]
    opened = {id: each for id, each in closed.items() if id not in touched and id not in made}
    staying = {leads[id] for id in touched}
    _remove(gone, leads)
    _open_again(opened, moments)
    known = {*made.values(), *closings.values()} - staying
    take_back_values(DealValue, "lead_id", moments=moments, ids=known)
    return TakenBack(len(gone), len(opened), len(touched), staying)


def _touched(leads: Mapping[uuid.UUID, uuid.UUID], moments: Sequence[datetime]) -> set[uuid.UUID]:
    """Of which more happened than the import says, or whose leads others share."""
    since = Activity.objects.filter(
        lead_id__in=set(leads.values()),
        detail__deal__in=[f"{id}" for id in leads],
        known_at__gt=min(moments),
    ).exclude(known_at__in=moments)
    touched = {uuid.UUID(str(deal)) for deal in since.values_list("detail__deal", flat=True)}
    shared = DealLead.objects.filter(deal_id__in=leads).values_list("deal_id", flat=True)
    return touched.union(shared)


def _remove(deals: Collection[uuid.UUID], leads: Mapping[uuid.UUID, uuid.UUID]) -> None:
    of_them = {"lead_id__in": {leads[id] for id in deals}}
    Activity.objects.filter(detail__deal__in=[f"{id}" for id in deals], **of_them).delete()
    for model in (DealValue, StepEntry, FormerAmount):
        model._default_manager.filter(deal_id__in=deals).delete()
    Deal.objects.filter(id__in=deals).delete()


def _open_again(closed: Mapping[uuid.UUID, Activity], moments: Sequence[datetime]) -> None:
    deals = list(Deal.objects.filter(id__in=closed))
    former = FormerAmount.objects.filter(deal_id__in=closed, known_until__in=moments)
    was = {row.deal_id: row.amount for row in former if row.is_kept}
    for deal in deals:
        deal.amount = was.get(deal.id, deal.amount)
        deal.state, deal.closed_at, deal.closing_known_at = DealState.OPEN, None, None
        deal.loss_reason = deal.re_enter_on = None
    changed = ["amount", "state", "closed_at", "closing_known_at", "loss_reason", "re_enter_on"]
    Deal.objects.bulk_update(deals, changed, batch_size=1_000)
    former.delete()
    entries = StepEntry.objects.filter(deal_id__in=closed).order_by("entered_at", "id")
    last = {entry.deal_id: entry for entry in entries}
    for entry in last.values():
        entry.left_at = None
    StepEntry.objects.bulk_update(last.values(), ["left_at"], batch_size=1_000)
    told = {each.id: each.lead_id for each in closed.values()}
    Activity.objects.filter(lead_id__in=set(told.values()), id__in=told).delete()
