"""Acting on a handoff where it stands: in the inbox, or on its lead's page."""

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accord.handoffs import queries
from accord.web.acts import moved_on, replaced
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.handoffs.queries import InboxItem, OpenCall
    from accord.web.requests import Request


def opened(
    request: "Request", what: str, item: "InboxItem", context: dict[str, Any]
) -> HttpResponse:
    """A form below the handoff it is about; without htmx, a page of its own."""
    here = is_in_inbox(request)
    context |= {
        "item": item,
        "form_template": f"parts/{what}_form.html",
        "next_page": reverse("handoffs") if here else reverse("lead", args=[item.lead.id]),
    }
    if is_partial(request):
        return render(request, context["form_template"], context)
    return render(request, "handoff_act.html", {**context, "calls": calls_of(request, [item])})


def answered(
    request: "Request", id: uuid.UUID, sentence: str, *, tried: bool = False, **words: str
) -> HttpResponse:
    """The handoff as it is now, in its place in the inbox; else back to where one was.

    The sentence has a gap for the lead, and for `words`, so that a notice tells of whom it is.
    `tried`: an attempt was just logged, so what comes next is proposed below it.
    """
    item = queries.one_open(id, at=request.at)
    sentence %= {"lead": item.lead, **words}
    if not (is_partial(request) and is_in_inbox(request)):
        messages.success(request, sentence)
        to = request.POST.get("next") or "handoffs"
        return moved_on(request, f"{to}?tried=1" if tried and to.startswith("/leads/") else to)
    context: dict[str, Any] = {
        "item": item,
        "calls": calls_of(request, [item]),
        "cadence": queries.cadence_of(item, at=request.at) if tried else None,
    }
    return replaced(request, "parts/handoff.html", context, sentence=sentence)


def calls_of(request: "Request", items: Iterable["InboxItem"]) -> Mapping[uuid.UUID, "OpenCall"]:
    """The calls that this person began, by lead, of which the outcome is still to be said."""
    leads = {item.lead.id for item in items}
    return {call.lead.id: call for call in queries.open_calls(request.user, leads=leads)}


def is_in_inbox(request: "Request") -> bool:
    """Whether one acts in the inbox, not on a lead's page."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path == reverse("handoffs")
