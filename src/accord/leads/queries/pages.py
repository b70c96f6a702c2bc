"""The leads list. The one place of row visibility."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from accord.leads.models import (
    Company,
    Lead,
    StageEntry,
    Submission,
)
from accord.teams.models import User

PAGE = 50
COUNTED_UP_TO = 20_000


def visible_to(user: User) -> QuerySet[Lead]:
    """The leads that a person may see: all that were not merged away."""
    if not user.is_active:
        return Lead.objects.none()
    return Lead.objects.filter(merged_into_id__isnull=True)


@dataclass(frozen=True)
class LeadFilters:
    """What the leads list is narrowed to; the same names stand in the page's address.

    Dates are half-open instants of first contact. `source` "" means all, "-" those without
    one. `entered` is a stage that was ever entered, in [entered_from, entered_until).
    """

    stage: str = ""
    status: str = ""
    source: str = ""
    owner: uuid.UUID | None = None
    company: uuid.UUID | None = None
    campaign: uuid.UUID | None = None
    text: str = ""
    contact_from: datetime | None = None
    contact_until: datetime | None = None
    entered: str = ""
    entered_from: datetime | None = None
    entered_until: datetime | None = None
    import_id: uuid.UUID | None = None

    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return all(not getattr(self, f.name) for f in fields(self))


@dataclass(frozen=True)
class LeadPage:
    """Fifty leads, newest contact first, and the cursor of the next page."""

    leads: Sequence[Lead]
    next_cursor: str | None


def filtered(user: User, filters: LeadFilters) -> QuerySet[Lead]:
    """The visible leads that pass the filters."""
    leads = visible_to(user)
    exact = {
        "stage": filters.stage,
        "status": filters.status,
        "owner_id": filters.owner,
        "company_id": filters.company,
        "campaign_id": filters.campaign,
        "first_contact_at__gte": filters.contact_from,
        "first_contact_at__lt": filters.contact_until,
    }
    leads = leads.filter(**{name: value for name, value in exact.items() if value})
    if filters.source:
        named = {"source__isnull": True} if filters.source == "-" else {"source": filters.source}
        leads = leads.filter(**named)
    if filters.text.strip():
        leads = leads.filter(_matching(filters.text))
    if filters.entered:
        leads = leads.filter(Exists(_entered(filters)))
    if filters.import_id:
        rows = Submission.objects.filter(import_id=filters.import_id, lead_id__isnull=False)
        leads = leads.filter(id__in=rows.values("lead_id"))
    return leads


def _entered(filters: LeadFilters) -> QuerySet[StageEntry]:
    entries = StageEntry.objects.filter(lead_id=OuterRef("id"), stage=filters.entered)
    if filters.entered_from:
        entries = entries.filter(entered_at__gte=filters.entered_from)
    if filters.entered_until:
        entries = entries.filter(entered_at__lt=filters.entered_until)
    return entries


def _matching(text: str) -> Q:
    """Leads with every word (as a beginning) in their text, or of a company so called."""
    words = ["".join(c for c in word if c.isalnum() or c in "@._+-") for word in text.split()]
    query = " & ".join(f"'{word}':*" for word in words if word)
    companies = Company.objects.annotate(lower_name=Lower("name")).filter(
        lower_name__startswith=text.strip().lower()
    )
    by_company = Q(company_id__in=companies.values("id")[:200])
    if not query:
        return by_company
    return Q(pk__in=_found(query)) | by_company


def _found(query: str) -> QuerySet[Lead, Any]:
    vector = SearchVector("name", "email", "phone", "job_title", config="simple")
    return (
        Lead.objects.annotate(found=vector)
        .filter(found=SearchQuery(query, config="simple", search_type="raw"))
        .values("id")
    )


def lead_page(user: User, filters: LeadFilters, *, cursor: str = "") -> LeadPage:
    """A page of the leads list. A cursor that can't be read starts at the beginning."""
    leads = filtered(user, filters).select_related("company", "owner")
    position = position_of(cursor)
    if position:
        moment, id = position
        leads = leads.filter(
            Q(first_contact_at__lt=moment) | Q(first_contact_at=moment, id__lt=id),
            first_contact_at__lte=moment,
        )
    rows = list(leads.order_by("-first_contact_at", "-id")[: PAGE + 1])
    return LeadPage(leads=rows[:PAGE], next_cursor=_cursor(rows))


def lead_count(user: User, filters: LeadFilters) -> int:
    """How many leads pass the filters; counting stops one after COUNTED_UP_TO."""
    return filtered(user, filters).order_by()[: COUNTED_UP_TO + 1].count()


def _cursor(rows: Sequence[Lead]) -> str | None:
    if len(rows) <= PAGE:
        return None
    return f"{rows[PAGE - 1].first_contact_at.isoformat()}~{rows[PAGE - 1].id}"


def position_of(cursor: str) -> tuple[datetime, uuid.UUID] | None:
    """The moment and id that a cursor names; None when it cannot be read."""
    moment, _, id = cursor.partition("~")
    try:
        return datetime.fromisoformat(moment), uuid.UUID(id)
    except ValueError:
        return None


def sources() -> list[str]:
    """The sources that leads came from, by name."""
    rows = Lead.objects.filter(source__isnull=False).order_by("source")
    return [source for source in rows.values_list("source", flat=True).distinct() if source]


def owners() -> list[User]:
    """The people who can own leads, by name."""
    return list(
        User.objects.filter(is_active=True, roles__overlap=["rep", "head_of_sales"]).order_by(
            "name"
        )
    )
