"""Changing deals only while they stand as expected, and what to say when they do not."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Missing
from accord.deals.models import Deal, DealLead
from accord.leads.actions.holding import hold_leads


@dataclass(frozen=True)
class Taken:
    """A deal as this transaction has just left it."""

    id: uuid.UUID
    lead_id: uuid.UUID
    title: str
    state: str
    owner_id: uuid.UUID | None
    amount: Decimal | None


_NAMES = tuple(Taken.__dataclass_fields__)
RETURNING = "RETURNING " + ", ".join(f"deal.{name}" for name in _NAMES)


def hold(deals: Collection[uuid.UUID]) -> None:
    """Keep others off the leads of these deals until the transaction ends. Raises Missing."""
    leads = dict(Deal.objects.filter(id__in=deals).values_list("id", "lead_id"))
    if len(leads) < len(set(deals)):
        raise Missing(_("There is no such deal."))
    further = DealLead.objects.filter(deal_id__in=deals).values_list("lead_id", flat=True)
    hold_leads(leads={*leads.values(), *further})


def take_all(
    sql: str, params: Mapping[str, Any], *, deals: Sequence[uuid.UUID], by: uuid.UUID, at: datetime
) -> list[Taken]:
    """Run a conditional UPDATE that ends in RETURNING, for all of these deals or none.

    Raises Conflict, saying what became of the first one that is closed.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {**params, "deals": sorted(deals), "by": by, "at": at})
        taken = [Taken(*row) for row in cursor.fetchall()]
    missing = set(deals) - {deal.id for deal in taken}
    if missing:
        deal = Deal.objects.get(id=min(missing))
        raise Conflict(
            _("The deal “%(title)s” is closed already: %(state)s on %(day)s.")
            % {
                "title": deal.title,
                "state": str(deal.get_state_display()).lower(),
                "day": f"{deal.closed_at:%Y-%m-%d}" if deal.closed_at else "",
            }
        )
    return sorted(taken, key=lambda deal: (deal.lead_id, deal.id))
