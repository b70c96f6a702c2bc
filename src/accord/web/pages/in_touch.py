"""Already in touch: what a warning offers, so that nobody is late who is not."""

import uuid
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accord.base.errors import Invalid
from accord.flows import follow_up
from accord.handoffs import queries
from accord.handoffs.actions import Attempt, AttemptChannel, AttemptOutcome
from accord.web.in_place import answered, opened
from accord.web.requests import past_moment

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def handoff_in_touch(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Say by one tap on a channel that one is in touch; what and when may be added.

    Following the link of a mail changes nothing: programs follow links, too.
    """
    item = queries.one_open(id, at=request.at)
    since = (item.handoff.assigned_at or item.handoff.offered_at).replace(second=0, microsecond=0)
    if request.method != "POST":
        context = {"channels": AttemptChannel.choices, "since": since}
        return opened(request, "in_touch", item, context)
    tried_at = past_moment(request, "tried_at")
    if tried_at and tried_at < since:
        raise Invalid(
            _("That was before this lead was handed over; say when you were in touch since then."),
            field="tried_at",
        )
    talked = bool(request.POST.get("talked"))
    attempt = Attempt(
        lead_id=item.lead.id,
        channel=request.POST.get("channel", ""),
        outcome=AttemptOutcome.CONNECTED if talked else AttemptOutcome.LEFT_MESSAGE,
        note=request.POST.get("note", "").strip(),
        tried_at=tried_at,
    )
    follow_up.log_attempts(attempts=[attempt], by=request.user.id, at=request.at)
    return answered(request, id, _("Noted: you are in touch with %(lead)s."), tried=True)
