"""Companies: the list, and one with its people and all that happened with them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower, TruncWeek
from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.base.lifecycle import Side
from accord.leads.models import Activity, Company, CompanyFactChange, Lead
from accord.leads.queries.one import TIMELINE_PAGE, TimelinePage, page_of
from accord.leads.queries.pages import COUNTED_UP_TO, PAGE, position_of, visible_to
from accord.teams.models import User

# Each lead's newest through its own index, so that a company of a thousand people costs a
# thousand short looks and not the sorting of all that ever happened with them.
_NEWEST = """
SELECT activity.id FROM leads_lead AS lead CROSS JOIN LATERAL (
    SELECT id, happened_at FROM leads_activity
    WHERE lead_id = lead.id AND (%(moment)s::timestamptz IS NULL
          OR (happened_at, id) < (%(moment)s::timestamptz, %(id)s::uuid))
    ORDER BY happened_at DESC, id DESC LIMIT %(limit)s
) AS activity
WHERE lead.company_id = %(company)s AND lead.merged_into_id IS NULL
ORDER BY activity.happened_at DESC, activity.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class CompanyFilters:
    """What the list of companies is narrowed to: a beginning of name or domain, targets alone."""

    text: str = ""
    target: bool = False


@dataclass(frozen=True)
class CompanyRow:
    """A company and how many leads are known there."""

    company: Company
    leads: int


@dataclass(frozen=True)
class CompanyPage:
    """Fifty companies by name, the cursor of the next page, and what they are of."""

    rows: Sequence[CompanyRow]
    next_cursor: str | None
    all: QuerySet[Company]

    def count(self) -> int:
        """How many pass the filters; counting stops one after COUNTED_UP_TO. One query."""
        return self.all.order_by()[: COUNTED_UP_TO + 1].count()


def company_page(user: User, filters: CompanyFilters, *, cursor: str = "") -> CompanyPage:
    """A page of the companies, by name. A cursor that can't be read starts at the beginning."""
    found = Company.objects.annotate(by_name=Lower("name"))
    if text := filters.text.strip().lower():
        found = found.filter(Q(by_name__startswith=text) | Q(domain__startswith=text))
    if filters.target:
        found = found.filter(is_target=True)
    rest = found
    last = Company.objects.filter(id=after).first() if (after := _id_of(cursor)) else None
    if last:
        name = last.name.lower()
        rest = found.filter(
            Q(by_name__gt=name) | Q(by_name=name, id__gt=last.id), by_name__gte=name
        )
    rows = list(rest.select_related("owner", "parent").order_by("by_name", "id")[: PAGE + 1])
    numbers = _lead_counts(user, [company.id for company in rows[:PAGE]])
    return CompanyPage(
        rows=[CompanyRow(company, numbers.get(company.id, 0)) for company in rows[:PAGE]],
        next_cursor=str(rows[PAGE - 1].id) if len(rows) > PAGE else None,
        all=found,
    )


def _id_of(cursor: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(cursor)
    except ValueError:
        return None


def _lead_counts(user: User, companies: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    leads = visible_to(user).filter(company_id__in=companies).values_list("company_id")
    return dict(leads.annotate(number=Count("id")).order_by())


def one_company(id: uuid.UUID) -> Company:
    """One company with its parent and owner. Raises Missing."""
    found = Company.objects.select_related("parent", "owner").filter(id=id).first()
    if found is None:
        raise Missing(_("There is no such company; look it up in the list of companies."))
    return found


def company_called(text: str) -> uuid.UUID | None:
    """The company with this domain, or the only one with this name."""
    by_domain = Company.objects.filter(domain=text.strip().lower()).first()
    if by_domain:
        return by_domain.id
    named = Company.objects.annotate(by_name=Lower("name")).filter(by_name=text.strip().lower())
    ids = list(named.values_list("id", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None


def subsidiaries_of(id: uuid.UUID) -> list[Company]:
    """The companies whose parent this is, by name; the first fifty."""
    return list(Company.objects.filter(parent_id=id).order_by(Lower("name"))[:PAGE])


def people_of(user: User, company: uuid.UUID, *, limit: int = 20) -> tuple[list[Lead], int]:
    """The newest leads of a company, and how many there are. Two queries."""
    leads = visible_to(user).filter(company_id=company)
    newest = leads.select_related("owner").order_by("-first_contact_at", "-id")[:limit]
    return list(newest), leads.count()


def names_of(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What leads are called, by id. One query."""
    return {lead.id: str(lead) for lead in Lead.objects.filter(id__in=leads)}


def leads_of_companies(companies: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The leads of these companies, sorted."""
    if not companies:
        return []
    leads = Lead.objects.filter(company_id__in=companies, merged_into_id__isnull=True)
    return sorted(leads.values_list("id", flat=True))


def campaigns_of(company: uuid.UUID) -> list[tuple[str, int]]:
    """The campaigns that leads of a company came from, with their number, most first."""
    leads = Lead.objects.filter(company_id=company, merged_into_id__isnull=True)
    named = leads.filter(campaign__isnull=False).values_list("campaign__name")
    return sorted(named.annotate(number=Count("id")), key=lambda row: (-row[1], row[0]))


def company_timeline(company: uuid.UUID, *, cursor: str = "") -> TimelinePage:
    """What happened with a company's leads, newest first."""
    moment, id = position_of(cursor) or (None, None)
    given = {"company": company, "moment": moment, "id": id, "limit": TIMELINE_PAGE + 1}
    with connection.cursor() as database:
        database.execute(_NEWEST, given)
        ids = [row[0] for row in database.fetchall()]
    known = Activity.objects.in_bulk(ids)
    return page_of([known[id] for id in ids if id in known])


def engagement(company: uuid.UUID, *, since: datetime) -> list[tuple[datetime, int]]:
    """How often a company's leads did something, by week from `since` on; no week is left out."""
    leads = Lead.objects.filter(company_id=company, merged_into_id__isnull=True)
    done = Activity.objects.filter(
        lead_id__in=leads.values("id"), side=Side.PROSPECT, happened_at__gte=since
    )
    weeks = done.annotate(week=TruncWeek("happened_at")).values_list("week")
    return sorted(weeks.annotate(number=Count("id")).order_by())


def company_changes(company: uuid.UUID, *, limit: int = 10) -> list[CompanyFactChange]:
    """What was changed about a company, newest first."""
    changes = CompanyFactChange.objects.filter(company_id=company)
    return list(changes.order_by("-known_until", "fact")[:limit])


def ancestors_of(company: uuid.UUID) -> set[uuid.UUID]:
    """The parents of a company, theirs, and so on."""
    with connection.cursor() as database:
        database.execute(
            "WITH RECURSIVE above AS ("
            "SELECT parent_id FROM leads_company WHERE id = %s UNION "
            "SELECT parent.parent_id FROM leads_company AS parent JOIN above "
            "ON parent.id = above.parent_id) "
            "SELECT parent_id FROM above WHERE parent_id IS NOT NULL",
            [company],
        )
        return {row[0] for row in database.fetchall()}
