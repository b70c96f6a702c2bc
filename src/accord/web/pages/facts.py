"""The facts of a lead: shown with since when, and changed by hand."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accord.base.errors import Refusal
from accord.base.lifecycle import Side
from accord.flows import learn
from accord.leads import queries, rules
from accord.web.acts import moved_on
from accord.web.fields import Fact, Field, own_facts, own_fields
from accord.web.figures import figure
from accord.web.filters import leads_url
from accord.web.mailto import mailto
from accord.web.times import day

if TYPE_CHECKING:
    from accord.leads.models import Lead
    from accord.web.requests import Request

LABELS: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Phone"),
    "job_title": gettext_lazy("Job title"),
    "authority": gettext_lazy("Authority"),
    "need": gettext_lazy("Need"),
    "budget": gettext_lazy("Budget"),
    "needed_by_on": gettext_lazy("Needed by"),
    "industry": gettext_lazy("Industry"),
    "country": gettext_lazy("Country"),
    "language": gettext_lazy("Language"),
    "lead_type": gettext_lazy("Lead type"),
    "source": gettext_lazy("Source"),
    "source_detail": gettext_lazy("Source, in detail"),
}
CHANGEABLE = (
    *("name", "email", "phone", "job_title", "need", "authority", "budget", "needed_by_on"),
    *("industry", "country", "language", "lead_type"),
)
KINDS = {
    "need": "text",
    "budget": "number",
    "needed_by_on": "date",
    "email": "email",
    "phone": "tel",
}
AUTHORITIES: tuple[tuple[str, Any], ...] = (
    ("decides", gettext_lazy("Decides")),
    ("influences", gettext_lazy("Influences")),
    ("uses", gettext_lazy("Uses")),
    ("none", gettext_lazy("Has no say")),
)


def facts_of(request: "Request", lead: "Lead") -> list[Fact]:
    """What is known of a lead, in the order of the page."""
    since = queries.facts_changed_at(lead.id)
    shown = [(key, _shown(lead, key)) for key in LABELS]
    facts = [
        Fact(str(LABELS[key]), value, _link(request, key, value), since.get(key))
        for key, value in shown
        if value
    ]
    own = queries.fact_rules("lead")
    known = queries.values_of_leads([lead.id]) if own else {}
    return facts + own_facts(own, known.get(lead.id, {}))


def _shown(lead: "Lead", key: str) -> str:
    value = getattr(lead, key)
    if value is None:
        return ""
    if key == "authority":
        return str(lead.get_authority_display())
    if key == "needed_by_on":
        return day(value)
    return figure(value) if key == "budget" else str(value)


def _link(request: "Request", key: str, value: str) -> str:
    if key == "source":
        return leads_url(queries.LeadFilters(source=value))
    if key == "email":
        return mailto(request, value)
    return f"tel:{value}" if key == "phone" else ""


@require_http_methods(["GET", "HEAD", "POST"])
def lead_facts(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Change what is known; the old values stay behind, and the lead is judged anew."""
    found = queries.one_lead(request.user, id)
    if request.method != "POST":
        return _facts_form(request, found, {})
    custom = queries.fact_rules("lead")
    keys = (*CHANGEABLE, *custom)
    given = {key: request.POST[key].strip() for key in keys if key in request.POST}
    try:
        facts = rules.read_facts(given, custom=custom)
        learn.learn(
            lead=found.id,
            facts=facts,
            by=request.user.id,
            side=Side(request.user.side),
            at=request.at,
        )
    except Refusal as refusal:
        return _facts_form(request, found, given, refusal)
    messages.success(request, _("Saved. The old values stay in the history."))
    return moved_on(request, "lead", found.id)


def _facts_form(
    request: "Request",
    lead: "Lead",
    given: Mapping[str, str],
    refusal: Refusal | None = None,
) -> HttpResponse:
    fields = [
        Field(
            key=key,
            label=str(LABELS[key]),
            kind=KINDS.get(key, "input"),
            value=given.get(key, _plain(getattr(lead, key))),
            choices=AUTHORITIES if key == "authority" else (),
        )
        for key in CHANGEABLE
    ]
    own = queries.fact_rules("lead")
    fields += own_fields(own, queries.values_of_leads([lead.id]).get(lead.id, {}), given)
    template = "parts/facts_form.html" if "HX-Request" in request.headers else "facts.html"
    context = {"lead": lead, "fields": fields}
    if refusal is None:
        return render(request, template, context)
    context |= {"sentence": refusal.sentence, "refused": getattr(refusal, "field", "")}
    return render(request, template, context, status=422)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)
