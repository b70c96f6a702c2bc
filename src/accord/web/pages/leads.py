"""The leads list, and a lead that a person brings in."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accord.base.errors import Invalid
from accord.base.lifecycle import LeadStatus, Stage
from accord.flows.receive import Incoming, receive
from accord.leads import queries
from accord.leads.models import Door
from accord.web.bodies import check_body
from accord.web.filters import query_of, read_filters
from accord.web.nonces import read_nonce
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.web.requests import Request

BROUGHT = (
    "name",
    "email",
    "phone",
    "company",
    "job_title",
    "need",
    "source",
    "asks_for",
)


@require_GET
def leads(request: "Request") -> HttpResponse:
    """Leads, newest contact first, narrowed by what the address says."""
    filters = read_filters(request.GET)
    page = queries.lead_page(request.user, filters, cursor=request.GET.get("cursor", ""))
    context = {
        "filters": filters,
        "page": page,
        "count": queries.lead_count(request.user, filters),
        "count_limit": queries.COUNTED_UP_TO,
        "query": query_of(filters),
        "is_later_page": "cursor" in request.GET,
        "search_text": filters.text,
    }
    if is_partial(request):
        return render(request, "parts/lead_list.html", context)
    choices = {
        "stages": Stage.choices,
        "statuses": LeadStatus.choices,
        "sources": queries.sources(),
        "owners": queries.owners(),
        "import_of_filter": queries.one_import(filters.import_id) if filters.import_id else None,
    }
    return render(request, "leads.html", {**context, **choices})


@require_http_methods(["GET", "HEAD", "POST"])
def lead_new(request: "Request") -> HttpResponse:
    """A lead that somebody here brings in; it walks the same way as every other."""
    if request.method != "POST":
        return render(request, "lead_new.html", {"given": {}})
    body = {
        name: request.POST[name].strip() for name in BROUGHT if request.POST.get(name, "").strip()
    }
    try:
        nonce = read_nonce("lead_new", request.POST.get("nonce", ""))
        check_body(body, at=request.at)
    except Invalid as refusal:
        context = {
            "given": request.POST,
            "sentence": refusal.sentence,
            "field": refusal.field,
        }
        return render(request, "lead_new.html", context, status=422)
    receive(
        submissions=[Incoming(body=body, nonce=f"new:{nonce.value}")],
        door=Door.REP,
        by=request.user.id,
        at=request.at,
    )
    messages.success(
        request,
        _("Kept. The lead appears here in a moment, or is added to a known one."),
    )
    return redirect("leads")
