"""Whether what a version of the agreement promises can be delivered, before it is signed."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accord.agreement import queries
from accord.insights.goal import deliverable
from accord.insights.metrics import Scope
from accord.teams import queries as teams
from accord.web.requests import is_partial
from accord.web.times import day

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_GET
def deliverability(request: "Request", number: int) -> HttpResponse:
    """Promised leads against the goal and against the reps' time; asked by a page, in a line."""
    terms = queries.terms_of(number)
    calendar = teams.company_calendar()
    zone = ZoneInfo(calendar.time_zone)
    found = deliverable(terms, scope=Scope(at=request.at), calendar=calendar)
    over = found.rates.over if found.rates else None
    context = {
        "terms": terms,
        "goal": terms.goal,
        "found": found,
        "needs": found.needs,
        "first": day(over.begins_at.astimezone(zone).date()) if over and over.begins_at else "",
        "until": day(over.ends_at.astimezone(zone).date()) if over and over.ends_at else "",
    }
    name = "parts/deliverable.html" if is_partial(request) else "deliverability.html"
    return render(request, name, context)
