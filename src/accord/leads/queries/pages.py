"""The leads list. The one place of row visibility."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower

from accord.leads.models import Company, Lead, Source, StageEntry, Submission
from accord.leads.queries.custom import has_value
from accord.teams.models import User

PAGE = 50
COUNTED_UP_TO = 20_000
_TEXT = SearchVector("name", "email", "phone", "job_title", config="simple")

_NARROWED_BY: dict[str, Callable[[str], Combinable | Q]] = {}


def visible_to(user: User) -> QuerySet[Lead]:
    """The leads that a person may see: all that were not merged away."""
    if not user.is_active:
        return Lead.objects.none()
    return Lead.objects.filter(merged_into_id__isnull=True)


@dataclass(frozen=True)
class LeadFilters:
    """What the leads list is narrowed to; the same names stand in the page's address.

    Dates are half-open instants of first contact. `source` "" means all, "-" those without
    one. `grade` is one of the scorecards' or both, such as B, 2 or B2. `entered` is a stage that
    was ever entered, in [entered_from, entered_until). `custom` are facts that the company
    defined, each with its value as it stands in the address.
    """

    stage: str = ""
    status: str = ""
    source: str = ""
    grade: str = ""
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
    custom: tuple[tuple[str, str], ...] = ()

    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return all(not getattr(self, f.name) for f in fields(self))


@dataclass(frozen=True)
class LeadPage:
    """Fifty leads, newest contact first, the cursor of the next page, and what they are of."""

    leads: Sequence[Lead]
    next_cursor: str | None
    all: QuerySet[Lead]

    def count(self) -> int:
        """How many leads pass the filters; counting stops one after COUNTED_UP_TO. One query."""
        return self.all.order_by()[: COUNTED_UP_TO + 1].count()


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
    for key, value in filters.custom:
        leads = leads.filter(has_value(key, value))
    if filters.text.strip():
        leads = _matching(leads, filters.text)
    if filters.grade:
        leads = leads.filter(_NARROWED_BY["grade"](filters.grade))
    if filters.entered:
        leads = leads.filter(Exists(_entered(filters)))
    if filters.import_id:
        rows = Submission.objects.filter(import_id=filters.import_id, lead_id__isnull=False)
        leads = leads.filter(id__in=rows.values("lead_id"))
    return leads


def narrow_by(name: str, condition: Callable[[str], Combinable | Q]) -> None:
    """Let a room that stands above this one say which leads pass the filter `name`."""
    _NARROWED_BY[name] = condition


def _entered(filters: LeadFilters) -> QuerySet[StageEntry]:
    entries = StageEntry.objects.filter(lead_id=OuterRef("id"), stage=filters.entered)
    if filters.entered_from:
        entries = entries.filter(entered_at__gte=filters.entered_from)
    if filters.entered_until:
        entries = entries.filter(entered_at__lt=filters.entered_until)
    return entries


def _matching(leads: QuerySet[Lead], text: str) -> QuerySet[Lead]:
    """Leads with every word (as a beginning) in their text, or of a company so called.

    Few of them are found by the index of the text first, then put in order; many by going from
    the newest on until a page is full. The planner cannot tell how many: it guesses beginnings.
    """
    condition = Q(company_id__in=_companies_called(text))
    words = ["".join(c for c in word if c.isalnum() or c in "@._+-") for word in text.split()]
    query = " & ".join(f"'{word}':*" for word in words if word)
    if query:
        condition |= Q(found=SearchQuery(query, config="simple", search_type="raw"))
    found = Lead.objects.alias(found=_TEXT).filter(condition).values("id")[: COUNTED_UP_TO + 1]
    if found.count() > COUNTED_UP_TO:
        return leads.alias(found=_TEXT).filter(condition)
    return leads.filter(id__in=found)


def leads_called(user: User, text: str, *, most: int = 10) -> list[Lead]:
    """The newest leads with these words in their text, or of a company so called."""
    found = _matching(visible_to(user), text).select_related("company")
    return list(found.order_by("-first_contact_at", "-id")[:most])


def _companies_called(text: str) -> list[uuid.UUID]:
    companies = Company.objects.annotate(lower_name=Lower("name")).filter(
        lower_name__startswith=text.strip().lower()
    )
    return list(companies.values_list("id", flat=True)[:200])


def lead_page(user: User, filters: LeadFilters, *, cursor: str = "") -> LeadPage:
    """A page of the leads list. A cursor that can't be read starts at the beginning."""
    found = filtered(user, filters)
    leads = found.select_related("company", "owner")
    position = position_of(cursor)
    if position:
        moment, id = position
        leads = leads.filter(
            Q(first_contact_at__lt=moment) | Q(first_contact_at=moment, id__lt=id),
            first_contact_at__lte=moment,
        )
    rows = list(leads.order_by("-first_contact_at", "-id")[: PAGE + 1])
    return LeadPage(leads=rows[:PAGE], next_cursor=_cursor(rows), all=found)


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


def any_leads() -> bool:
    """Whether there is a lead at all. One query."""
    return Lead.objects.exists()


def sources() -> list[str]:
    """The sources that leads came from, by name. One query, a look at the index for each."""
    return list(Source.objects.order_by("name").values_list("name", flat=True))


def owners() -> list[User]:
    """The people who can own leads, by name."""
    return list(
        User.objects.filter(is_active=True, roles__overlap=["rep", "head_of_sales"]).order_by(
            "name"
        )
    )
