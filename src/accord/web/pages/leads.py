"""The leads list, and a lead that a person brings in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accord.base.errors import Invalid
from accord.base.lifecycle import LeadStatus, Stage
from accord.criteria.scorecards import GRADES as OF_CARD
from accord.flows.receive import Door, Incoming, check_body, receive
from accord.leads import queries
from accord.qualification.queries import scores_of
from accord.web.fields import own_fields, shown
from accord.web.filters import query_of, read_filters
from accord.web.nonces import read_nonce
from accord.web.requests import is_partial
from accord.web.times import day
from accord.web.words import stage_label

if TYPE_CHECKING:
    from accord.leads.models import Lead
    from accord.leads.rules import FactRule
    from accord.web.requests import Request

LESS_USED = (
    *("company", "campaign", "contact_from", "contact_until"),
    *("entered", "entered_from", "entered_until", "import_id"),
)
GRADES = [
    *(f"{fit}{engaged}" for fit in OF_CARD["fit"] for engaged in OF_CARD["engagement"]),
    *(grade for grades in OF_CARD.values() for grade in grades),
]
LISTED = ("lead", "company")
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
    own = {key: each for key, each in queries.fact_rules(*LISTED).items() if each.in_list}
    context = {
        "filters": filters,
        "page": page,
        "rows": _rows(page.leads, own),
        "scores": scores_of([lead.id for lead in page.leads]),
        "own": own.values(),
        "count": page.count(),
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
        "grades": GRADES,
        "sources": queries.sources(),
        "owners": queries.owners(),
        "hidden_filters": _hidden(request.GET),
        "narrowed": _narrowed(filters),
        "fields": own_fields(own, {}, dict(filters.custom)),
    }
    return render(request, "leads.html", {**context, **choices})


def _hidden(query: Mapping[str, str]) -> list[tuple[str, str]]:
    """The filters that have no field of their own on the page; they stay in force."""
    return [(name, query[name]) for name in LESS_USED if query.get(name)]


def _rows(
    leads: Sequence["Lead"], own: Mapping[str, "FactRule"]
) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Leads, each with what is known of the facts that the list shows."""
    abouts = {each.about for each in own.values()}
    of_leads = queries.values_of_leads([lead.id for lead in leads]) if "lead" in abouts else {}
    companies = {lead.company_id for lead in leads if lead.company_id}
    of_companies = queries.values_of_companies(companies) if "company" in abouts else {}
    known = [
        {**of_leads.get(lead.id, {}), **of_companies.get(lead.company_id or lead.id, {})}
        for lead in leads
    ]
    return [
        (lead, [(each.label, shown(values.get(key))) for key, each in own.items()])
        for lead, values in zip(leads, known, strict=True)
    ]


def _narrowed(filters: queries.LeadFilters) -> list[str]:
    """What those filters say, in words."""
    words = []
    if filters.entered:
        words.append(_("ever entered: %(stage)s") % {"stage": stage_label(filters.entered)})
    words += _span(_("first contact"), filters.contact_from, filters.contact_until)
    words += _span(_("entered"), filters.entered_from, filters.entered_until)
    if filters.import_id:
        name = queries.one_import(filters.import_id).file_name
        words.append(_("from the file %(name)s") % {"name": name})
    if filters.company:
        words.append(_("of one company"))
    if filters.campaign:
        words.append(_("of one campaign"))
    return words


def _span(what: str, begins_at: datetime | None, ends_at: datetime | None) -> list[str]:
    """A half-open span by its first and its last day, as the reader's zone has them."""
    begin = begins_at and day(timezone.localtime(begins_at).date())
    end = ends_at and day(timezone.localtime(ends_at - timedelta(seconds=1)).date())
    if begin and end:
        return [_("%(what)s %(begin)s to %(end)s") % {"what": what, "begin": begin, "end": end}]
    if begin:
        return [_("%(what)s from %(begin)s on") % {"what": what, "begin": begin}]
    return [_("%(what)s until %(end)s") % {"what": what, "end": end}] if end else []


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
        check_body(body=body, at=request.at)
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
