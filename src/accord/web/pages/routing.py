"""Where leads go: the routes in order, the pools, trying a lead, and what was changed."""

import uuid
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accord.handoffs.actions import routes as actions
from accord.handoffs.queries import routes as queries
from accord.leads.queries import leads_called, one_lead
from accord.teams.queries import setting_changes
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.web.requests import Request

SETTINGS = ("route", "pool")


@require_GET
def routing(request: "Request") -> HttpResponse:
    """The rules in their order and the pools; how many leads come under each is counted after."""
    context: dict[str, Any] = {"routes": queries.routes_shown(), "pools": queries.pools_shown()}
    if is_partial(request):
        context["taken"] = queries.taken_by_routes(request.at)
        return render(request, "parts/routes.html", context)
    context["changes"] = setting_changes(SETTINGS, limit=20)
    return render(request, "routing.html", context)


@require_GET
def routing_trial(request: "Request") -> HttpResponse:
    """Where a lead would go now, and why; nothing is written."""
    text = request.GET.get("text", "").strip()
    context: dict[str, Any] = {"text": text}
    if "lead" in request.GET:
        try:
            id = uuid.UUID(request.GET["lead"])
        except ValueError:
            return redirect("routing_trial")
        context["lead"] = one_lead(request.user, id)
        context["trial"] = queries.try_lead(context["lead"].id, request.at)
    elif text:
        context["found"] = leads_called(request.user, text)
    return render(request, "routing_trial.html", context)


@require_POST
def route_place(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Move a route up or down."""
    places = -1 if request.POST.get("to") == "up" else 1
    actions.move_route(route_id=id, by_places=places, by=request.user.id, at=request.at)
    return redirect("routing")


@require_POST
def route_removal(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Take a route out."""
    actions.remove_route(route_id=id, by=request.user.id, at=request.at)
    return redirect("routing")
