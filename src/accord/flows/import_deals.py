"""Rows about deals: whose they are, the deal, and the stages that it states."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accord.agreement.queries import NoAgreement, running
from accord.agreement.terms import LossReason
from accord.base.lifecycle import Cause, Side, Stage
from accord.deals.actions.stated import keep_stated_deals
from accord.deals.reading import DealEntry
from accord.flows.advance import advance
from accord.flows.evaluate import evaluate
from accord.flows.take_in import Delivery, take_in
from accord.handoffs.queries import re_enter_on
from accord.leads import actions, queries
from accord.leads.actions import Entering
from accord.leads.models import Door, Fate
from accord.leads.rules import Entry
from accord.teams.queries import workspace

NO_CURRENCY = "XXX"  # ISO 4217: no currency is involved
_DESTINATIONS = {"nurture": Stage.RECYCLED, "disqualify": Stage.DISQUALIFIED}


def take_in_deals(*, entries: Sequence[Entry], by: uuid.UUID | None, at: datetime) -> None:
    """Take in entries about deals; sets `lead_id` and `fate` on each.

    A deal of a lead that is not known makes a new lead where it names an address or a number
    to reach them by, and is refused where it only names an id. For the caller's transaction.
    """
    deals = [entry for entry in entries if isinstance(entry, DealEntry)]
    _find_leads(deals, by, at)
    known = [entry for entry in deals if entry.lead_id]
    if not known:
        return
    here = workspace()
    _settle_reasons(known, here.time_zone if here else "UTC")
    changed = actions.change_facts(
        changes=_facts(known), by=by, side=Side.ACCORD, at=at, only_gaps=True
    )
    keep_stated_deals(entries=known, currency=here.currency if here else NO_CURRENCY, by=by, at=at)
    news = [entry for entry in known if entry.fate != Fate.UNCHANGED]
    _enter_stages(news, by, at)
    touched = sorted({*changed, *(entry.lead_id for entry in news if entry.lead_id)})
    evaluate(leads=touched, at=at)
    advance(leads=touched, at=at)


def _find_leads(entries: Sequence[DealEntry], by: uuid.UUID | None, at: datetime) -> None:
    known = queries.leads_of_identities({i for entry in entries for i in entry.identities})
    strangers: list[Entry] = []
    for entry in entries:
        entry.lead_id = next((known[i] for i in entry.identities if i in known), None)
        if entry.lead_id is None and entry.identities[0][0] in ("email", "phone"):
            strangers.append(entry)
        elif entry.lead_id is None:
            entry.fate = Fate.REFUSED.value
            entry.field = "lead_external_id"
            entry.reason = _(
                "No lead is known as “%(id)s”; import the leads first, under the same source, "
                "then import this file again."
            ) % {"id": entry.identities[0][1]}
    if strangers:
        take_in(deliveries=[Delivery(Door.IMPORT, by, strangers)], at=at, live=False)


def _settle_reasons(entries: Sequence[DealEntry], time_zone: str) -> None:
    """Find the agreement's reason, by key or label, for what the file says of a lost deal."""
    reasons = _reasons()
    by_words = {each.label.lower(): each for each in reasons.values()} | dict(reasons)
    for entry in entries:
        deal = entry.deal
        reason = by_words.get((deal.loss_reason or "").lower()) if deal else None
        if deal and deal.closed_at and reason:
            deal.loss_reason = reason.key
            deal.re_enter_on = re_enter_on(
                reason.re_enter_after, at=deal.closed_at, time_zone=time_zone
            )


def _reasons() -> Mapping[str, LossReason]:
    try:
        return running().loss_reasons
    except NoAgreement:  # before set-up
        return {}


def _facts(entries: Iterable[DealEntry]) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    facts: dict[uuid.UUID, dict[str, Any]] = {}
    for entry in entries:
        if entry.lead_id:
            facts.setdefault(entry.lead_id, {}).update(entry.facts)
    return {lead_id: said for lead_id, said in facts.items() if said}


def _enter_stages(entries: Sequence[DealEntry], by: uuid.UUID | None, at: datetime) -> None:
    """Opportunity when the first deal was opened, customer when the first was won.

    A lead that became an opportunity by this file only, and lost it, goes where the agreement
    sends that reason.
    """
    opened: dict[uuid.UUID, datetime] = {}
    won: dict[uuid.UUID, datetime] = {}
    lost: dict[uuid.UUID, tuple[datetime, str]] = {}
    for entry in entries:
        deal = entry.deal
        if entry.lead_id is None or deal is None:
            continue
        opened[entry.lead_id] = min(opened.get(entry.lead_id, deal.opened_at), deal.opened_at)
        if deal.closed_at and deal.state == "won":
            won[entry.lead_id] = min(won.get(entry.lead_id, deal.closed_at), deal.closed_at)
        elif deal.closed_at and deal.loss_reason:
            lost[entry.lead_id] = (deal.closed_at, deal.loss_reason)
    moved = _enter(Stage.OPPORTUNITY, opened, by, at)
    _enter(Stage.CUSTOMER, won, by, at)
    for lead_id in won.keys() | (lost.keys() - moved):
        lost.pop(lead_id, None)
    _leave(lost, by, at)


def _leave(
    lost: Mapping[uuid.UUID, tuple[datetime, str]], by: uuid.UUID | None, at: datetime
) -> None:
    """Lost leads go where the agreement sends them for the reason; without one they stay."""
    reasons = _reasons()
    for destination, stage in _DESTINATIONS.items():
        left = {
            lead_id: closed_at
            for lead_id, (closed_at, reason) in lost.items()
            if reason in reasons and reasons[reason].destination == destination
        }
        _enter(stage, left, by, at)


def _enter(
    stage: Stage, moments: Mapping[uuid.UUID, datetime], by: uuid.UUID | None, at: datetime
) -> set[uuid.UUID]:
    return actions.enter_stages(
        entries=[
            Entering(lead_id=lead_id, stage=stage, cause=Cause.IMPORT, entered_at=moment)
            for lead_id, moment in sorted(moments.items())
        ],
        by=by,
        at=at,
    )
