"""Giving open handoffs to somebody else, several at once, with a reason."""

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accord.base.errors import Invalid
from accord.flows import follow_up, stand_in
from accord.handoffs import queries
from accord.teams.shown import sellers
from accord.web.pages.handoffs import SHOWS

if TYPE_CHECKING:
    from accord.web.requests import Request

MOST = 200
BY_ROUTES = "routes"


@require_http_methods(["GET", "HEAD", "POST"])
def handoff_reassignment(request: "Request") -> HttpResponse:
    """Choose open handoffs, whom they go to, and say why."""
    if request.method == "POST":
        return _given(request)
    show = request.GET.get("show", "all")
    show = show if show in ("queue", "late", "all") else "all"
    items = queries.shown(queries.Show(show), user=request.user, at=request.at, limit=MOST)
    context = {
        "items": items,
        "show": show,
        "shows": [(key, label) for key, label in SHOWS.items() if key != "mine"],
        "chosen": request.GET.getlist("handoff"),
        "people": sellers(at=request.at),
        "by_routes": BY_ROUTES,
    }
    return render(request, "handoff_reassignment.html", context)


def _given(request: "Request") -> HttpResponse:
    chosen = [uuid.UUID(id) for id in request.POST.getlist("handoff")]
    to, why = request.POST.get("to", ""), request.POST.get("why", "").strip()
    if not chosen:
        raise Invalid(_("Nothing is chosen; mark the leads that are to go."), field="handoff")
    if not to:
        raise Invalid(_("Choose to whom they go."), field="to")
    if not why:
        raise Invalid(_("Say in a few words why; both people read it."), field="why")
    if to == BY_ROUTES:
        moved = stand_in.route_anew(handoffs=chosen, why=why, by=request.user.id, at=request.at)
    else:
        owners = dict.fromkeys(chosen, uuid.UUID(to))
        moved = follow_up.reassign(owners=owners, why=why, by=request.user.id, at=request.at)
    said = ngettext("%(n)d lead changed hands.", "%(n)d leads changed hands.", len(moved))
    messages.success(request, said % {"n": len(moved)})
    return redirect("handoffs")
