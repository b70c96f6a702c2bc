"""Winning and losing deals."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accord.base.lifecycle import Side
from accord.base.rows import recordset
from accord.deals.actions.former import keep_former_amounts
from accord.deals.actions.opening import end_steps
from accord.deals.actions.taking import RETURNING, Taken, hold, take_all
from accord.deals.models import Deal, DealLead
from accord.leads.actions import record_activities
from accord.leads.rules import NewActivity

_WIN = f"""
UPDATE deals_deal AS deal
SET state = 'won', closed_at = greatest(deal.opened_at, %(at)s), closing_known_at = %(at)s,
    amount = COALESCE(new.amount, deal.amount)
FROM json_to_recordset(%(rows)s::json) AS new(id uuid, amount numeric)
WHERE deal.id = new.id AND deal.state = 'open'
{RETURNING}
"""
_LOSE = f"""
UPDATE deals_deal AS deal
SET state = 'lost', closed_at = greatest(deal.opened_at, %(at)s), closing_known_at = %(at)s,
    loss_reason = new.reason, re_enter_on = new.re_enter_on,
    note = CASE WHEN new.note = '' THEN deal.note ELSE new.note END
FROM json_to_recordset(%(rows)s::json)
     AS new(id uuid, reason text, re_enter_on date, note text)
WHERE deal.id = new.id AND deal.state = 'open'
{RETURNING}
"""


@dataclass(frozen=True)
class Losing:
    """A deal is lost: the reason's key and label, a note, and when its leads may return."""

    deal_id: uuid.UUID
    reason: str
    label: str
    note: str = ""
    re_enter_on: date | None = None


def win_deals(
    *, amounts: Mapping[uuid.UUID, Decimal | None], by: uuid.UUID, at: datetime
) -> list[Taken]:
    """Win open deals (by id), all or none; an amount replaces the one expected, which stays behind.

    Raises Conflict when one is closed already.
    """
    with transaction.atomic():
        hold(amounts)
        before = [(deal, amounts[deal.id]) for deal in Deal.objects.filter(id__in=amounts)]
        rows = recordset(("id", "amount"), sorted(amounts.items(), key=lambda row: row[0]))
        taken = take_all(_WIN, {"rows": rows}, deals=sorted(amounts), by=by, at=at)
        keep_former_amounts(changing=before, at=at)
        end_steps([deal.id for deal in taken], at)
        _record("deal.won", taken, by, at)
    return taken


def lose_deals(*, losing: Sequence[Losing], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Lose open deals, each with its reason, all or none. Raises Conflict when one is closed."""
    said = {each.deal_id: each for each in losing}
    with transaction.atomic():
        hold(said)
        rows = recordset(
            ("id", "reason", "re_enter_on", "note"),
            ((id, said[id].reason, said[id].re_enter_on, said[id].note) for id in sorted(said)),
        )
        taken = take_all(_LOSE, {"rows": rows}, deals=sorted(said), by=by, at=at)
        end_steps([deal.id for deal in taken], at)
        _record("deal.lost", taken, by, at, said)
    return taken


def _record(
    kind: str,
    taken: Sequence[Taken],
    by: uuid.UUID,
    at: datetime,
    said: Mapping[uuid.UUID, Losing] | None = None,
) -> None:
    """On the timelines of all leads of the deals."""
    leads = [(deal.lead_id, deal) for deal in taken]
    deals = {deal.id: deal for deal in taken}
    further = DealLead.objects.filter(deal_id__in=deals).values_list("lead_id", "deal_id")
    leads += [(lead_id, deals[deal_id]) for lead_id, deal_id in further]
    record_activities(
        rows=[
            (lead_id, _activity(kind, deal, said[deal.id] if said else None, by, at))
            for lead_id, deal in sorted(leads, key=lambda row: (row[0], row[1].id))
        ],
        at=at,
    )


def _activity(
    kind: str, deal: Taken, losing: Losing | None, by: uuid.UUID, at: datetime
) -> NewActivity:
    detail: dict[str, object] = {"deal": f"{deal.id}", "title": deal.title}
    if losing:
        detail["label"] = losing.label
    return NewActivity(
        kind=kind,
        side=Side.SALES,
        happened_at=at,
        by_id=by,
        outcome=losing.reason if losing else None,
        text=(losing.note or None) if losing else None,
        detail=detail,
    )
