"""Opening deals, letting further leads join them, and moving them through their steps."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid, Missing
from accord.base.ids import new_id
from accord.base.lifecycle import Side
from accord.base.rows import copy_rows, recordset
from accord.deals.actions.taking import RETURNING, Taken, hold, take_all
from accord.deals.models import Deal, DealLead, DealState, SalesStep, StepEntry
from accord.leads.actions import record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity

_COLUMNS = (
    *("id", "lead_id", "company_id", "title", "amount", "currency", "owner_id", "state"),
    *("step_id", "opened_at", "note", "known_at"),
)
_MOVE = f"""
UPDATE deals_deal AS deal SET step_id = new.step_id
FROM json_to_recordset(%(rows)s::json) AS new(id uuid, step_id text)
WHERE deal.id = new.id AND deal.state = 'open'
{RETURNING}
"""
END_STEPS = """
UPDATE deals_stepentry SET left_at = greatest(entered_at, %(at)s)
WHERE deal_id = ANY(%(deals)s) AND left_at IS NULL
"""


@dataclass(frozen=True)
class NewDeal:
    """A deal to be opened with a lead, in the first step where none is named."""

    lead_id: uuid.UUID
    title: str
    currency: str
    amount: Decimal | None = None
    owner_id: uuid.UUID | None = None
    company_id: uuid.UUID | None = None
    step: str = ""
    note: str = ""


def open_deals(*, deals: Sequence[NewDeal], by: uuid.UUID, at: datetime) -> list[uuid.UUID]:
    """Open deals, in the order given; their ids. Raises Invalid for a step that does not exist."""
    with transaction.atomic():
        hold_leads(leads={deal.lead_id for deal in deals})
        known = list(SalesStep.objects.order_by("position").values_list("key", flat=True))
        if not known:
            raise Missing(_("There are no sales steps yet; set up Accord first."))
        steps = [_known_step(deal.step or known[0], known) for deal in deals]
        ids = [new_id() for _deal in deals]
        rows = sorted(zip(ids, deals, steps, strict=True), key=lambda row: (row[1].lead_id, row[0]))
        copy_rows(Deal, _COLUMNS, (_row(id, deal, step, at) for id, deal, step in rows))
        enter_steps([(deal.lead_id, id, step) for id, deal, step in rows], by, at)
        _record("deal.opened", [(deal.lead_id, id, deal.title) for id, deal, _step in rows], by, at)
    return ids


def join_deals(*, joining: Mapping[uuid.UUID, uuid.UUID], by: uuid.UUID, at: datetime) -> None:
    """Let leads take part in open deals (lead to deal) that another lead leads.

    Raises Conflict when a deal is closed, Missing when it does not exist.
    """
    with transaction.atomic():
        hold_leads(leads=joining)
        deals = Deal.objects.in_bulk(set(joining.values()))
        for deal_id in sorted(set(joining.values())):
            if deal_id not in deals:
                raise Missing(_("There is no such deal."))
            if deals[deal_id].state != DealState.OPEN:
                raise Conflict(_("This deal is closed; open a new one."))
        new = [
            (lead, deal) for lead, deal in sorted(joining.items()) if deals[deal].lead_id != lead
        ]
        DealLead.objects.bulk_create(
            [DealLead(id=new_id(), lead_id=lead, deal_id=deal, joined_at=at) for lead, deal in new],
            ignore_conflicts=True,
        )
        _record("deal.joined", [(lead, deal, deals[deal].title) for lead, deal in new], by, at)


def move_deals(*, steps: Mapping[uuid.UUID, str], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Move open deals (by id) to steps, all or none.

    Raises Invalid for a step that does not exist, Conflict when a deal is closed.
    """
    names = dict(SalesStep.objects.values_list("key", "name"))
    for step in steps.values():
        _known_step(step, names)
    with transaction.atomic():
        hold(steps)
        before = dict(Deal.objects.filter(id__in=steps).values_list("id", "step_id"))
        moving = {id: step for id, step in steps.items() if before[id] != step}
        rows = recordset(("id", "step_id"), sorted(moving.items()))
        taken = take_all(_MOVE, {"rows": rows}, deals=sorted(moving), by=by, at=at)
        end_steps([deal.id for deal in taken], at)
        enter_steps([(deal.lead_id, deal.id, steps[deal.id]) for deal in taken], by, at)
        record_activities(
            rows=[
                (
                    deal.lead_id,
                    NewActivity(
                        kind="deal.moved",
                        side=Side.SALES,
                        happened_at=at,
                        by_id=by,
                        outcome=steps[deal.id],
                        detail={
                            "deal": f"{deal.id}",
                            "title": deal.title,
                            "step": names[steps[deal.id]],
                        },
                    ),
                )
                for deal in taken
            ],
            at=at,
        )
    return taken


def enter_steps(
    rows: Sequence[tuple[uuid.UUID, uuid.UUID, str]], by: uuid.UUID | None, at: datetime
) -> None:
    """Note that deals (lead, deal, step) entered steps."""
    copy_rows(
        StepEntry,
        ("id", "lead_id", "deal_id", "step_id", "entered_at", "by_id"),
        ((new_id(), lead_id, deal_id, step, at, by) for lead_id, deal_id, step in rows),
    )


def end_steps(deals: Collection[uuid.UUID], at: datetime) -> None:
    """Note that deals left the steps they were in."""
    with connection.cursor() as cursor:
        cursor.execute(END_STEPS, {"deals": sorted(deals), "at": at})


def _known_step(step: str, known: Collection[str]) -> str:
    if step not in known:
        raise Invalid(
            _("There is no sales step “%(step)s”; use one of %(known)s.")
            % {"step": step, "known": ", ".join(known)},
            field="step",
        )
    return step


def _row(id: uuid.UUID, deal: NewDeal, step: str, at: datetime) -> tuple[object, ...]:
    return (
        id,
        deal.lead_id,
        deal.company_id,
        deal.title[:200],
        deal.amount,
        deal.currency,
        deal.owner_id,
        DealState.OPEN.value,
        step,
        at,
        deal.note,
        at,
    )


def _record(
    kind: str, rows: Sequence[tuple[uuid.UUID, uuid.UUID, str]], by: uuid.UUID, at: datetime
) -> None:
    record_activities(
        rows=[
            (
                lead_id,
                NewActivity(
                    kind=kind,
                    side=Side.SALES,
                    happened_at=at,
                    by_id=by,
                    detail={"deal": f"{deal_id}", "title": title},
                ),
            )
            for lead_id, deal_id, title in rows
        ],
        at=at,
    )
