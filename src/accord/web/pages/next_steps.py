"""What a rep does next about a handoff: planned, or put aside until later today."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.base.errors import Invalid
from accord.flows import follow_up
from accord.handoffs import queries
from accord.handoffs.actions import AttemptChannel, Plan
from accord.web.in_place import answered, opened
from accord.web.requests import moment_in

if TYPE_CHECKING:
    from accord.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def handoff_next_step(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Plan what is done next; opens in place with what the cadence proposes."""
    if request.method != "POST":
        item = queries.one_open(id, at=request.at)
        context = {
            "channels": AttemptChannel.choices,
            "cadence": queries.cadence_of(item, at=request.at),
        }
        return opened(request, "next_step", item, context)
    plan = Plan(
        channel=request.POST.get("channel", ""),
        due_at=_moment(request.POST, "due_at"),
        promised_to_prospect=bool(request.POST.get("promised")),
        in_place_of=_step(request.POST.get("in_place_of", "")),
    )
    follow_up.plan(plans={id: plan}, by=request.user.id, at=request.at)
    return answered(request, id, _("Planned: %(lead)s. It stands on Today when its time comes."))


@require_http_methods(["GET", "HEAD", "POST"])
def handoff_aside(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Put a handoff aside until a moment before it is due; opens in place."""
    if request.method != "POST":
        item = queries.one_open(id, at=request.at)
        moments = queries.moments_to_rest(item, at=request.at)
        return opened(request, "aside", item, {"moments": moments})
    until = _moment(request.POST, "until")
    follow_up.put_aside(until={id: until}, by=request.user.id, at=request.at)
    return answered(request, id, _("Put aside: %(lead)s comes back by itself."))


@require_POST
def handoff_aside_end(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Take a handoff up again before its time."""
    follow_up.bring_back(handoffs=[id], by=request.user.id, at=request.at)
    return answered(request, id, _("%(lead)s is back in its place."))


def _step(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise Invalid(_("That was no next step; load the page again.")) from error


def _moment(said: Mapping[str, str], field: str) -> datetime:
    moment = moment_in(said, field)
    if moment is None:
        raise Invalid(_("Say when."), field=field)
    return moment
