"""Content: what sales asks marketing for, and marketing's answers."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accord.base.errors import Invalid
from accord.content import queries
from accord.content.actions import Piece, Wanted
from accord.content.queries import Show
from accord.deals import queries as deals
from accord.flows.ask_for_content import (
    answer_requests,
    ask_for_content,
    take_requests,
    withdraw_requests,
)
from accord.leads import queries as leads
from accord.web.acts import moved_on, once, replaced
from accord.web.nonces import read_nonce
from accord.web.permissions import HEAD_OF_MARKETING
from accord.web.requests import begin_in, day_in, id_in, is_partial

if TYPE_CHECKING:
    from accord.web.requests import Request

SHOWS: dict[str, Any] = {
    Show.OPEN: gettext_lazy("Open"),
    Show.MINE: gettext_lazy("Mine"),
    Show.ALL: gettext_lazy("All"),
}
_SAID: dict[str, Any] = {
    "delivered": gettext_lazy("Delivered. Whoever asked is told."),
    "turned_down": gettext_lazy("Answered. Whoever asked reads why."),
}


@require_GET
def content_requests(request: "Request") -> HttpResponse:
    """What sales asked for, what is due first on top; or the one request that is named."""
    given = request.GET.get("show", "")
    show = Show(given) if given in SHOWS else Show.OPEN
    begin = begin_in(request.GET)
    only = id_in(request.GET, "request")
    user, until = request.user, begin + queries.PAGE
    found = [queries.one(only, user=user)] if only else queries.shown(show, user=user, begin=begin)
    context = {
        "show": "" if only else show,
        "shows": SHOWS.items(),
        "requests": found,
        "heads_marketing": HEAD_OF_MARKETING in user.roles,
        "next_begin": until,
        "rest": 0 if only else max(queries.shown_count(show, user=user) - until, 0),
    }
    part = is_partial(request)
    return render(request, f"{'parts/content_list' if part else 'content_requests'}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def content_request_new(request: "Request") -> HttpResponse:
    """Ask for content: for a lead, for a deal with its lead, or for nobody in particular."""
    given = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {"given": given, "pieces": Piece.choices, **_for_whom(request, given)}
    lead = context["lead"]
    if request.method != "POST":
        return render(request, "content_request_new.html", context)
    try:
        with once(read_nonce("content_request", request.POST.get("nonce", ""))) as is_first:
            asked = _ask(request, lead.id if lead else None) if is_first else None
    except Invalid as refusal:
        context |= {"sentence": refusal.sentence, "field": refusal.field}
        return render(request, "content_request_new.html", context, status=422)
    due = asked.due_at if asked else None
    messages.success(
        request,
        _("Asked. You hear from marketing by %(when)s.")
        % {"when": date_format(localtime(due), "j F")}
        if due
        else _("Asked. Marketing is told."),
    )
    return moved_on(request, "lead", lead.id) if lead else moved_on(request, "content_requests")


@require_POST
def content_request_taking(request: "Request", id: uuid.UUID) -> HttpResponse:
    """A marketer makes it."""
    take_requests(requests=[id], by=request.user.id, at=request.at)
    return _now(request, id, _("It is yours. Whoever asked is told."))


@require_POST
def content_request_answer(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Deliver it, or say why not."""
    answer = request.POST.get("answer", "")
    answer_requests(
        requests=[id],
        answer=answer,
        words=request.POST.get("words", ""),
        link=request.POST.get("link", ""),
        by=request.user.id,
        at=request.at,
    )
    return _now(request, id, str(_SAID[answer]))


@require_POST
def content_request_withdrawal(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Whoever asked does not need it any more."""
    withdraw_requests(requests=[id], by=request.user.id, at=request.at)
    return _now(request, id, _("Withdrawn. Marketing is told."))


def _now(request: "Request", id: uuid.UUID, sentence: str) -> HttpResponse:
    """The request as it is now, in its place; without htmx, the list again."""
    if not is_partial(request):
        messages.success(request, sentence)
        return moved_on(request, "content_requests")
    context: dict[str, object] = {
        "item": queries.one(id, user=request.user),
        "heads_marketing": HEAD_OF_MARKETING in request.user.roles,
    }
    return replaced(request, "parts/content_request.html", context, sentence=sentence)


def _for_whom(request: "Request", given: Mapping[str, str]) -> dict[str, Any]:
    """The lead and its deals, of which one may be chosen already. Raises Missing."""
    chosen = id_in(given, "deal")
    deal = deals.one_deal(chosen) if chosen else None
    lead_id = deal.lead_id if deal else id_in(given, "lead")
    lead = leads.one_lead(request.user, lead_id) if lead_id else None
    return {"lead": lead, "deal": deal, "deals": deals.deals_of(lead.id) if lead else []}


def _ask(request: "Request", lead: uuid.UUID | None) -> Any:
    said = request.POST
    wanted = Wanted(
        piece=said.get("piece", ""),
        need=said.get("need", ""),
        lead=lead,
        deal=id_in(said, "deal"),
        needed_on=day_in(said, "needed_on"),
        is_reusable=bool(said.get("is_reusable")),
    )
    (asked,) = ask_for_content(wanted=[wanted], by=request.user.id, at=request.at)
    return asked
