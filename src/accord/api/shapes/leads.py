"""Leads, their verdicts and what happened, as plain values."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ninja import Field, Schema

from accord.base.lifecycle import LeadStatus, Side, Stage
from accord.leads import kinds
from accord.leads.queries import consents_of, values_of_companies, values_of_leads
from accord.qualification.reasons import why
from accord.teams.queries import names

if TYPE_CHECKING:
    from accord.leads.models import Activity, Lead
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
    custom: dict[str, bool | date | Decimal | str] = Field(
        default_factory=dict,
        description="Facts that the company defined about the lead and its company, by key.",
    )


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


class ConsentOut(Schema):
    """What a lead agreed to: from when, until when, in which words."""

    purpose: str
    wording: str
    source: str
    given_at: datetime | None
    withdrawn_at: datetime | None
    withdrawal_source: str | None


class LeadDetailOut(LeadOut):
    """A lead with the agreement's verdicts on it, the gate's first, and what it agreed to.

    Of each purpose the last word counts: `agreed` says what it is, where there is one.
    """

    verdicts: list[VerdictOut]
    agreed: dict[str, bool]
    consents: list[ConsentOut]


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


def leads_of(leads: Sequence["Lead"]) -> list[LeadOut]:
    """Leads with what the company defined about them, in the order given. Two queries."""
    own = values_of_leads([lead.id for lead in leads])
    there = values_of_companies({lead.company_id for lead in leads if lead.company_id})
    return [
        LeadOut.from_orm(lead).model_copy(
            update={"custom": own.get(lead.id, {}) | there.get(lead.company_id or lead.id, {})}
        )
        for lead in leads
    ]


def detail_of(lead: "Lead") -> LeadDetailOut:
    """A lead with the verdicts on it and its consents. Five queries."""
    verdicts = [verdict_of(each) for each in why(lead.id)]
    (found,) = leads_of([lead])
    consents = consents_of(lead.id)
    return LeadDetailOut(
        **found.model_dump(),
        verdicts=verdicts,
        agreed={each.purpose: each.holds for each in consents},
        consents=[ConsentOut.from_orm(row) for each in consents for row in each.rows],
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
