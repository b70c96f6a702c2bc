"""Handoffs as plain values."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ninja import Schema

from accord.api.shapes.leads import LeadOut, Named

if TYPE_CHECKING:
    from accord.handoffs.queries import InboxItem


class PromiseOut(Schema):
    """Something still to be done; `left_seconds` is working time, negative once it is late."""

    kind: str
    due_at: datetime
    left_seconds: int
    is_missed: bool
    paused_until: datetime | None


class HandoffOut(Schema):
    """An open handoff: what its owner sees."""

    id: uuid.UUID
    lead: LeadOut
    state: str
    trigger: str
    round: int
    agreement_version: int
    owner: Named | None
    ready_at: datetime
    offered_at: datetime
    assigned_at: datetime | None
    accepted_at: datetime | None
    due_at: datetime | None
    promises: list[PromiseOut]
    brief: dict[str, Any]


class AnsweredOut(Schema):
    """A handoff as an answer left it."""

    id: uuid.UUID
    lead_id: uuid.UUID
    state: str
    owner_id: uuid.UUID | None
    accepted_at: datetime | None
    passed_back_at: datetime | None


def handoff_of(item: "InboxItem") -> HandoffOut:
    """An open handoff with its lead and what is still to be done."""
    handoff = item.handoff
    return HandoffOut(
        id=handoff.id,
        lead=LeadOut.from_orm(item.lead),
        state=handoff.state,
        trigger=handoff.trigger,
        round=handoff.round,
        agreement_version=handoff.agreement_version,
        owner=Named.from_orm(handoff.owner) if handoff.owner else None,
        ready_at=handoff.ready_at,
        offered_at=handoff.offered_at,
        assigned_at=handoff.assigned_at,
        accepted_at=handoff.accepted_at,
        due_at=handoff.due_at,
        promises=[
            PromiseOut(
                kind=each.kind,
                due_at=each.due_at,
                left_seconds=int(each.left.total_seconds()),
                is_missed=each.is_missed,
                paused_until=each.paused_until,
            )
            for each in item.promises
        ],
        brief=item.brief,
    )
