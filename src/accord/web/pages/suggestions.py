"""What the data suggests: clauses that let in or shut out the wrong leads, facts, and points."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accord.agreement import queries as agreement
from accord.agreement.rewriting import entry_in, with_entry
from accord.criteria.scorecards import FIT
from accord.insights.clauses import decided_page
from accord.insights.learning import learn_fit
from accord.insights.suggestions import suggestions as suggested
from accord.web.pages.amendments import looked_at
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.agreement.terms import Terms
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def suggestions(request: "Request") -> HttpResponse:
    """The suggestions; sent, the learnt scorecard goes into a proposal. Nothing applies itself."""
    terms = agreement.running()
    if request.method == "POST":
        return _proposed(request, terms)
    if not is_partial(request) and "now" not in request.GET:
        return render(request, "suggestions.html", {"is_waiting": True})
    found = suggested(terms, at=request.at)
    template = "parts/suggestions.html" if is_partial(request) else "suggestions.html"
    return render(request, template, {"found": found, "learnt": found.learnt})


def _proposed(request: "Request", terms: "Terms") -> HttpResponse:
    learnt = learn_fit(terms, at=request.at)
    document = agreement.document_of(terms.number)
    before = entry_in(document, "scorecards", FIT)
    card = learnt.scorecard(
        str(before.get("title") or _("Fit")),
        str(before.get("text") or _("How alike somebody is to those who became customers.")),
    )
    return looked_at(request, with_entry(document, "scorecards", FIT, card), agreement.newest()[1])


@require_GET
def suggestion_rows(request: "Request") -> HttpResponse:
    """The leads behind a figure of a clause."""
    names = ("definition", "clause", "of", "part")
    given = {name: request.GET.get(name, "") for name in names}
    cursor = request.GET.get("cursor", "")
    page = decided_page(
        agreement.running(), **given, user=request.user, at=request.at, cursor=cursor
    )
    context = {"page": page, "query": urlencode(given), "is_later_page": bool(cursor)}
    return render(request, "suggestion_rows.html", context)
