"""One lead: who it is, what happened, where it stands and why."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accord.base.errors import Invalid, Refusal
from accord.base.lifecycle import Side
from accord.deals import queries as deals
from accord.flows import close, hand_off, learn
from accord.handoffs import queries as handoffs
from accord.leads import actions, queries, rules
from accord.qualification import reasons
from accord.web.acts import moved_on, once
from accord.web.filters import leads_url
from accord.web.nonces import read_nonce
from accord.web.stories import kind_choices, tell
from accord.web.templatetags.accord import day, figure

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
    *(
        "name",
        "email",
        "phone",
        "job_title",
        "need",
        "authority",
        "budget",
        "needed_by_on",
    ),
    *("industry", "country", "language", "lead_type"),
)
KINDS = {
    "need": "text",
    "budget": "number",
    "needed_by_on": "date",
    "email": "email",
    "phone": "tel",
}
SIDES = [(side.value, side.label) for side in Side if side != Side.NOBODY]
AUTHORITIES = (
    ("decides", gettext_lazy("Decides")),
    ("influences", gettext_lazy("Influences")),
    ("uses", gettext_lazy("Uses")),
    ("none", gettext_lazy("Has no say")),
)
WORDS = frozenset({"note.added", "question.asked"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that is known, as it is shown."""

    label: str
    value: str
    link: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Field:
    """A fact as it can be changed."""

    key: str
    label: str
    kind: str
    value: str
    choices: Iterable[tuple[str, str]] = ()


@require_GET
def lead(request: "Request", id: uuid.UUID) -> HttpResponse:
    """The lead's page; a merged lead's address leads to the one it became."""
    found = queries.one_lead(request.user, id)
    if found.id != id:
        return redirect("lead", found.id)
    why = reasons.why(found.id)
    context = {
        "lead": found,
        "lead_name": str(found),
        "facts": _facts(found),
        "identities": queries.identities_of(found.id),
        "stages": queries.stage_entries(found.id),
        "why": why,
        "questions": list(dict.fromkeys(q for verdict in why for q in verdict.questions)),
        "handoff": handoffs.open_handoff(found.id, at=request.at),
        "can_offer": found.holder == Side.MARKETING,
        "deals": deals.deals_of(found.id),
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


def _facts(lead: "Lead") -> list[Fact]:
    since = queries.facts_changed_at(lead.id)
    shown = [(key, _shown(lead, key)) for key in LABELS]
    return [
        Fact(str(LABELS[key]), value, _link(key, value), since.get(key))
        for key, value in shown
        if value
    ]


def _shown(lead: "Lead", key: str) -> str:
    value = getattr(lead, key)
    if value is None:
        return ""
    if key == "authority":
        return str(lead.get_authority_display())
    if key == "needed_by_on":
        return day(value)
    return figure(value) if key == "budget" else str(value)


def _link(key: str, value: str) -> str:
    if key == "source":
        return leads_url(queries.LeadFilters(source=value))
    return {"email": f"mailto:{value}", "phone": f"tel:{value}"}.get(key, "")


@require_http_methods(["GET", "HEAD", "POST"])
def lead_facts(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Change what is known; the old values stay behind, and the lead is judged anew."""
    found = queries.one_lead(request.user, id)
    if request.method != "POST":
        return _facts_form(request, found, {})
    given = {key: request.POST[key].strip() for key in CHANGEABLE if key in request.POST}
    try:
        facts = rules.read_facts(given)
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
    template = "parts/facts_form.html" if "HX-Request" in request.headers else "facts.html"
    context = {"lead": lead, "fields": fields}
    if refusal is None:
        return render(request, template, context)
    context |= {"sentence": refusal.sentence, "refused": getattr(refusal, "field", "")}
    return render(request, template, context, status=422)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


@require_POST
def lead_activities(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Keep a note, or a question that the lead asked."""
    found = queries.one_lead(request.user, id)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "").strip()
    if kind not in WORDS or not text:
        raise Invalid(_("There is nothing to keep: write a few words first."), field="text")
    side = Side.PROSPECT if kind == "question.asked" else Side(request.user.side)
    with once(read_nonce("activity", request.POST.get("nonce", ""))) as is_first:
        if is_first:
            actions.add_notes(
                notes={found.id: text}, side=side, by=request.user.id, at=request.at, kind=kind
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
