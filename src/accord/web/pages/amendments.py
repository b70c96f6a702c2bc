"""Changing the agreement: write it, see what changes, propose it; take it back, turn it down."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.agreement import actions, queries
from accord.agreement.comparing import changes
from accord.agreement.editing import parts
from accord.agreement.faults import BadDocument
from accord.agreement.fields import Part
from accord.agreement.terms import Terms, read_terms
from accord.base.errors import Conflict, Invalid, Missing
from accord.criteria.registry import registry
from accord.qualification.queries import back_test
from accord.web.builder import OPERATORS, things
from accord.web.pages.back_tests import period
from accord.web.proposals import SPAN_UNITS, terms_in, word_title, written
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_proposal(request: "Request") -> HttpResponse:
    """What can be changed, what would change, and the proposal."""
    running = queries.running()
    if request.method != "POST":
        _number, digest = queries.newest()
        return _page(request, _begun(request) or queries.document_of(running.number), digest)
    made_from = request.POST.get("made_from", "")
    document, faults = written(request)
    if faults:
        return _page(request, document, made_from, {"faults": faults}, status=422)
    act = request.POST.get("act", "")
    if act != "propose":
        return looked_at(request, document, made_from)
    seen = {"changes": changes(running, read_terms(document)), "is_read": True}
    try:
        number = _propose(request, document, made_from)
    except Invalid as refusal:
        return _page(request, document, made_from, seen | {"sentence": refusal.sentence}, 422)
    except Conflict as refusal:
        return _behind(request, document, refusal, seen)
    messages.success(request, _("Proposed. Both heads are told; it runs once both have signed it."))
    return redirect("agreement_version", number)


def looked_at(request: "Request", document: str, made_from: str) -> HttpResponse:
    """A text that can run, with what it changes, ready to be proposed. Raises BadDocument."""
    changed = changes(queries.running(), read_terms(document))
    return _page(request, document, made_from, {"changes": changed, "is_read": True})


def cannot_run(
    request: "Request", document: str, made_from: str, refusal: BadDocument
) -> HttpResponse:
    """A text with what keeps it from running."""
    return _page(request, document, made_from, {"faults": refusal.faults}, status=422)


def _begun(request: "Request") -> str:
    """The text of a version or a back-test that somebody goes on with; "" without one."""
    if (version := request.GET.get("version", "")).isdecimal():
        return queries.document_of(int(version))
    given, number = request.GET.get("back_test", ""), request.GET.get("variant", "")
    try:
        return str(back_test(uuid.UUID(given)).variants[int(number)]["document"])
    except (ValueError, IndexError, Missing):
        return ""


def _propose(request: "Request", document: str, made_from: str) -> int:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Invalid(_("Say why it should change: both heads read that first."), field="reason")
    return actions.propose(
        document=document, by=request.user.id, at=request.at, reason=reason, made_from=made_from
    )


def _behind(
    request: "Request", document: str, refusal: Conflict, seen: dict[str, Any]
) -> HttpResponse:
    """Somebody else proposed meanwhile: what theirs changes, and one's own text as it was."""
    number, digest = queries.newest()
    older = queries.before(number)
    theirs = changes(queries.terms_of(older), queries.terms_of(number)) if older else []
    seen |= {"sentence": refusal.sentence, "theirs": theirs, "their_number": number}
    return _page(request, document, digest, seen, status=409)


def _page(
    request: "Request",
    document: str,
    made_from: str,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    terms = terms_in(document)
    waiting = queries.proposed()
    context = {
        **period(request, terms.titles),
        "document": document,
        "made_from": made_from,
        "reason": request.POST.get("reason", ""),
        "parts": _parts(document, terms),
        "words": {key: word_title(key, terms) for key in terms.document.definitions},
        "clauses": {fault.clause: fault.sentence for fault in (more or {}).get("faults", ())},
        "things": things(terms).values(),
        "behaviours": [(key, each.label) for key, each in registry.behaviours.items()],
        "operators": OPERATORS.items(),
        "units": SPAN_UNITS.items(),
        "waiting": waiting,
        "waiting_changes": changes(queries.running(), queries.terms_of(waiting)) if waiting else [],
        "lines": max(20, min(document.count("\n") + 2, 45)),
    }
    template = "parts/proposal_seen.html" if is_partial(request) else "agreement_proposal.html"
    return render(request, template, context | (more or {}), status=status)


def _parts(document: str, terms: Terms) -> list[Part]:
    try:
        return parts(document, terms)
    except BadDocument:
        return []


@require_POST
def agreement_comments(request: "Request", number: int) -> HttpResponse:
    """Say something about a proposal."""
    actions.comment(
        number=number,
        place=request.POST.get("place", ""),
        text=request.POST.get("text", ""),
        by=request.user.id,
        at=request.at,
    )
    messages.success(request, _("Kept. Its author and the heads are told."))
    return redirect("agreement_version", number)


@require_POST
def agreement_withdrawal(request: "Request", number: int) -> HttpResponse:
    """Take one's own proposal back."""
    actions.withdraw(number=number, by=request.user.id, at=request.at)
    messages.success(request, _("Withdrawn. It stays in the list of versions."))
    return redirect("agreement_version", number)


@require_POST
def agreement_refusal(request: "Request", number: int) -> HttpResponse:
    """A head says no, with the reason."""
    why = request.POST.get("why", "")
    actions.turn_down(number=number, why=why, by=request.user.id, at=request.at)
    messages.success(request, _("Turned down. Whoever proposed it is told why."))
    return redirect("agreement_version", number)
