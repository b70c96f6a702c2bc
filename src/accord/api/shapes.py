"""What goes out: leads, activities and handoffs as plain values, all instants in UTC."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ninja import Schema

from accord.base.lifecycle import LeadStatus, Side, Stage
from accord.leads import kinds
from accord.teams.queries import names

if TYPE_CHECKING:
    from accord.handoffs.queries import InboxItem
    from accord.leads.models import Activity
    from accord.qualification.reasons import DefinitionVerdict


class Named(Schema):
    """A person or a company, by id and name."""

    id: uuid.UUID
    name: str


class CompanyOut(Named):
    """The company that a lead buys for."""

    domain: str | None
    industry: str | None
    employees: int | None
    country: str | None


class LeadOut(Schema):
    """One lead. What is not known is null."""

    id: uuid.UUID
    name: str | None
    email: str | None
    phone: str | None
    job_title: str | None
    country: str | None
    language: str | None
    industry: str | None
    lead_type: str | None
    company: CompanyOut | None
    source: str | None
    source_detail: str | None
    campaign_id: uuid.UUID | None
    need: str | None
    authority: str | None
    budget: Decimal | None
    needed_by_on: date | None
    do_not_contact: bool
    stage: Stage
    stage_entered_at: datetime
    status: LeadStatus
    holder: Side
    owner: Named | None
    first_contact_at: datetime
    known_at: datetime


class LineOut(Schema):
    """A line of a definition: met, not_met or cannot_tell; `is_must` decides."""

    text: str
    outcome: str
    is_must: bool
    depth: int


class VerdictOut(Schema):
    """What a lead is under a definition of the agreement, and what one should ask it."""

    key: str
    title: str
    outcome: str
    is_gate: bool
    lines: list[LineOut]
    questions: list[str]


class ActivityOut(Schema):
    """One thing that happened, with its sentence."""

    id: uuid.UUID
    kind: str
    side: Side
    happened_at: datetime
    known_at: datetime
    sentence: str
    text: str | None
    channel: str | None
    outcome: str | None
    by: Named | None
    campaign_id: uuid.UUID | None
    handoff_id: uuid.UUID | None


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


def verdict_of(verdict: "DefinitionVerdict") -> VerdictOut:
    """A verdict with its lines."""
    lines = [
        LineOut(text=each.text, outcome=each.outcome, is_must=each.is_must, depth=each.depth)
        for each in verdict.clauses
    ]
    return VerdictOut(
        key=verdict.key,
        title=verdict.title,
        outcome=verdict.outcome,
        is_gate=verdict.is_gate,
        lines=lines,
        questions=list(verdict.questions),
    )


def activities_of(activities: Sequence["Activity"]) -> list[ActivityOut]:
    """Activities with their sentences, in the order given. One query."""
    known = names({each.by_id for each in activities})
    return [
        ActivityOut(
            id=each.id,
            kind=each.kind,
            side=Side(each.side),
            happened_at=each.happened_at,
            known_at=each.known_at,
            sentence=kinds.of(each.kind).sentence(each),
            text=each.text,
            channel=each.channel,
            outcome=each.outcome,
            by=Named(id=each.by_id, name=known[each.by_id]) if each.by_id in known else None,
            campaign_id=each.campaign_id,
            handoff_id=each.handoff_id,
        )
        for each in activities
    ]


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
