"""One lead: who it is, what happened, where it stands and why."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accord.base.errors import Invalid
from accord.base.lifecycle import Side
from accord.deals import queries as deals
from accord.flows import close, hand_off
from accord.flows.take_notes import take_note
from accord.handoffs import queries as handoffs
from accord.leads import queries
from accord.leads.actions.attachments import MOST_BYTES, NewFile
from accord.qualification import reasons
from accord.qualification.points import points_of
from accord.teams.queries import people
from accord.web.acts import moved_on, once
from accord.web.nonces import read_nonce
from accord.web.pages.facts import facts_of
from accord.web.stories import kind_choices, tell

if TYPE_CHECKING:
    from accord.web.requests import Request

SIDES = [(side.value, side.label) for side in Side if side != Side.NOBODY]
WORDS = frozenset({"note.added", "question.asked"})


@require_GET
def lead(request: "Request", id: uuid.UUID) -> HttpResponse:
    """The lead's page; a merged lead's address leads to the one it became."""
    found = queries.one_lead(request.user, id)
    if found.id != id:
        return redirect("lead", found.id)
    why = reasons.why(found.id)
    handoff = handoffs.open_handoff(found.id, at=request.at)
    tried = handoff is not None and "tried" in request.GET
    context = {
        "lead": found,
        "lead_name": str(found),
        "facts": facts_of(request, found),
        "consents": queries.consents_of(found.id),
        "identities": queries.identities_of(found.id),
        "stages": queries.stage_entries(found.id),
        "why": why,
        "points": points_of(found.id),
        "questions": list(dict.fromkeys(q for verdict in why for q in verdict.questions)),
        "handoff": handoff,
        "why_them": handoffs.why_them(handoff.id) if handoff else (),
        "cadence": handoffs.cadence_of(handoff, at=request.at) if handoff and tried else None,
        "calls": {c.lead.id: c for c in handoffs.open_calls(request.user, leads={found.id})},
        "can_offer": found.holder == Side.MARKETING,
        "colleagues": [each.name for each in people() if each.id != request.user.id],
        "deals": deals.deals_of(found.id),
        "alike": queries.suspects_of(found.id),
        "merges": queries.merges_of(found.id),
    }
    return render(request, "lead.html", {**context, **_story(request, found.id)})


@require_GET
def lead_timeline(request: "Request", id: uuid.UUID) -> HttpResponse:
    """What happened, from a cursor on, of one side or kind."""
    found = queries.one_lead(request.user, id)
    return render(request, "parts/story.html", {"lead": found, **_story(request, found.id)})


def _story(request: "Request", id: uuid.UUID) -> dict[str, Any]:
    side, kind = request.GET.get("side", ""), request.GET.get("kind", "")
    page = queries.timeline(
        id,
        kinds=[kind] if kind else [],
        side=side,
        cursor=request.GET.get("cursor", ""),
    )
    return {
        "story": tell(page.activities),
        "story_cursor": page.next_cursor,
        "side_filter": side,
        "kind_filter": kind,
        "sides": SIDES,
        "kinds": kind_choices(),
    }


@require_POST
def lead_activities(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Keep a note, or a question that the lead asked."""
    found = queries.one_lead(request.user, id)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "").strip()
    files = [
        NewFile(each.name or "", each.read(MOST_BYTES + 1))
        for each in request.FILES.getlist("files")
    ]
    if kind not in WORDS or not (text or files):
        raise Invalid(_("There is nothing to keep: write a few words first."), field="text")
    side = Side.PROSPECT if kind == "question.asked" else Side(request.user.side)
    with once(read_nonce("activity", request.POST.get("nonce", ""))) as is_first:
        if is_first:
            take_note(
                lead=found,
                text=text,
                kind=kind,
                side=side,
                by=request.user.id,
                at=request.at,
                files=files,
            )
    return moved_on(request, "lead", found.id)


@require_POST
def lead_offer(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Marketing hands a lead over by hand, with its reason."""
    found = queries.one_lead(request.user, id)
    why = request.POST.get("why", "").strip()
    if not why:
        raise Invalid(_("Say in a few words why sales should call now."), field="why")
    hand_off.offer(leads={found.id}, by=request.user.id, why=why, at=request.at)
    messages.success(request, _("Handed over. The rep is told in Accord and by e-mail."))
    return moved_on(request, "lead", found.id)


@require_POST
def lead_deals(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Open a deal with a lead."""
    found = queries.one_lead(request.user, id)
    with once(read_nonce("deal", request.POST.get("nonce", ""))) as is_first:
        if is_first:
            close.open_deal(
                lead=found.id,
                title=request.POST.get("title", ""),
                amount=request.POST.get("amount", ""),
                by=request.user.id,
                at=request.at,
            )
    messages.success(request, _("The deal is open; it stands in the first step."))
    return moved_on(request, "lead", found.id)
