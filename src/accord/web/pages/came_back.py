"""Came back: marketing's inbox of what sales passed back, and its answers."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accord.base.errors import Invalid
from accord.flows.answer_pass_back import answer_pass_backs
from accord.handoffs import queries
from accord.handoffs.actions import Answer
from accord.handoffs.queries import Returned
from accord.web.acts import moved_on, replaced
from accord.web.requests import is_partial

if TYPE_CHECKING:
    from accord.web.requests import Request

SHOWS: dict[str, Any] = {
    Returned.OPEN: gettext_lazy("To answer"),
    Returned.MENDING: gettext_lazy("Data to mend"),
    Returned.MEETING: gettext_lazy("For the meeting"),
    Returned.ALL: gettext_lazy("All"),
}
_SAID = {
    Answer.AGREED: gettext_lazy("Answered: you agree."),
    Answer.MENDED: gettext_lazy("Answered: mended, and with sales again."),
    Answer.DISAGREED: gettext_lazy("Answered: you disagree. It is noted for the next meeting."),
}


@require_GET
def came_back(request: "Request") -> HttpResponse:
    """What came back, what is due first on top."""
    given = request.GET.get("show", "")
    show = Returned(given) if given in SHOWS else Returned.OPEN
    begin = int(text) if (text := request.GET.get("begin", "")).isdecimal() else 0
    backs = queries.came_back(show, at=request.at, begin=begin)
    until = begin + queries.RETURNED_PAGE
    context: dict[str, Any] = {
        "show": show,
        "shows": SHOWS.items(),
        "backs": backs,
        "next_begin": until,
        "rest": max(queries.came_back_count(show) - until, 0),
    }
    template = "parts/came_back_list.html" if is_partial(request) else "came_back.html"
    return render(request, template, context)


@require_POST
def came_back_answers(request: "Request") -> HttpResponse:
    """Answer one, or several in one go."""
    backs = [_id(text) for text in request.POST.getlist("backs")]
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


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid(
            _("“%(text)s” is not in the list.") % {"text": text}, field="backs"
        ) from error
