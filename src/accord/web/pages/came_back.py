"""Came back: marketing's inbox of what sales passed back, and its answers."""

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accord.base.errors import Invalid
from accord.flows.answer_pass_back import answer_pass_backs, keep_in_nurture
from accord.handoffs import queries
from accord.handoffs.actions import Answer
from accord.handoffs.queries import Of, Returned
from accord.web.acts import moved_on, replaced
from accord.web.requests import begin_in, day_in, id_of, is_partial
from accord.web.times import day as shown_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.handoffs.queries import CameBack
    from accord.web.requests import Request

SHOWS: dict[str, Any] = {
    Returned.OPEN: gettext_lazy("To answer"),
    Returned.MENDING: gettext_lazy("Data to mend"),
    Returned.MERGING: gettext_lazy("To merge"),
    Returned.MEETING: gettext_lazy("For the meeting"),
    Returned.ALL: gettext_lazy("All"),
}
_SAID = {
    Answer.AGREED: gettext_lazy("Answered: you agree."),
    Answer.MENDED: gettext_lazy("Answered: mended, and with sales again."),
    Answer.DISAGREED: gettext_lazy("Answered: you disagree. It is noted for the next meeting."),
}


_BY: dict[str, Any] = {
    "reason": gettext_lazy("By reason"),
    "clause": gettext_lazy("By line of the agreement"),
    "campaign": gettext_lazy("By campaign"),
}


@require_GET
def came_back(request: "Request") -> HttpResponse:
    """What came back, what is due first on top."""
    given = request.GET.get("show", "")
    show = Returned(given) if given in SHOWS else Returned.OPEN
    begin = begin_in(request.GET)
    of = _of(request)
    backs = queries.came_back(show, at=request.at, of=of, begin=begin)
    until = begin + queries.RETURNED_PAGE
    number = queries.came_back_count(show, at=request.at, of=of)
    context: dict[str, Any] = {
        "show": show,
        "shows": SHOWS.items(),
        "backs": backs,
        "earliest": queries.earliest_re_entry(request.at),
        "next_begin": until,
        "rest": max(number - until, 0),
        "answers_together": show == Returned.OPEN and number > 1,
        "meeting_days": queries.MEETING_SPAN.days,
        "narrowed": urlencode({key: request.GET[key] for key in _BY if request.GET.get(key)}),
    }
    if not is_partial(request):
        context["reasons"] = _reasons(backs)
        shares = queries.shares_of_came_back(show, at=request.at)
        context["shares"] = [(key, label, shares[key]) for key, label in _BY.items() if shares[key]]
    template = "parts/came_back_list.html" if is_partial(request) else "came_back.html"
    return render(request, template, context)


@require_POST
def came_back_answers(request: "Request") -> HttpResponse:
    """Answer one, or several in one go."""
    backs = [id_of(text, "backs") for text in request.POST.getlist("backs")]
    if not backs:
        raise Invalid(_("Choose what you answer: tick it in the list."), field="backs")
    answer = request.POST.get("answer", "")
    note = request.POST.get("note", "")
    answer_pass_backs(backs=backs, answer=answer, note=note, by=request.user.id, at=request.at)
    sentence = str(_SAID[Answer(answer)])
    if len(backs) == 1 and is_partial(request):
        return replaced(request, "", sentence=sentence)
    number = ngettext("%(n)d lead.", "%(n)d leads.", len(backs)) % {"n": len(backs)}
    messages.success(request, f"{sentence} {number}")
    return moved_on(request, "came_back")


@require_POST
def came_back_nurture(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Keep a lead that sales disqualified, until a day or until something new happens."""
    day = day_in(request.POST, "re_enter_on")
    keep_in_nurture(backs=[id], by=request.user.id, at=request.at, re_enter_on=day)
    sentence = _("Kept in nurture. It may return when something new happens.")
    if day:
        form = _("Kept in nurture. It may return when something new happens on %(day)s or later.")
        sentence = form % {"day": shown_day(day)}
    messages.success(request, sentence)
    return moved_on(request, "came_back")


def _reasons(backs: "Sequence[CameBack]") -> list[tuple[str, str, int]]:
    """The reasons of what is shown, each with how many, to be ticked at once; none of one alone."""
    labels = {each.back.reason: each.label for each in backs}
    numbers = Counter(each.back.reason for each in backs)
    found = [(key, labels[key], number) for key, number in numbers.most_common()]
    return found if len(found) > 1 else []


def _of(request: "Request") -> Of:
    """What the list is narrowed to; a campaign that is none narrows to nothing special."""
    campaign = request.GET.get("campaign", "")
    try:
        known = uuid.UUID(campaign) if campaign else None
    except ValueError:
        known = None
    return Of(request.GET.get("reason", ""), request.GET.get("clause", ""), known)
