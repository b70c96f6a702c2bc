"""Giving open handoffs to somebody else: by the head of sales, or out of the queue."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.base.lifecycle import Side
from accord.handoffs.actions.assigning import BY_HAND, Assigning, assign, find_owners
from accord.handoffs.actions.taking import Taken, hold
from accord.handoffs.models import Handoff
from accord.leads.actions import record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity
from accord.teams.queries import names


def reassign(
    *, owners: Mapping[uuid.UUID, uuid.UUID], why: str, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """Give open handoffs (by id) to other people; the handoff stays, its clocks start anew.

    All or none. Raises Conflict when one is no longer open.
    """
    with transaction.atomic():
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


def release_queue(*, at: datetime, limit: int) -> list[Taken]:
    """Give handoffs that wait in the queue to whoever is present, oldest first."""
    with transaction.atomic():
        queued = Handoff.objects.filter(owner__isnull=True, disposed_at__isnull=True)
        waiting = dict(queued.order_by("offered_at").values_list("id", "lead_id")[:limit])
        if not waiting:
            return []
        hold_leads(leads=waiting.values())
        routed = find_owners(waiting, at)
        return assign(
            assignings=[
                Assigning(r.handoff_id, r.user_id, r.rule, r.trace) for r in routed if r.user_id
            ],
            why=_("handed over by marketing, out of the queue"),
            by=None,
            at=at,
        )
