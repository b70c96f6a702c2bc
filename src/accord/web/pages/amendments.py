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
from accord.agreement.faults import BadDocument
from accord.agreement.terms import read_terms
from accord.base.errors import Conflict, Invalid, Missing
from accord.qualification.queries import back_test
from accord.web.pages.back_tests import period

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_proposal(request: "Request") -> HttpResponse:
    """The text to change, what would change, and the proposal."""
    running = queries.running()
    if request.method != "POST":
        _number, digest = queries.newest()
        return _page(request, _begun(request) or queries.document_of(running.number), digest)
    document = request.POST.get("document", "").replace("\r\n", "\n")
    made_from = request.POST.get("made_from", "")
    try:
        terms = read_terms(document)
    except BadDocument as refusal:
        return _page(request, document, made_from, {"faults": refusal.faults}, status=422)
    seen = {"changes": changes(running, terms), "is_read": True}
    if request.POST.get("act") != "propose":
        return looked_at(request, document, made_from)
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


def _begun(request: "Request") -> str:
    """The text of a back-test that somebody goes on with; "" without one."""
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
    context = {
        **period(request),
        "document": document,
        "made_from": made_from,
        "reason": request.POST.get("reason", ""),
        "titles": _titles(document),
        "lines": max(20, min(document.count("\n") + 2, 45)),
    }
    return render(request, "agreement_proposal.html", context | (more or {}), status=status)


def _titles(document: str) -> dict[str, str]:
    """The definitions that can be put together in the builder; none where it cannot be read."""
    try:
        terms = read_terms(document)
    except BadDocument:
        terms = queries.running()
    return {key: each.title for key, each in terms.definitions.items()}


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
