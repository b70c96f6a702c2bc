"""Reads of deals: the pipeline by step, and the deals of a lead."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.deals.models import Deal, DealLead, DealState, DealValue, FormerAmount, SalesStep
from accord.leads.models import Lead
from accord.leads.queries.custom import values_of
from accord.leads.queries.exports import Rows, with_values


@dataclass(frozen=True)
class Card:
    """An open deal with its main lead."""

    deal: Deal
    lead: Lead | None


@dataclass(frozen=True)
class StepOfPipeline:
    """The open deals of one step. `step` is None for deals that a file gave no step.

    Sums leave out deals without an amount; `weighted` is sum x chance of the step.
    """

    step: SalesStep | None
    cards: Sequence[Card]
    total: Decimal
    weighted: Decimal

    @property
    def count(self) -> int:
        """How many deals."""
        return len(self.cards)


@dataclass(frozen=True)
class Pipeline:
    """All open deals by step, in the order of the sales process."""

    steps: Sequence[StepOfPipeline]
    total: Decimal
    weighted: Decimal

    @property
    def count(self) -> int:
        """How many deals."""
        return sum(step.count for step in self.steps)


def pipeline(*, owner: uuid.UUID | None = None) -> Pipeline:
    """The open deals, of one person or of all, largest first in each step. Three queries."""
    deals = Deal.objects.filter(state=DealState.OPEN).select_related("owner", "company")
    if owner:
        deals = deals.filter(owner_id=owner)
    rows = sorted(deals, key=lambda deal: (-(deal.amount or 0), deal.opened_at))
    leads = Lead.objects.in_bulk({deal.lead_id for deal in rows})
    by_step: dict[str | None, list[Card]] = {}
    for deal in rows:
        by_step.setdefault(deal.step_id, []).append(Card(deal, leads.get(deal.lead_id)))
    steps = [_step(step, by_step.get(step.key, [])) for step in sales_steps()]
    if None in by_step:
        steps.insert(0, _step(None, by_step[None]))
    return Pipeline(
        steps=steps,
        total=sum((step.total for step in steps), Decimal(0)),
        weighted=sum((step.weighted for step in steps), Decimal(0)),
    )


def _step(step: SalesStep | None, cards: Sequence[Card]) -> StepOfPipeline:
    total = sum((card.deal.amount or Decimal(0) for card in cards), Decimal(0))
    chance = Decimal(step.probability) / 100 if step else Decimal(0)
    return StepOfPipeline(step=step, cards=cards, total=total, weighted=total * chance)


def sales_steps() -> list[SalesStep]:
    """The steps of the sales process, in order."""
    return list(SalesStep.objects.order_by("position"))


def deals_of(lead_id: uuid.UUID) -> list[Deal]:
    """The deals that a lead leads or takes part in, newest first."""
    joined = DealLead.objects.filter(lead_id=lead_id).values("deal_id")
    return list(
        _with_people().filter(Q(lead_id=lead_id) | Q(id__in=joined)).order_by("-opened_at", "-id")
    )


def closed_lately(*, owner: uuid.UUID | None = None, limit: int = 20) -> list[Deal]:
    """The deals that closed last, of one person or of all, newest first."""
    closed = _with_people().exclude(state=DealState.OPEN)
    if owner:
        closed = closed.filter(owner_id=owner)
    return list(closed.order_by("-closed_at", "-id")[:limit])


def one_deal(deal_id: uuid.UUID) -> Deal:
    """One deal with its step, owner and company. Raises Missing."""
    found = _with_people().filter(id=deal_id).first()
    if found is None:
        raise Missing(_("There is no such deal, or you may not see it."))
    return found


def open_deals_of_company(company_id: uuid.UUID) -> list[Deal]:
    """The open deals with a company, which a colleague's lead could join."""
    return list(
        _with_people().filter(company_id=company_id, state=DealState.OPEN).order_by("-opened_at")
    )


def deals_of_company(company_id: uuid.UUID) -> list[Deal]:
    """The deals with a company, open ones first, newest first; a hundred at most."""
    deals = _with_people().filter(company_id=company_id)
    return list(deals.order_by(F("closed_at").desc(nulls_first=True), "-opened_at", "-id")[:100])


_EXPORTED = {
    "id": "id",
    "lead_id": "lead_id",
    "lead_email": "lead_email",
    "external_id": "external_id",
    "title": "title",
    "company": "company__name",
    "amount": "amount",
    "currency": "currency",
    "state": "state",
    "step": "step__name",
    "opened_at": "opened_at",
    "closed_at": "closed_at",
    "loss_reason": "loss_reason",
    "owner": "owner__name",
    "note": "note",
}


def deal_rows() -> Rows:
    """The header, then the deals, newest first, under the names by which a file is read again."""
    email = Lead.objects.filter(id=OuterRef("lead_id")).values("email")[:1]
    deals = Deal.objects.annotate(lead_email=Subquery(email)).order_by("-opened_at", "-id")
    return with_values(deals, _EXPORTED, "deal", values_of_deals)


def values_of_deals(deals: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """What is known of deals beside what Accord asks, by key. One query."""
    return values_of(DealValue, "deal_id", deals)


def _with_people() -> QuerySet[Deal]:
    return Deal.objects.select_related("step", "owner", "company")


def amounts_lost(begins: datetime, ends: datetime) -> bool:
    """Whether an amount that a deal had between two moments was not kept."""
    rows = FormerAmount.objects.filter(known_from__lt=ends, known_until__gt=begins, is_kept=False)
    return rows.exists()
