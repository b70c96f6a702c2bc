"""Calls that log themselves: a tap on the number, a tap on what came of it, what was heard."""

import uuid
from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.flows import call, learn
from accord.flows.learn import Heard
from accord.handoffs import queries
from accord.handoffs.actions import Objection
from accord.leads import queries as leads
from accord.leads import rules
from accord.leads.cells import read_money
from accord.web.acts import moved_on, replaced
from accord.web.in_place import answered, is_in_inbox
from accord.web.pages.facts import AUTHORITIES
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.web.requests import Request

_LEARNT = ("need", "authority", "budget", "needed_by_on")


@require_POST
def lead_calls(request: "Request", id: uuid.UUID) -> HttpResponse:
    """The number was tapped: the call begins, and the page asks what comes of it."""
    found = leads.one_lead(request.user, id)
    call.begin_calls(leads={found.id}, by=request.user.id, at=request.at)
    if not is_partial(request):
        return moved_on(request, "lead", found.id)
    (begun,) = queries.open_calls(request.user, leads={found.id})
    back_to = urlsplit(request.headers.get("HX-Current-URL", "")).path
    return render(request, "parts/call_question.html", {"call": begun, "back_to": back_to})


@require_POST
def call_outcome(request: "Request", id: uuid.UUID) -> HttpResponse:
    """One tap on what came of a call logs it."""
    said = call.Outcome(request.POST.get("outcome", ""), request.POST.get("note", "").strip())
    taken = call.end_calls(outcomes={id: said}, by=request.user.id, at=request.at)
    if taken:
        return answered(request, taken[0].id, _("Logged: %(lead)s."), tried=True)
    messages.success(request, _("Logged."))
    return moved_on(request, request.POST.get("next") or "today")


@require_POST
def call_withdrawal(request: "Request", id: uuid.UUID) -> HttpResponse:
    """It was no call: what it had stopped goes on."""
    call.drop_calls(calls={id}, by=request.user.id, at=request.at)
    sentence = _("No call, then. What it had stopped goes on.")
    if is_partial(request):
        return replaced(request, "", sentence=sentence)
    messages.success(request, sentence)
    return moved_on(request, request.POST.get("next") or "today")


@require_http_methods(["GET", "HEAD", "POST"])
def lead_learnings(request: "Request", id: uuid.UUID) -> HttpResponse:
    """What a conversation brought: offered, never demanded; opens in place."""
    found = leads.one_lead(request.user, id)
    if request.method != "POST":
        context = {"lead": found, "objections": Objection.choices, "authorities": AUTHORITIES}
        template = "parts/learnings_form.html" if is_partial(request) else "learnings.html"
        return render(request, template, context)
    given = {key: text for key in _LEARNT if (text := request.POST.get(key, "").strip())}
    if "budget" in given:
        given["budget"] = read_money(given["budget"], field="budget")
    kept = learn.learn_by_talking(
        lead=found.id,
        heard=Heard(**{f.name: request.POST.get(f.name, "").strip() for f in fields(Heard)}),
        facts=rules.read_facts(given, custom={}),
        by=request.user.id,
        at=request.at,
    )
    form = _("Kept, on the timeline: %(lead)s.") if kept else _("Nothing new to keep: %(lead)s.")
    sentence = form % {"lead": found}
    if is_partial(request) and is_in_inbox(request):
        return replaced(request, "", sentence=sentence)
    messages.success(request, sentence)
    return moved_on(request, "lead", found.id)
