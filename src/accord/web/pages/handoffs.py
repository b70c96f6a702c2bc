"""The inbox: whom to call first and why; accept, log, pass back in place."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accord.agreement import queries as agreement
from accord.agreement.wording import clause_sentences
from accord.base.errors import Conflict, Invalid
from accord.criteria.language import leaves
from accord.flows import follow_up
from accord.flows import pass_back as flow
from accord.flows.pass_back import Said
from accord.handoffs import queries
from accord.handoffs.actions import Attempt, AttemptChannel
from accord.qualification.queries import verdicts_of
from accord.qualification.reasons import why as why_ready
from accord.teams import shown
from accord.web.acts import moved_on, replaced
from accord.web.in_place import answered, calls_of, is_in_inbox, opened
from accord.web.permissions import HEAD_OF_SALES, SALES
from accord.web.requests import begin_in, day_in, id_in, is_partial

if TYPE_CHECKING:
    from accord.agreement.terms import Terms
    from accord.web.requests import Request

SHOWS: dict[str, Any] = {
    "mine": gettext_lazy("Mine"),
    "queue": gettext_lazy("Queue"),
    "late": gettext_lazy("Waiting too long"),
    "all": gettext_lazy("All open"),
}
OF_SOMEBODY = frozenset({"late", "all"})  # what can be narrowed to one person's


@require_GET
def handoffs(request: "Request") -> HttpResponse:
    """Open handoffs, due first."""
    sells = not SALES.isdisjoint(request.user.roles)
    show = request.GET.get("show") or _first_shown(request)
    show = show if show in SHOWS else "all"
    owner = id_in(request.GET, "owner") if show in OF_SOMEBODY else None
    context: dict[str, Any] = {
        "show": show,
        "shows": [(key, label) for key, label in SHOWS.items() if sells or key != "mine"],
        "owner": owner,
        "owners": [each.user for each in shown.sellers(at=request.at)]
        if show in OF_SOMEBODY
        else [],
        "kept": queries.kept_today(request.user, request.at) if sells else None,
    }
    context |= _page(queries.Show(show), request, owner)
    template = "parts/handoff_list.html" if is_partial(request) else "handoffs.html"
    return render(request, template, context)


def _first_shown(request: "Request") -> str:
    """One's own; everybody's for whoever works none, and for a head who has none now."""
    roles = request.user.roles
    if SALES.isdisjoint(roles) or "owner" in request.GET:
        return "all"
    if HEAD_OF_SALES not in roles:
        return "mine"
    mine = queries.shown_count(queries.Show.MINE, user=request.user, at=request.at)
    return "mine" if mine else "all"


def _page(show: "queries.Show", request: "Request", owner: uuid.UUID | None) -> dict[str, Any]:
    """A page of the inbox, and where the next one begins."""
    begin = begin_in(request.GET)
    items = queries.shown(show, user=request.user, at=request.at, owner=owner, begin=begin)
    until = begin + queries.PAGE
    number = queries.shown_count(show, user=request.user, at=request.at, owner=owner)
    return {
        "inbox": items,
        "next_begin": until,
        "rest": max(number - until, 0),
        "calls": calls_of(request, items),
    }


@require_POST
def acceptance(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Accept: the lead is sales' from now on."""
    follow_up.accept(handoffs=[id], by=request.user.id, at=request.at)
    return answered(request, id, _("Accepted: %(lead)s."))


@require_POST
def claim(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Take a handoff out of the queue."""
    follow_up.claim(handoffs=[id], by=request.user.id, at=request.at)
    return answered(request, id, _("%(lead)s is yours now."))


@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: "Request", id: uuid.UUID) -> HttpResponse:
    """The head of sales gives a handoff to somebody else, with a reason; opens in place."""
    item = queries.one_open(id, at=request.at)
    sellers = shown.sellers(at=request.at)
    if request.method != "POST":
        return opened(request, "owner", item, {"reps": sellers})
    why = request.POST.get("why", "").strip()
    if not why:
        raise Invalid(_("Say in a few words why; both of them read it."), field="why")
    to = next(
        (each.user for each in sellers if str(each.user.id) == request.POST.get("owner")), None
    )
    if to is None:
        raise Invalid(_("Choose who has it from now on."), field="owner")
    if not follow_up.reassign(owners={id: to.id}, why=why, by=request.user.id, at=request.at):
        raise Conflict(_("It is with %(name)s already; choose somebody else.") % {"name": to.name})
    said = _("%(lead)s is with %(name)s now, out of the queue.")
    if item.handoff.owner_id:
        said = _("%(lead)s is with %(name)s now; both know of it.")
    return answered(request, id, said, name=to.name)


@require_http_methods(["GET", "HEAD", "POST"])
def attempts(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Log an attempt to reach the lead; opens in place."""
    item = queries.one_open(id, at=request.at)
    if request.method != "POST":
        context = {"channels": AttemptChannel.choices}
        return opened(request, "attempts", item, context)
    attempt = Attempt(
        lead_id=item.lead.id,
        channel=request.POST.get("channel", ""),
        outcome=request.POST.get("outcome", ""),
        note=request.POST.get("note", "").strip(),
    )
    until = day_in(request.POST, "until")
    follow_up.log_attempts(
        attempts=[attempt],
        until={id: until} if until else None,
        by=request.user.id,
        at=request.at,
    )
    return answered(request, id, _("Logged: %(lead)s."), tried=True)


@require_http_methods(["GET", "HEAD", "POST"])
def qualification(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Say that there is a real chance; opens in place with the agreement's checklist."""
    item = queries.one_open(id, at=request.at)
    if request.method != "POST":
        terms = agreement.terms_of(item.handoff.agreement_version)
        checks = [each for each in why_ready(item.lead.id) if each.key == terms.checklist]
        return opened(request, "qualification", item, {"checks": checks})
    follow_up.qualify(
        handoffs=[id], note=request.POST.get("note", ""), by=request.user.id, at=request.at
    )
    messages.success(request, _("Qualified. Open a deal when you know what it is about."))
    return moved_on(request, "lead", item.lead.id)


@require_http_methods(["GET", "HEAD", "POST"])
def pass_back(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Pass back with a reason of the agreement; opens in place."""
    item = queries.one_open(id, at=request.at)
    version = item.handoff.agreement_version
    terms = agreement.terms_of(version)
    if request.method != "POST":
        context = {
            "choices": queries.choices(version, at=request.at),
            "earliest": queries.earliest_re_entry(request.at),
            "blaming": [key for key, each in terms.reasons.items() if each.blames_definition],
            "clauses": _clauses(terms, item.lead.id),
            "counting": [key for key, each in terms.reasons.items() if each.after_attempts],
            "cadence": queries.cadence_of(item, at=request.at),
        }
        return opened(request, "pass_back", item, context)
    said = Said(
        reason=request.POST.get("reason", ""),
        asked=request.POST.get("asked", ""),
        note=request.POST.get("note", ""),
        blamed=request.POST.getlist("blamed") or None,
    )
    flow.pass_back(handoffs=[id], said=said, by=request.user.id, at=request.at)
    words = {"lead": item.lead, "reason": terms.reasons[said.reason].label}
    sentence = _("%(lead)s was passed back: %(reason)s.") % words
    undo = reverse("handoff_pass_back_undoing", args=[id])
    if is_partial(request) and is_in_inbox(request):
        return replaced(request, "", sentence=sentence, undo=undo)
    messages.success(request, sentence, extra_tags=undo)
    return moved_on(request, "handoffs")


@require_POST
def pass_back_undoing(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Take a pass-back back, within seconds of it."""
    flow.undo_pass_back(handoffs=[id], by=request.user.id, at=request.at)
    messages.success(request, _("Taken back. The lead stands where it stood."))
    return moved_on(request, "handoffs")


def _clauses(terms: "Terms", lead_id: uuid.UUID) -> list[tuple[str, str]]:
    """The lines that let this lead through, each once, those blamed most before first."""
    verdicts = verdicts_of([lead_id])[lead_id]
    sentences = clause_sentences(terms)
    lines = {
        sentences[f"{key}:{each.key}"]: f"{key}:{each.key}"
        for key, definition in terms.definitions.items()
        if key in verdicts and key != terms.checklist
        for each in leaves(definition.must)
        if each.key in verdicts[key].met
    }
    texts = {key: text for text, key in lines.items()}
    return [(key, texts[key]) for key in queries.likely_clauses(list(texts))]
