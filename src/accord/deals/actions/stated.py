"""Deals as a file states them, with what became of them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accord.base.lifecycle import Side
from accord.base.rows import copy_rows
from accord.deals.actions.former import keep_former_amounts
from accord.deals.actions.values import fill_values
from accord.deals.models import Deal, DealState, SalesStep, StepEntry
from accord.deals.reading import DealEntry, StatedDeal
from accord.leads.actions import record_activities
from accord.leads.models import Fate
from accord.leads.rules import NewActivity

_COLUMNS = (
    *("id", "lead_id", "external_id", "title", "amount", "currency", "state"),
    *("step_id", "opened_at", "closed_at", "closing_known_at", "loss_reason", "re_enter_on"),
    *("note", "known_at"),
)
_STEP = ("id", "lead_id", "deal_id", "step_id", "entered_at", "by_id")


def keep_stated_deals(
    *, entries: Sequence[DealEntry], currency: str, by: uuid.UUID | None, at: datetime
) -> None:
    """Write the deals of entries whose lead is known; sets `deal_id` and the fate of each.

    A deal that is known already (by its lead and external id) is closed if the file says so
    and it is open; else it stays as it is. `currency` is for rows that name none.
    """
    with transaction.atomic():
        first = SalesStep.objects.order_by("position").values_list("key", flat=True).first()
        known = _known(entries)
        new: list[DealEntry] = []
        closing: list[tuple[Deal, DealEntry]] = []
        for entry in entries:
            deal = known.get(_key(entry))
            if deal is None:
                entry.deal_id = entry.id_of("deal")
                entry.fate = Fate.CREATED.value
                known[_key(entry)] = _row(entry, currency, first, at)
                new.append(entry)
                continue
            entry.deal_id = deal.id
            is_news = deal.state == DealState.OPEN and _stated(entry).state != DealState.OPEN
            entry.fate = Fate.MERGED.value if is_news else Fate.UNCHANGED.value
            if is_news:
                closing.append((deal, entry))
        copy_rows(
            Deal, _COLUMNS, ([getattr(known[_key(e)], name) for name in _COLUMNS] for e in new)
        )
        in_step = [(entry, known[_key(entry)]) for entry in new if known[_key(entry)].step_id]
        copy_rows(
            StepEntry,
            _STEP,
            (
                (entry.id_of("step"), deal.lead_id, deal.id, deal.step_id, deal.opened_at, by)
                for entry, deal in in_step
            ),
        )
        _close(closing, at)
        told_more = fill_values(told=_told(entries, known), by=by, at=at)
        for entry in entries:
            if entry.deal_id in told_more and entry.fate == Fate.UNCHANGED:
                entry.fate = Fate.MERGED.value
        told = [*_opened(new, by), *_closed([*new, *(entry for _, entry in closing)], by)]
        record_activities(
            rows=[(lead_id, activity) for lead_id, _, activity in told],
            at=at,
            ids=[id for _, id, _ in told],
        )


def _key(entry: DealEntry) -> tuple[uuid.UUID | None, str]:
    return entry.lead_id, _stated(entry).external_id


def _stated(entry: DealEntry) -> StatedDeal:
    if entry.deal is None:
        raise ValueError("An entry about a deal states one.")
    return entry.deal


def _known(entries: Sequence[DealEntry]) -> dict[tuple[uuid.UUID | None, str], Deal]:
    found = Deal.objects.filter(
        lead_id__in={entry.lead_id for entry in entries if entry.lead_id},
        external_id__in={_stated(entry).external_id for entry in entries},
    )
    return {(deal.lead_id, deal.external_id or ""): deal for deal in found}


def _told(
    entries: Sequence[DealEntry], known: Mapping[tuple[uuid.UUID | None, str], Deal]
) -> list[tuple[Deal, dict[str, Any]]]:
    """Deals with what the rows say of them; of two rows that differ the first one counts."""
    said: dict[uuid.UUID, tuple[Deal, dict[str, Any]]] = {}
    for entry in reversed(entries):
        if own := _stated(entry).custom:
            deal = known[_key(entry)]
            said.setdefault(deal.id, (deal, {}))[1].update(own)
    return list(said.values())


def _row(entry: DealEntry, currency: str, step: str | None, at: datetime) -> Deal:
    stated = _stated(entry)
    if entry.lead_id is None or entry.deal_id is None:
        raise ValueError("A deal belongs to a lead.")
    return Deal(
        id=entry.deal_id,
        lead_id=entry.lead_id,
        external_id=stated.external_id,
        title=stated.title,
        amount=stated.amount,
        currency=stated.currency or currency,
        state=stated.state,
        step_id=step if stated.state == DealState.OPEN else None,
        opened_at=stated.opened_at,
        closed_at=stated.closed_at,
        closing_known_at=at if stated.closed_at else None,
        loss_reason=stated.loss_reason,
        re_enter_on=stated.re_enter_on,
        note=stated.note,
        known_at=at,
    )


def _close(closing: Sequence[tuple[Deal, DealEntry]], at: datetime) -> None:
    """Close deals as their rows say; former amounts stay behind."""
    amounts = [(deal, _stated(entry).amount) for deal, entry in closing]
    keep_former_amounts(changing=amounts, at=at)
    for deal, entry in closing:
        stated = _stated(entry)
        deal.state = stated.state
        deal.closed_at = stated.closed_at
        deal.closing_known_at = at
        deal.loss_reason = stated.loss_reason
        deal.re_enter_on = stated.re_enter_on
        deal.amount = deal.amount if stated.amount is None else stated.amount
    deals = [deal for deal, _ in closing]
    changed = ["state", "closed_at", "closing_known_at", "loss_reason", "re_enter_on", "amount"]
    Deal.objects.bulk_update(deals, changed, batch_size=1_000)
    left = list(StepEntry.objects.filter(deal_id__in=[deal.id for deal in deals], left_at=None))
    ends = {deal.id: deal.closed_at for deal in deals}
    for step in left:
        closed_at = ends[step.deal_id]
        step.left_at = max(step.entered_at, closed_at) if closed_at else None
    StepEntry.objects.bulk_update(left, ["left_at"], batch_size=1_000)


Told = tuple[uuid.UUID, uuid.UUID, NewActivity]
"""Lead, the activity's id, and the activity."""


def _opened(entries: Iterable[DealEntry], by: uuid.UUID | None) -> list[Told]:
    return [
        (
            entry.lead_id,
            entry.id_of("deal.opened"),
            _activity("deal.opened", entry, _stated(entry).opened_at, by),
        )
        for entry in entries
        if entry.lead_id
    ]


def _closed(entries: Iterable[DealEntry], by: uuid.UUID | None) -> list[Told]:
    return [
        (
            entry.lead_id,
            entry.id_of("deal.closed"),
            _activity(f"deal.{_stated(entry).state}", entry, closed_at, by),
        )
        for entry in entries
        if entry.lead_id and (closed_at := _stated(entry).closed_at)
    ]


def _activity(kind: str, entry: DealEntry, moment: datetime, by: uuid.UUID | None) -> NewActivity:
    stated = _stated(entry)
    return NewActivity(
        kind=kind,
        side=Side.SALES,
        happened_at=moment,
        outcome=stated.loss_reason if kind == "deal.lost" else None,
        by_id=by,
        detail={"deal": f"{entry.deal_id}", "title": stated.title},
    )
