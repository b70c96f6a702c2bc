"""The rep's answers to a handoff: accept, qualify; and taking a handoff back."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.lifecycle import Side
from accord.handoffs.actions.assigning import CLAIMED, Assigning, assign
from accord.handoffs.actions.clocks import (
    Start,
    cancel_clocks,
    set_next_due,
    start_clocks,
    stop_clocks,
)
from accord.handoffs.actions.moments import pauses_of
from accord.handoffs.actions.taking import MAY_ANSWER, RETURNING, Taken, hold, take, take_all
from accord.handoffs.models import ClockKind, Handoff
from accord.leads.actions import record_activities
from accord.leads.rules import NewActivity

_ACCEPT = f"""
UPDATE handoffs_handoff AS handoff
SET state = 'accepted', accepted_at = %(at)s, accepted_by_id = %(by)s
WHERE handoff.id = ANY(%(handoffs)s) AND handoff.state = 'offered'
  AND handoff.disposed_at IS NULL AND {MAY_ANSWER}
{RETURNING}
"""
_QUALIFY = f"""
UPDATE handoffs_handoff AS handoff SET qualified_at = %(at)s, disposed_at = %(at)s
WHERE handoff.id = ANY(%(handoffs)s) AND handoff.state = 'accepted'
  AND handoff.disposed_at IS NULL AND {MAY_ANSWER}
{RETURNING}
"""
# Changes nothing: it makes sure that they are open and the person's own.
_THEIRS = f"""
UPDATE handoffs_handoff AS handoff SET owner_id = handoff.owner_id
WHERE handoff.id = ANY(%(handoffs)s) AND handoff.disposed_at IS NULL
  AND handoff.owner_id = %(by)s
{RETURNING}
"""
_WITHDRAW = f"""
UPDATE handoffs_handoff AS handoff
SET state = 'withdrawn', withdrawn_at = %(at)s, disposed_at = %(at)s
WHERE handoff.id = ANY(%(handoffs)s) AND handoff.disposed_at IS NULL
{RETURNING}
"""


def accept(*, handoffs: Sequence[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Accept handoffs, all or none; one that waits in the queue becomes the accepter's.

    Stops the answer's clock and starts the one for disposition. Raises Conflict with who was
    faster, or whose it is.
    """
    with transaction.atomic():
        hold(handoffs)
        _take_queued(handoffs, by, at)
        taken = take_all(_ACCEPT, {}, handoffs=handoffs, by=by, at=at)
        stop_clocks(taken, [ClockKind.ANSWER], at)
        starts = [Start(h, ClockKind.DISPOSITION, h.owner_id) for h in taken if h.owner_id]
        start_clocks(starts, at, pauses=pauses_of([h.id for h in taken]))
        set_next_due(taken)
        _record("handoff.accepted", taken, by, at)
    return taken


def claim(*, handoffs: Sequence[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Take handoffs out of the queue, all or none; what is the person's already stays so.

    Raises Conflict with whose one is by now, or what became of it.
    """
    with transaction.atomic():
        hold(handoffs)
        _take_queued(handoffs, by, at)
        return take_all(_THEIRS, {}, handoffs=handoffs, by=by, at=at)


def qualify(
    *, handoffs: Sequence[uuid.UUID], by: uuid.UUID, at: datetime, note: str = ""
) -> list[Taken]:
    """Say of accepted leads that there is a real chance; this disposes of the handoffs.

    All or none. Raises Conflict when one is not accepted, or not the person's.
    """
    with transaction.atomic():
        hold(handoffs)
        taken = take_all(_QUALIFY, {}, handoffs=handoffs, by=by, at=at)
        stop_clocks(taken, [ClockKind.DISPOSITION], at)
        cancel_clocks(taken, at)
        set_next_due(taken)
        _record("lead.qualified", taken, by, at, text=note or None)
    return taken


def withdraw(
    *, handoffs: Sequence[uuid.UUID], why: str, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """Take open handoffs back because they should not be; the ones that were open."""
    with transaction.atomic():
        hold(handoffs)
        taken = take(_WITHDRAW, {"handoffs": sorted(handoffs), "at": at})
        cancel_clocks(taken, at)
        set_next_due(taken)
        _record("handoff.withdrawn", taken, by, at, text=why, side=Side.MARKETING)
    return taken


def _take_queued(handoffs: Sequence[uuid.UUID], by: uuid.UUID, at: datetime) -> None:
    """Those of the handoffs that wait in the queue are this person's now."""
    queued = Handoff.objects.filter(id__in=handoffs, owner__isnull=True, disposed_at__isnull=True)
    assign(
        assignings=[
            Assigning(handoff_id=id, user_id=by, rule=CLAIMED)
            for id in queued.order_by("lead_id").values_list("id", flat=True)
        ],
        why=_("took it from the queue"),
        by=by,
        at=at,
    )


def _record(
    kind: str,
    taken: Sequence[Taken],
    by: uuid.UUID | None,
    at: datetime,
    *,
    text: str | None = None,
    side: Side = Side.SALES,
    details: Mapping[uuid.UUID, dict[str, Any]] | None = None,
) -> None:
    record_activities(
        rows=[
            (
                handoff.lead_id,
                NewActivity(
                    kind=kind,
                    side=side,
                    happened_at=at,
                    by_id=by,
                    handoff_id=handoff.id,
                    text=text,
                    detail=(details or {}).get(handoff.id),
                ),
            )
            for handoff in taken
        ],
        at=at,
    )
