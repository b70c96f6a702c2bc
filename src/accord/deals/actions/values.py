"""Values of the facts that the company defined about its deals."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accord.deals.actions.taking import hold
from accord.deals.models import Deal, DealValue
from accord.leads.actions.values import write_values
from accord.leads.queries.custom import values_of

Told = Sequence[tuple[Deal, Mapping[str, Any]]]
"""Deals, each with what is said of it, by key; None: not known."""


def fill_values(*, told: Told, by: uuid.UUID | None, at: datetime) -> dict[uuid.UUID, list[str]]:
    """Fill what is not known of deals yet; the facts that are known now, by deal."""
    return _write(told, by, at, only_gaps=True)


def set_values(*, told: Told, by: uuid.UUID, at: datetime) -> dict[uuid.UUID, list[str]]:
    """Set values of deals; the old ones stay behind. The facts that changed, by deal."""
    return _write(told, by, at, only_gaps=False)


def _write(
    told: Told, by: uuid.UUID | None, at: datetime, *, only_gaps: bool
) -> dict[uuid.UUID, list[str]]:
    if not told:
        return {}
    deals = {deal.id: deal for deal, _said in told}
    with transaction.atomic():
        hold(deals)
        known = values_of(DealValue, "deal_id", deals)
        changes = {
            deal.id: {
                key: value
                for key, value in said.items()
                if (held := known.get(deal.id, {}).get(key)) != value
                and not (only_gaps and held is not None)
            }
            for deal, said in told
        }
        changes = {id: facts for id, facts in changes.items() if facts}
        write_values(
            DealValue,
            "deal_id",
            changes,
            by=by,
            at=at,
            beside={id: {"lead_id": deals[id].lead_id} for id in changes},
        )
    return {id: sorted(facts) for id, facts in changes.items()}
