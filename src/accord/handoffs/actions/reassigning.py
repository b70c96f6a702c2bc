"""Giving open handoffs to somebody else: by hand, out of the queue, or as their owner is away."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid
from accord.base.lifecycle import Side
from accord.handoffs.actions.assigning import BY_HAND, Assigning, as_routed, assign
from accord.handoffs.actions.clocks import cancel_clocks, set_next_due
from accord.handoffs.actions.finding import end_assignments, find_owners, queue
from accord.handoffs.actions.taking import Taken, hold
from accord.handoffs.models import Handoff
from accord.leads.actions import assign_owners, record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity
from accord.teams.queries import names, of_sales


def reassign(
    *, owners: Mapping[uuid.UUID, uuid.UUID], why: str, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """Give open handoffs (by id) to other people; the handoff stays, its clocks start anew.

    All or none; those that really changed hands. Raises Conflict when one is no longer open, and
    for a person (`by`) who gives no reason or names somebody who works no leads, Invalid.
    """
    with transaction.atomic():
        if by:  # what Accord does by itself must not stop what watches over all leads
            _check(owners.values(), why)
        hold(owners)
        now = dict(
            Handoff.objects.filter(id__in=owners, disposed_at=None).values_list("id", "owner_id")
        )
        if len(now) < len(owners):
            raise Conflict(_("This handoff is no longer open; look at the lead again."))
        moved = assign(
            assignings=[
                Assigning(id, owners[id], BY_HAND, instead_of=owner)
                for id, owner in sorted(now.items())
                if owner != owners[id]
            ],
            why=why,
            by=by,
            at=at,
        )
        record_reassigned({handoff.id: handoff for handoff in moved}, now, why, by, at)
    return moved


def _check(owners: Iterable[uuid.UUID], why: str) -> None:
    if not why.strip():
        raise Invalid(_("Say in a few words why; whoever has it next reads it."), field="why")
    chosen = set(owners)
    if of_sales().filter(id__in=chosen).count() < len(chosen):
        raise Invalid(
            _("Whoever gets a lead has to be here and may answer a handoff: a rep, or a head."),
            field="owner",
        )


def record_reassigned(
    moved: Mapping[uuid.UUID, Taken],
    before: Mapping[uuid.UUID, uuid.UUID | None],
    why: str,
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    """Tell the timeline who has a handoff now instead of whom."""
    people = names([*(h.owner_id for h in moved.values()), *(before[id] for id in moved)])
    record_activities(
        rows=[
            (
                handoff.lead_id,
                NewActivity(
                    kind="handoff.reassigned",
                    side=Side.SALES,
                    happened_at=at,
                    by_id=by,
                    handoff_id=handoff.id,
                    text=why or None,
                    detail={
                        "owner": people.get(handoff.owner_id) if handoff.owner_id else None,
                        "before": people.get(owner) if (owner := before[handoff.id]) else None,
                    },
                ),
            )
            for handoff in sorted(moved.values(), key=lambda handoff: handoff.lead_id)
        ],
        at=at,
    )


def release_queue(*, at: datetime, limit: int) -> tuple[list[Taken], list[Taken]]:
    """Give handoffs that wait in the queue to whoever is free, of each pool the oldest first.

    Those that found somebody, and those that wait for somebody else now.
    """
    with transaction.atomic():
        queued = Handoff.objects.filter(owner__isnull=True, disposed_at__isnull=True)
        place = Window(RowNumber(), partition_by="pool_id", order_by=("offered_at", "id"))
        first = queued.annotate(place=place).filter(place__lte=limit).order_by("offered_at", "id")
        waiting = dict(first.values_list("id", "lead_id"))
        if not waiting:
            return [], []
        hold_leads(leads=waiting.values())
        routed = find_owners(waiting, at)
        waits = queue(routed, at=at)
        given = assign(
            assignings=as_routed(routed),
            why=_("handed over by marketing, out of the queue"),
            by=None,
            at=at,
        )
    return given, waits


def route_anew(
    *, handoffs: Collection[uuid.UUID], why: str, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """Give open handoffs to others by the rules, as their owners cannot see to them.

    Where nobody is free they wait in the queue. Those that changed hands or went there.
    """
    with transaction.atomic():
        rows = Handoff.objects.filter(
            id__in=handoffs, disposed_at__isnull=True, owner__isnull=False
        ).values_list("id", "lead_id", "owner_id")
        leads = {id: lead_id for id, lead_id, _owner in rows}
        if not leads:
            return []
        hold_leads(leads=leads.values())
        before = {id: owner for id, _lead, owner in rows}
        routed = find_owners(leads, at, not_to=before)
        waits = queue(routed, at=at)
        cancel_clocks(waits, at)
        set_next_due(waits)
        end_assignments([handoff.id for handoff in waits], at)
        assign_owners(owners={h.lead_id: None for h in waits}, why=why, by=by, at=at)
        moved = assign(assignings=as_routed(routed, instead_of=before), why=why, by=by, at=at)
        changed = [*moved, *waits]
        record_reassigned({handoff.id: handoff for handoff in changed}, before, why, by, at)
    return changed
