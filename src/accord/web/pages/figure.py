"""What stands behind a figure: its definition, and the very rows that it counts."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accord.criteria.metrics import all_metrics
from accord.insights.behind import behind
from accord.web.filters import leads_url
from accord.web.leaks import ACTS, act_on
from accord.web.scopes import query_of, read_scope

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_GET
def figure(request: "Request", key: str) -> HttpResponse:
    """The rows of a metric over a period; those that the leads list can show stand there."""
    scope = read_scope(request.GET, request.at)
    opens = all_metrics()[key].opens if key in all_metrics() else None
    if opens:
        return redirect(leads_url(opens(scope)))
    only, cursor = request.GET.get("only", ""), request.GET.get("cursor", "")
    page = behind(key, scope, user=request.user, only=only, cursor=cursor)
    context = {
        "page": page,
        "rows": [(row, act_on(key, row, request.user)) for row in page.rows],
        "has_acts": key in ACTS,
        "scope": scope,
        "query": query_of(scope, only),
        "has_moments": any(row.due_at for row in page.rows),
        "is_later_page": bool(cursor),
    }
    return render(request, "figure.html", context)
