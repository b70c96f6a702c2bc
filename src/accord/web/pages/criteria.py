"""The builder: a definition put together row by row, with how many leads it would hold for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.agreement import queries as agreement
from accord.agreement.faults import BadDocument, Fault
from accord.agreement.terms import Terms, read_terms
from accord.criteria.arranging import settled, unfinished
from accord.criteria.drafting import place_of
from accord.criteria.registry import registry
from accord.insights.rules import estimate
from accord.leads.queries import visible_to
from accord.qualification.asking import Asked, ask, values_offered
from accord.web.builder import LACKING, Thing, facts_asked, shown, things
from accord.web.drafts import Draft, acted, begun, sent, text_of
from accord.web.pages.amendments import cannot_run, looked_at
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.teams.models import User
    from accord.web.requests import Request

EXACT_BELOW = 200  # leads in the sample of a hundredth: of so few all are asked at once


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_criteria(request: "Request") -> HttpResponse:
    """The builder; with `act` done the proposal with the definition in it."""
    known = things(_terms(request))
    draft = begun(request) if "rows" not in request.POST else sent(request, known)
    act = request.POST.get("act", "")
    draft = replace(draft, rows=settled(acted(draft.rows, act), registry=registry))
    if act == "drop":
        return _dropped(request, draft)
    faults, document = _faults(draft)
    lacking = unfinished(draft.rows)
    if act == "done" and not faults and not lacking:
        return looked_at(request, document, draft.made_from)
    wrong = _wrong(draft, faults, lacking if act == "done" else _unknown(lacking))
    offered = values_offered(facts_asked(draft.rows), user=request.user)
    rows = [*_shown(draft, known, wrong, offered)]
    context = {
        "draft": draft,
        "levels": [
            (level, title, [each for each in rows if each["row"].level == level])
            for level, title in (
                ("must", _("They must meet all of these")),
                ("should", _("And it helps when")),
            )
        ],
        "things": known.values(),
        "faults": [each for each in faults if _row_of(draft, each) is None],
        "wrong": wrong.items(),
        "open_rows": len(lacking),
        "is_asked": bool(act) or request.method == "POST",
    }
    template = "parts/builder.html" if is_partial(request) else "builder.html"
    return render(request, template, context, status=422 if act == "done" else 200)


def _dropped(request: "Request", draft: Draft) -> HttpResponse:
    """The proposal without the word, or what keeps it from running."""
    document = draft.dropped()
    try:
        return looked_at(request, document, draft.made_from)
    except BadDocument as refusal:
        return cannot_run(request, document, draft.made_from, refusal)


@require_POST
def agreement_count(request: "Request") -> HttpResponse:
    """How many leads the definition holds for now: of a hundredth of them, or of all."""
    known = things(_terms(request))
    draft = sent(request, known)
    faults, document = _faults(draft)
    if faults:
        return render(request, "parts/builder_count.html", {"faults": faults})
    terms = read_terms(document)
    if draft.key not in terms.definitions:
        return render(request, "parts/builder_count.html", {"is_text": True})
    found = ask(terms, draft.key, at=request.at, is_sample=True)
    is_exact = request.GET.get("of") == "all" or found.leads < EXACT_BELOW
    if is_exact:
        found = ask(terms, draft.key, at=request.at, is_sample=False)
    context = {
        "counts": [*_counts(found, is_exact, request.user)],
        "is_exact": is_exact,
        "open_rows": len(unfinished(draft.rows)),
    }
    return render(request, "parts/builder_count.html", context)


def _counts(found: Asked, is_exact: bool, user: "User") -> Iterator[dict[str, Any]]:  # noqa: FBT001
    """Each outcome: how many leads, by how much that may be off, and a few of them."""
    ids = [lead for leads in found.examples.values() for lead in leads]
    leads = visible_to(user).select_related("company").in_bulk(ids)
    for outcome, number in found.numbers.items():
        all_, doubt = number, 0
        if not is_exact:
            all_, doubt = estimate(number, found.leads, found.leads * 100)
        yield {
            "outcome": outcome,
            "number": all_,
            "doubt": doubt,
            "share": number / found.leads if found.leads else None,
            "leads": [leads[each] for each in found.examples[outcome] if each in leads],
        }


def _terms(request: "Request") -> Terms:
    """The terms of the document, or those that run where it cannot be read."""
    try:
        return read_terms(text_of(request.POST, "document"))
    except BadDocument:
        return agreement.running()


def _faults(draft: Draft) -> tuple[Sequence[Fault], str]:
    """What keeps the finished rows from running, and the document with them."""
    try:
        document = draft.written()
        read_terms(document)
    except BadDocument as refusal:
        return refusal.faults, ""
    return (), document


def _unknown(lacking: Mapping[int, str]) -> dict[int, str]:
    """Of what rows lack, that which cannot be right whatever comes after."""
    return {place: what for place, what in lacking.items() if what == "name"}


def _wrong(draft: Draft, faults: Sequence[Fault], lacking: Mapping[int, str]) -> dict[int, str]:
    """A sentence for each row that keeps it from running, by its place."""
    found = {place: str(LACKING[what]) for place, what in lacking.items()}
    for fault in faults:
        place = _row_of(draft, fault)
        if place is not None:
            found.setdefault(place, fault.sentence)
    return dict(sorted(found.items()))


def _row_of(draft: Draft, fault: Fault) -> int | None:
    before = f"definitions.{draft.key}."
    if not fault.clause.startswith(before):
        return None
    return place_of(draft.rows, fault.clause.removeprefix(before), registry=registry)


def _shown(
    draft: Draft,
    known: Mapping[str, Thing],
    wrong: Mapping[int, str],
    offered: Mapping[str, Sequence[str]],
) -> Iterator[dict[str, Any]]:
    labels = {thing.asks: thing.label for thing in known.values()}
    for number, row in enumerate(draft.rows):
        yield shown(row, number, labels, offered) | {"wrong": wrong.get(number, "")}
