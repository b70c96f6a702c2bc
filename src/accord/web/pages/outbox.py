"""What could not be sent: by which channel, why, and sending it once more or dropping it."""

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accord.base.errors import Invalid
from accord.outbox import actions, kinds, queries
from accord.outbox.actions import CHANNELS
from accord.teams import queries as teams

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def outbox(request: "Request") -> HttpResponse:
    """Counts and what was given up; POST tries chosen ones again, or drops them."""
    if request.method == "POST":
        return _acted(request)
    rows, again = queries.given_up(), queries.tried_again()
    people = teams.names([each.user_id for each in rows])
    names = {**queries.chat_names({each.user_id for each in rows} - set(people)), **people}
    context = {
        "counts": [
            (CHANNELS[channel], by_state, by_state.get("dead", 0), again.get(channel))
            for channel, by_state in queries.not_sent()
        ],
        "again": again,
        "rows": [
            (each, names.get(each.user_id, _("somebody who has left")), kinds.of(each.kind).label)
            for each in rows
        ],
    }
    return render(request, "outbox.html", context)


def _acted(request: "Request") -> HttpResponse:
    try:
        ids = {uuid.UUID(id) for id in request.POST.getlist("ids")}
    except ValueError as error:
        raise Invalid(_("That was no notification; load the page again.")) from error
    if request.POST.get("what") == "drop":
        number = actions.drop(ids=ids)
        sentence = ngettext("%(n)s is dropped.", "%(n)s are dropped.", number)
    else:
        number = actions.try_again(ids=ids, at=request.at)
        sentence = ngettext("%(n)s is tried again now.", "%(n)s are tried again now.", number)
    if number:
        messages.success(request, sentence % {"n": number})
    else:
        messages.info(request, _("Nothing was chosen."))
    return redirect("outbox")
