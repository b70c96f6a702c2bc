"""What the data suggests: clauses that let in or shut out the wrong leads, facts, and points."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accord.agreement import queries as agreement
from accord.agreement.rewriting import entry_in, with_entry
from accord.criteria.registry import registry
from accord.criteria.scorecards import FIT
from accord.insights.clauses import effects
from accord.insights.learning import TooFew, learn_fit
from accord.qualification.queries import readiness
from accord.web.pages.amendments import looked_at
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.agreement.terms import Terms
    from accord.web.requests import Request

_SHOWN = 8  # facts that are missing


@require_http_methods(["GET", "HEAD", "POST"])
def suggestions(request: "Request") -> HttpResponse:
    """The suggestions; sent, the learnt scorecard goes into a proposal. Nothing applies itself."""
    terms = agreement.running()
    if request.method == "POST":
        return _proposed(request, terms)
    if not is_partial(request) and "now" not in request.GET:
        return render(request, "suggestions.html", {"is_waiting": True})
    context = {
        "effects": [effects(terms, key, at=request.at) for key in _deciding(terms)],
        "missing": _missing(terms),
        **_learnt(request, terms),
    }
    template = "parts/suggestions.html" if is_partial(request) else "suggestions.html"
    return render(request, template, context)


def _deciding(terms: "Terms") -> list[str]:
    """The definitions that move leads: those that enter a stage, and the gate."""
    staged = [key for key, each in terms.definitions.items() if each.stage]
    return list(dict.fromkeys([*staged, terms.gate]))


def _missing(terms: "Terms") -> list[tuple[str, str, int]]:
    """The facts that are missing most often where nobody can tell: definition, fact, leads."""
    return [
        (terms.definitions[key].title, registry.label(fact), number)
        for key in _deciding(terms)
        for fact, number in readiness(definition=key).missing[:_SHOWN]
    ]


def _learnt(request: "Request", terms: "Terms") -> dict[str, Any]:
    try:
        return {"learnt": learn_fit(terms, at=request.at)}
    except TooFew as refusal:
        return {"too_few": refusal.sentence}


def _proposed(request: "Request", terms: "Terms") -> HttpResponse:
    learnt = learn_fit(terms, at=request.at)
    document = agreement.document_of(terms.number)
    before = entry_in(document, "scorecards", FIT)
    card = learnt.scorecard(
        str(before.get("title") or _("Fit")),
        str(before.get("text") or _("How alike somebody is to those who became customers.")),
    )
    return looked_at(request, with_entry(document, "scorecards", FIT, card), agreement.newest()[1])
