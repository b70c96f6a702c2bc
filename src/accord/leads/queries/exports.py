"""Leads and companies as rows of a file, under the names by which a file is read again."""

import uuid
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from accord.leads.models import Company, Lead
from accord.leads.queries.consents import agreed_at
from accord.leads.queries.custom import fact_rules, values_of_companies, values_of_leads
from accord.leads.queries.pages import LeadFilters, filtered
from accord.leads.rules import OF_PURPOSE
from accord.teams.models import User

CHUNK = 2_000
Rows = Iterator[tuple[Any, ...]]
Own = Callable[[Collection[uuid.UUID]], dict[uuid.UUID, dict[str, Any]]]

# The name of a column, and where its values stand. Ids come first: the company's, the own one.
_LEAD = {
    "id": "id",
    "name": "name",
    "email": "email",
    "phone": "phone",
    "job_title": "job_title",
    "company": "company__name",
    "company_domain": "company__domain",
    "industry": "any_industry",
    "employees": "company__employees",
    "country": "country",
    "language": "language",
    "lead_type": "lead_type",
    "source": "source",
    "source_detail": "source_detail",
    "campaign": "campaign__name",
    "need": "need",
    "authority": "authority",
    "budget": "budget",
    "needed_by_on": "needed_by_on",
    "do_not_contact": "do_not_contact",
    "stage": "stage",
    "status": "status",
    "owner": "owner__name",
    "first_contact_at": "first_contact_at",
}
_COMPANY = {
    "id": "id",
    "company": "name",
    "company_domain": "domain",
    "industry": "industry",
    "employees": "employees",
    "country": "country",
    "parent": "parent__name",
    "target_account": "is_target",
    "owner": "owner__name",
    "leads": "lead_count",
}


def lead_rows(user: User | None, filters: LeadFilters) -> Rows:
    """The header, then the leads that pass the filters, newest contact first.

    Without a user all that were not merged away: whoever runs the machine may see them.
    """
    everyone = Lead.objects.filter(merged_into_id__isnull=True)
    leads = filtered(user, filters) if user else everyone
    leads = leads.annotate(any_industry=Coalesce("company__industry", "industry"))
    own, of_company = list(fact_rules("lead")), list(fact_rules("company"))
    yield (*_LEAD, *OF_PURPOSE, *own, *of_company)
    rows = leads.order_by("-first_contact_at", "-id").values_list("company_id", *_LEAD.values())
    for some in _chunks(rows):
        ids = [row[1] for row in some]
        known = values_of_leads(ids) if own else {}
        agreed = agreed_at(ids)
        companies = {row[0] for row in some if row[0]}
        there = values_of_companies(companies) if of_company else {}
        for company_id, *row in some:
            values, theirs = known.get(row[0], {}), there.get(company_id, {})
            words = map(agreed.get(row[0], {}).get, OF_PURPOSE.values())
            yield (*row, *words, *map(values.get, own), *map(theirs.get, of_company))


def company_rows() -> Rows:
    """The header, then the companies by name, with how many leads there are."""
    counted = Count("leads", filter=Q(leads__merged_into_id__isnull=True))
    companies: QuerySet[Company] = Company.objects.annotate(lead_count=counted)
    return with_values(companies.order_by("name", "id"), _COMPANY, "company", values_of_companies)


def with_values(rows: QuerySet[Any], columns: dict[str, str], about: str, values_of: Own) -> Rows:
    """The header, then rows that begin with their id, each with what the company defined."""
    own = list(fact_rules(about))
    yield (*columns, *own)
    read = rows.values_list(*map(F, columns.values()))
    for some in _chunks(read):
        known = values_of([row[0] for row in some]) if own else {}
        for row in some:
            yield (*row, *map(known.get(row[0], {}).get, own))


def _chunks(rows: QuerySet[Any, tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    coming = rows.iterator(chunk_size=CHUNK)
    while some := list(islice(coming, CHUNK)):
        yield some
