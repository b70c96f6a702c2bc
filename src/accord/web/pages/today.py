"""Today: what needs this person, by the time left, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from accord.agreement import queries as agreement
from accord.agreement.reading import next_review
from accord.base.lifecycle import Side
from accord.content import queries as content
from accord.handoffs import queries as handoffs
from accord.handoffs.actions import AttemptChannel
from accord.handoffs.queries import Returned, Show
from accord.insights.leaks import leaks_by_side
from accord.insights.metrics import metric
from accord.leads import queries as leads
from accord.outbox import queries as outbox
from accord.teams import queries as teams
from accord.web import times
from accord.web.pages.agreement import SEATS
from accord.web.permissions import ADMIN, HEAD_OF_MARKETING, HEAD_OF_SALES, HEADS, MARKETING, SALES

if TYPE_CHECKING:
    from accord.agreement.terms import Terms
    from accord.content.queries import Asked
    from accord.handoffs.queries import InboxItem, Planned
    from accord.web.requests import Request

MOST = 12
FRESH = timedelta(days=2)  # so long an answer of marketing's stands here
_PLANNED: dict[str, Any] = {
    AttemptChannel.CALL: gettext_lazy("Call %(lead)s"),
    AttemptChannel.EMAIL: gettext_lazy("Write to %(lead)s"),
    AttemptChannel.MESSAGE: gettext_lazy("Send %(lead)s a message"),
    AttemptChannel.VISIT: gettext_lazy("Visit %(lead)s"),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that needs the person: what, until when, and where it is done."""

    sentence: str
    link: str
    icon: str
    side: str
    due_at: datetime | None = None
    about: str = ""
    act: str = ""


@require_GET
def today(request: "Request") -> HttpResponse:
    """What needs this person; for a company without leads, the first steps."""
    terms = agreement.running()
    todos = list(_todos(request, terms))
    timed = sorted((each for each in todos if each.due_at), key=lambda each: str(each.due_at))
    rest = [each for each in todos if not each.due_at]
    context: dict[str, Any] = {
        "todos": (timed + rest)[:MOST],
        "more": len(todos) > MOST,
        "calls": handoffs.open_calls(request.user) if SALES & set(request.user.roles) else [],
        "is_empty": not leads.lead_page(request.user, leads.LeadFilters()).leads,
        "is_trial": terms.is_trial,
        "alone": len(teams.people()) == 1,
    }
    return render(request, "today.html", context)


def _todos(request: "Request", terms: "Terms") -> Iterator[Todo]:
    roles = set(request.user.roles)
    if roles & HEADS:
        yield from _signatures(request, terms)
        yield from _review(request, terms)
    if roles & SALES:
        mine = handoffs.shown(Show.MINE, user=request.user, at=request.at, limit=MOST + 1)
        yield from (_call(item, request.at) for item in mine if not item.aside_until)
        yield from map(_step, handoffs.my_next_steps(request.user, at=request.at))
        yield from _queue(request)
        yield from _answered(request)
    if HEAD_OF_SALES in roles:
        yield from _late(request)
    if ADMIN in roles:
        yield from _given_up()
    if roles & HEADS:
        yield from _leaks(roles, request.at)
    if roles & MARKETING:
        yield from _came_back(request.at)
        yield from _asked(request)


def _signatures(request: "Request", terms: "Terms") -> Iterator[Todo]:
    number = agreement.proposed() or (terms.number if terms.is_trial else None)
    if number is None:
        return
    missing = agreement.version(number).missing_seats
    if any(SEATS[seat] in request.user.roles for seat in missing):
        yield Todo(
            sentence=_("Read and sign version %(n)d of the agreement") % {"n": number},
            about=_("Until both heads have signed, it runs on trial.") if terms.is_trial else "",
            link=reverse("agreement_version", args=[number]) + "#signatures",
            icon="writing-sign",
            side="both",
            act=_("Read it"),
        )


def _review(request: "Request", terms: "Terms") -> Iterator[Todo]:
    """From the day of the agreement's review until a newer version is in force."""
    day = next_review(terms, since=agreement.version(terms.number).in_force_from)
    if day and day <= localdate(request.at):
        yield Todo(
            sentence=_("Review the agreement together"),
            about=_("Its review was due on %(day)s; a version that both sign sets the next day.")
            % {"day": times.day(day)},
            link=reverse("agreement"),
            icon="calendar-due",
            side="both",
            act=_("Read it"),
        )


def _call(item: "InboxItem", at: datetime) -> Todo:
    """What is promised or planned first; what waits for a day they asked for, on that day."""
    first = item.brief.get("first", {})
    lead, step = item.lead, item.next_step
    sentence = first.get("text") or _("Answer the handoff of %(lead)s") % {"lead": lead}
    what = item.first.label if item.first else ""
    if step and step.due_at == item.due_at:
        sentence = _PLANNED[step.channel] % {"lead": lead}
        what = _("promised to them") if step.promised_to_prospect else _("as you planned")
    return Todo(
        sentence=sentence,
        about=" · ".join(filter(None, (lead.company.name if lead.company else "", what))),
        link=reverse("lead", args=[lead.id]),
        icon="phone" if first.get("channel") == "call" else "mail",
        side="sales",
        due_at=item.due_at,
        act=_("Open"),
    )


def _step(planned: "Planned") -> Todo:
    """A next step about a lead that is qualified; the others stand with their handoff."""
    promised = planned.step.promised_to_prospect
    return Todo(
        sentence=_PLANNED[planned.step.channel] % {"lead": planned.lead},
        about=_("promised to them") if promised else _("as you planned"),
        link=reverse("lead", args=[planned.step.lead_id]),
        icon="calendar-due",
        side="sales",
        due_at=planned.step.due_at,
        act=_("Open"),
    )


def _queue(request: "Request") -> Iterator[Todo]:
    number = handoffs.shown_count(Show.QUEUE, user=request.user, at=request.at)
    if number:
        sentence = ngettext(
            "%(n)d lead waits in the queue", "%(n)d leads wait in the queue", number
        )
        yield Todo(
            sentence=sentence % {"n": number},
            about=_("Nobody was there when they were handed over; take one."),
            link=reverse("handoffs") + "?show=queue",
            icon="inbox",
            side="marketing",
            act=_("Look"),
        )


def _late(request: "Request") -> Iterator[Todo]:
    others = handoffs.late_of_others(request.user, request.at)
    number = sum(others.values())
    if number:
        sentence = ngettext("%(n)d lead waits too long", "%(n)d leads wait too long", number)
        yield Todo(
            sentence=sentence % {"n": number},
            about=", ".join(name for name in others if name),
            link=reverse("handoffs") + "?show=late",
            icon="alarm",
            side="sales",
            act=_("Look"),
        )


def _given_up() -> Iterator[Todo]:
    """What was to go out by mail, browser or chat and is not tried any more."""
    number = outbox.given_up_count()
    if number:
        sentence = ngettext(
            "%(n)d message was not delivered", "%(n)d messages were not delivered", number
        )
        yield Todo(
            sentence=sentence % {"n": number},
            about=_("Try them again once it works, or drop them; in Accord they still stand."),
            link=reverse("outbox"),
            icon="mail-off",
            side=Side.ACCORD.value,
            act=_("Look"),
        )


def _leaks(roles: set[str], at: datetime) -> Iterator[Todo]:
    """What slips on the sides that this person heads; nothing where nothing does."""
    heads = {Side.SALES: HEAD_OF_SALES, Side.MARKETING: HEAD_OF_MARKETING}
    of_side = {side: found for side, found in leaks_by_side(at=at).items() if heads[side] in roles}
    for side, found in of_side.items():
        number = sum(found.values())
        if not number:
            continue
        sentence = ngettext("%(n)d lead slips", "%(n)d leads slip", number) % {"n": number}
        labels = [str(metric(key).label) for key, each in found.items() if each]
        yield Todo(
            sentence=sentence,
            about=" · ".join(labels),
            link=reverse("leaks"),
            icon="droplet",
            side=side.value,
            act=_("Look"),
        )


def _came_back(at: datetime) -> Iterator[Todo]:
    for each in handoffs.came_back(Returned.OPEN, at=at, limit=MOST + 1):
        words = {"by": each.by, "lead": each.lead, "reason": each.label}
        yield Todo(
            sentence=_("%(by)s passed back %(lead)s: %(reason)s") % words,
            about=each.back.note,
            link=f"{reverse('came_back')}#back-{each.id}",
            icon="arrow-back-up",
            side="marketing",
            due_at=each.promise.due_at if each.promise else None,
            act=_("Answer"),
        )


def _asked(request: "Request") -> Iterator[Todo]:
    """What sales asked for, and nobody else of marketing makes."""
    for each in content.shown(content.Show.OPEN, user=request.user, limit=MOST + 1):
        if each.is_free or each.request.taken_by_id == request.user.id:
            yield Todo(
                sentence=_("%(by)s asks for content: %(what)s")
                % {"by": each.asked_by, "what": _what(each)},
                about=_short(each.request.need),
                link=f"{reverse('content_requests')}#request-{each.request.id}",
                icon="file-text",
                side="marketing",
                due_at=each.request.due_at,
                act=_("Answer"),
            )


def _answered(request: "Request") -> Iterator[Todo]:
    """What marketing answered lately."""
    for each in content.answered_lately(request.user, since=request.at - FRESH):
        is_there = each.request.state == "delivered"
        said = _("It is there: %(what)s") if is_there else _("Marketing says why not: %(what)s")
        yield Todo(
            sentence=said % {"what": _what(each)},
            about=_short(each.request.words),
            link=f"{reverse('content_requests')}?request={each.request.id}",
            icon="file-check" if is_there else "message-2",
            side="marketing",
            act=_("Open"),
        )


def _short(text: str) -> str:
    return shorten(text, 160, placeholder="…")


def _what(each: "Asked") -> str:
    words = {"piece": each.request.get_piece_display(), "lead": each.lead}
    return _("%(piece)s for %(lead)s") % words if each.lead else str(words["piece"])
