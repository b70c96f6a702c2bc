"""Companies: the list, and one with its people, deals, campaigns and what happened."""

import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accord.agreement import queries as agreement
from accord.deals import queries as deals
from accord.leads import queries
from accord.qualification import queries as qualification
from accord.teams import queries as teams
from accord.web.fields import Fact, own_facts
from accord.web.pages.company_facts import LABELS
from accord.web.requests import is_partial
from accord.web.stories import tell
from accord.web.times import day

if TYPE_CHECKING:
    from accord.web.requests import Request

WEEKS = 12


@require_GET
def companies(request: "Request") -> HttpResponse:
    """Companies by name, with how many people are known there and whether they fit."""
    filters = queries.CompanyFilters(
        text=request.GET.get("text", ""), target=request.GET.get("target") == "yes"
    )
    cursor = request.GET.get("cursor", "")
    page = queries.company_page(request.user, filters, cursor=cursor)
    fits = _fits([row.company.id for row in page.rows])
    context = {
        "filters": filters,
        "rows": [(row, _fit(fits.get(row.company.id))) for row in page.rows],
        "page": page,
        "count": page.count(),
        "count_limit": queries.COUNTED_UP_TO,
        "is_later_page": bool(cursor),
    }
    template = "parts/company_list.html" if is_partial(request) else "companies.html"
    return render(request, template, context)


def _fits(companies: list[uuid.UUID]) -> dict[uuid.UUID, Counter[str]]:
    ideal = agreement.running().ideal_customer
    if not ideal:
        return {}
    return qualification.outcomes_by_company(definition=ideal, companies=companies)


def _fit(outcomes: Counter[str] | None) -> str:
    """The best that the agreement says of anybody there; "" while nobody is known."""
    order = ("met", "cannot_tell", "not_met")
    return next((outcome for outcome in order if outcomes and outcomes[outcome]), "")


@require_GET
def company(request: "Request", id: uuid.UUID) -> HttpResponse:
    """One company: who is there, what they did, what is being sold."""
    found = queries.one_company(id)
    people, number = queries.people_of(request.user, found.id)
    outcomes = _fits([found.id]).get(found.id, Counter())
    context = {
        "company": found,
        "people": people,
        "people_count": number,
        "fit": _fit(outcomes),
        "outcomes": outcomes,
        "subsidiaries": queries.subsidiaries_of(found.id),
        "deals": deals.deals_of_company(found.id),
        "campaigns": queries.campaigns_of(found.id),
        "weeks": _weeks(found.id, request.at),
        "changes": _changes(found.id),
        "own_facts": _own_facts(found.id),
    }
    return render(request, "company.html", {**context, **_story(request, found.id)})


@require_GET
def company_timeline(request: "Request", id: uuid.UUID) -> HttpResponse:
    """What happened with a company's leads, from a cursor on."""
    found = queries.one_company(id)
    context = {"company": found, **_story(request, found.id)}
    return render(request, "parts/company_story.html", context)


def _story(request: "Request", id: uuid.UUID) -> dict[str, Any]:
    page = queries.company_timeline(id, cursor=request.GET.get("cursor", ""))
    leads = queries.names_of({each.lead_id for each in page.activities})
    lines = tell(page.activities)
    return {
        "story": [(line, leads.get(line.activity.lead_id, "")) for line in lines],
        "story_cursor": page.next_cursor,
    }


def _own_facts(id: uuid.UUID) -> list[Fact]:
    own = queries.fact_rules("company")
    known = queries.values_of_companies([id]) if own else {}
    return own_facts(own, known.get(id, {}))


def _weeks(id: uuid.UUID, at: datetime) -> list[tuple[str, int]]:
    """The last twelve weeks by their Mondays, with how often the company's people did something."""
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    done = {timezone.localtime(week).date(): n for week, n in queries.engagement(id, since=first)}
    days = [(first + timedelta(weeks=week)).date() for week in range(WEEKS)]
    return [(day(each), done.get(each, 0)) for each in days]


def _changes(id: uuid.UUID) -> list[tuple[str, str, datetime, str]]:
    """What was changed: the fact, what it was, when, and by whom."""
    rows = queries.company_changes(id)
    names = teams.names({row.by_id for row in rows})
    return [
        (
            str(LABELS.get(row.fact, row.fact)),
            _was(row),
            row.known_until,
            names.get(row.by_id, "") if row.by_id else "",
        )
        for row in rows
    ]


def _was(row: Any) -> str:
    if row.yes_value is not None:
        return _("yes") if row.yes_value else _("no")
    if row.number_value is not None:
        return f"{row.number_value:.0f}"
    return "" if row.fact == "parent_id" else row.text_value or ""
