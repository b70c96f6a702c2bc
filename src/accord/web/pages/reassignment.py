"""Giving open handoffs to somebody else, several at once, with a reason."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods

from accord.base.errors import Conflict, Invalid
from accord.flows import follow_up, stand_in
from accord.handoffs import queries
from accord.teams.shown import sellers
from accord.web.pages.handoffs import SHOWS
from accord.web.requests import id_in, id_of

if TYPE_CHECKING:
    from accord.handoffs.actions import Taken
    from accord.web.requests import Request

MOST = 200
BY_ROUTES = "routes"
_CHANGED = ngettext_lazy("%(n)d lead changed hands.", "%(n)d leads changed hands.", "n")
_WAITS = ngettext_lazy(
    "%(n)d lead waits in the queue now, as nobody else is free.",
    "%(n)d leads wait in the queue now, as nobody else is free.",
    "n",
)
_STAYED = ngettext_lazy(
    "%(n)d lead stayed where it was: with whom it goes to, in the queue, or closed.",
    "%(n)d leads stayed where they were: with whom they go to, in the queue, or closed.",
    "n",
)


@require_http_methods(["GET", "HEAD", "POST"])
def handoff_reassignment(request: "Request") -> HttpResponse:
    """Choose open handoffs, whom they go to, and say why."""
    if request.method == "POST":
        return _given(request)
    show = request.GET.get("show", "all")
    show = show if show in ("queue", "late", "all") else "all"
    owner = id_in(request.GET, "owner")
    items = queries.shown(
        queries.Show(show), user=request.user, at=request.at, owner=owner, limit=MOST
    )
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
    chosen = {id_of(text, "handoff") for text in request.POST.getlist("handoff")}
    to, why = request.POST.get("to", ""), request.POST.get("why", "").strip()
    if not chosen:
        raise Invalid(_("Nothing is chosen; mark the leads that are to go."), field="handoff")
    if not to:
        raise Invalid(_("Choose to whom they go."), field="to")
    if not why:
        raise Invalid(_("Say in a few words why; both people read it."), field="why")
    by, at = request.user.id, request.at
    if to == BY_ROUTES:
        moved = stand_in.route_anew(handoffs=chosen, why=why, by=by, at=at)
    else:
        owners = dict.fromkeys(chosen, id_of(to, "to"))
        moved = follow_up.reassign(owners=owners, why=why, by=by, at=at)
    said = _became_of(moved, len(chosen) - len(moved))
    if not moved:
        raise Conflict(said)
    messages.success(request, said)
    return redirect("handoffs")


def _became_of(moved: Sequence["Taken"], stayed: int) -> str:
    """How many changed hands, how many wait now, and how many stayed where they were."""
    waiting = sum(handoff.owner_id is None for handoff in moved)
    counted = ((_CHANGED, len(moved) - waiting), (_WAITS, waiting), (_STAYED, stayed))
    return " ".join(said % {"n": number} for said, number in counted if number)
