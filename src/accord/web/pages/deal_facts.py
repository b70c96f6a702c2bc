"""What the company wants to know of its deals, filled in by hand."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accord.base.errors import Refusal
from accord.deals import queries
from accord.flows import learn
from accord.leads.queries import fact_rules
from accord.leads.rules import read_custom
from accord.web.acts import moved_on
from accord.web.fields import own_fields

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def deal_facts(request: "Request", id: uuid.UUID) -> HttpResponse:
    """The facts of a deal; its lead is judged anew when they change."""
    found = queries.one_deal(id)
    rules = fact_rules("deal")
    known = queries.values_of_deals([id]).get(id, {})
    context: dict[str, Any] = {"deal": found, "fields": own_fields(rules, known, request.POST)}
    if request.method != "POST":
        return render(request, "deal_facts.html", context)
    try:
        facts = read_custom(request.POST, rules, "deal")
        learn.learn_of_deal(deal=id, facts=facts, by=request.user.id, at=request.at)
    except Refusal as refusal:
        context |= {"sentence": refusal.sentence, "refused": getattr(refusal, "field", "")}
        return render(request, "deal_facts.html", context, status=422)
    messages.success(request, _("Saved. The old values stay in the history."))
    return moved_on(request, "deals")
