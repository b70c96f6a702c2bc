"""A lead as it was at any past moment."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from accord.leads.models import (
    Activity,
    Company,
    CompanyFactChange,
    CompanyValue,
    FactChange,
    Lead,
    LeadValue,
    Ownership,
    StageEntry,
)
from accord.leads.queries.consents import agreed_at
from accord.leads.queries.custom import values_at
from accord.leads.rules import CHANGEABLE

COMPANY_FACTS = ("name", "industry", "employees", "country", "is_target")
_IDS = frozenset({"company_id", "campaign_id"})


@dataclass(frozen=True)
class Past:
    """What was known of a lead at a moment. `facts` is None before it was known at all."""

    facts: dict[str, Any] | None
    company: dict[str, Any] | None = None
    stage: str | None = None
    owner_id: uuid.UUID | None = None
    activities: dict[str, int] = field(default_factory=dict)
    agreed: dict[str, bool] = field(default_factory=dict)


def _value(change: FactChange | CompanyFactChange) -> Any:
    values = (change.text_value, change.number_value, change.date_value, change.yes_value)
    value = next((value for value in values if value is not None), None)
    return uuid.UUID(str(value)) if value is not None and change.fact in _IDS else value


def as_it_was(*, leads: Collection[uuid.UUID], moment: datetime) -> dict[uuid.UUID, Past]:
    """Leads as they were known at `moment`: facts, company, stage, owner, activities by kind,
    and to what they had agreed.

    A fixed number of queries, whatever the number of leads.
    """
    now = {lead.id: lead for lead in Lead.objects.filter(id__in=leads)}
    facts = {id: {name: getattr(lead, name) for name in CHANGEABLE} for id, lead in now.items()}
    for change in FactChange.objects.filter(
        lead_id__in=leads, known_from__lte=moment, known_until__gt=moment
    ):
        facts[change.lead_id][change.fact] = _value(change)
    for lead_id, own in values_at(LeadValue, "lead_id", leads, moment).items():
        facts[lead_id] |= own
    companies = _companies({row["company_id"] for row in facts.values()} - {None}, moment)
    known = StageEntry.objects.filter(known_at__lte=moment)
    stages = _open_at(known, leads, "entered_at", "left_at", "stage", moment)
    owners = _open_at(Ownership.objects, leads, "owned_from", "owned_until", "owner_id", moment)
    counts = _counts(leads, moment)
    agreed = agreed_at(leads, moment)
    return {
        id: Past(
            facts=facts[id],
            company=companies.get(facts[id]["company_id"]),
            stage=stages.get(id),
            owner_id=owners.get(id),
            activities=counts.get(id, {}),
            agreed=agreed.get(id, {}),
        )
        if lead.known_at <= moment
        else Past(facts=None)
        for id, lead in now.items()
    }


def _companies(ids: set[uuid.UUID], moment: datetime) -> dict[uuid.UUID, dict[str, Any]]:
    found = {
        company.id: {name: getattr(company, name) for name in COMPANY_FACTS}
        for company in Company.objects.filter(id__in=ids)
    }
    for change in CompanyFactChange.objects.filter(
        company_id__in=ids, known_from__lte=moment, known_until__gt=moment
    ):
        found[change.company_id][change.fact] = _value(change)
    for id, own in values_at(CompanyValue, "company_id", ids, moment).items():
        found[id] |= own
    return found


def _open_at(
    rows: Any, leads: Collection[uuid.UUID], start: str, end: str, value: str, moment: datetime
) -> dict[uuid.UUID, Any]:
    spans = rows.filter(
        Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": moment}),
        lead_id__in=leads,
        **{f"{start}__lte": moment},
    )
    return dict(spans.order_by(start).values_list("lead_id", value))


def _counts(leads: Collection[uuid.UUID], moment: datetime) -> dict[uuid.UUID, dict[str, int]]:
    rows = (
        Activity.objects.filter(lead_id__in=leads, happened_at__lte=moment, known_at__lte=moment)
        .values_list("lead_id", "kind")
        .annotate(number=Count("id"))
    )
    counts: dict[uuid.UUID, dict[str, int]] = {}
    for lead_id, kind, number in rows:
        counts.setdefault(lead_id, {})[kind] = number
    return counts
