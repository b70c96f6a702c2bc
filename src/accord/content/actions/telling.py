"""Who is told of requests for content. An event tells each person once, whatever is repeated."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accord.agreement.models import Seat
from accord.base.ids import named_id
from accord.content.actions.answering import Taken
from accord.content.actions.watching import StepTaken
from accord.content.models import ContentRequest, Piece, RequestState
from accord.leads.queries import names_of
from accord.outbox.actions import Telling, tell
from accord.teams import queries as teams
from accord.teams.models import User

_PAGE = "/content/requests/"


def tell_of_asked(*, requests: Sequence[ContentRequest], by: uuid.UUID, at: datetime) -> None:
    """Tell all of marketing what sales asks for."""
    if not requests:
        return
    what, reps, people = _named(requests), teams.names([by]), teams.all_of_marketing()
    tell(
        tellings=[
            Telling(
                event_id=named_id("content asked", each.id),
                user_id=person,
                kind="content_request.asked",
                subject=_("%(rep)s asks for content: %(what)s")
                % {"rep": reps.get(by, ""), "what": what[each.id]},
                text=each.need,
                link=_page_of(each),
            )
            for each in requests
            for person in people
        ],
        at=at,
        by=by,
    )


def tell_of_taken(*, taken: Sequence[Taken], by: uuid.UUID, at: datetime) -> None:
    """Tell those who asked, and those who had it before, that somebody makes it now."""
    if not taken:
        return
    what, marketers = _named([each.request for each in taken]), teams.names([by])
    tell(
        tellings=[
            Telling(
                event_id=named_id("content taken", each.request.id, at.isoformat()),
                user_id=user_id,
                kind="content_request.taken",
                subject=_("%(marketer)s makes it now: %(what)s")
                % {"marketer": marketers.get(by, ""), "what": what[each.request.id]},
                link=_page_of(each.request),
            )
            for each in taken
            for user_id in filter(None, (each.request.asked_by_id, each.over_from))
        ],
        at=at,
        by=by,
    )


def tell_of_answered(*, requests: Sequence[ContentRequest], by: uuid.UUID, at: datetime) -> None:
    """Tell those who asked what marketing delivered, or why there will be none."""
    if not requests:
        return
    what = _named(requests)
    tell(
        tellings=[
            Telling(
                event_id=named_id("content answered", each.id),
                user_id=each.asked_by_id,
                kind="content_request.answered",
                subject=(
                    _("It is there: %(what)s")
                    if each.state == RequestState.DELIVERED
                    else _("Marketing says why not: %(what)s")
                )
                % {"what": what[each.id]},
                text="\n".join(filter(None, (each.words, each.link))),
                link=_page_of(each),
            )
            for each in requests
        ],
        at=at,
        by=by,
    )


def tell_of_withdrawn(*, requests: Sequence[ContentRequest], by: uuid.UUID, at: datetime) -> None:
    """Tell whoever had taken it on, else all of marketing, that nobody needs it any more."""
    if not requests:
        return
    what, reps, people = _named(requests), teams.names([by]), teams.all_of_marketing()
    tell(
        tellings=[
            Telling(
                event_id=named_id("content withdrawn", each.id),
                user_id=person,
                kind="content_request.withdrawn",
                subject=_("%(rep)s does not need it any more: %(what)s")
                % {"rep": reps.get(by, ""), "what": what[each.id]},
                link=_page_of(each),
            )
            for each in requests
            for person in ([each.taken_by_id] if each.taken_by_id else people)
        ],
        at=at,
        by=by,
    )


def tell_of_risk(*, steps: Sequence[StepTaken], at: datetime) -> None:
    """Warn all of marketing of what is soon due, each of them once."""
    if not steps:
        return
    what = _named([each.request for each in steps])
    zones = dict(
        User.objects.filter(id__in=teams.all_of_marketing()).values_list("id", "time_zone")
    )
    tell(
        tellings=[
            Telling(
                event_id=named_id("content at risk", each.request.id),
                user_id=user_id,
                kind="content_request.at_risk",
                subject=_("Due %(when)s: %(what)s")
                % {
                    "when": _when(each.request.due_at or at, zone),
                    "what": what[each.request.id],
                },
                text=_("Deliver it, or say why not."),
                link=_page_of(each.request),
            )
            for each in steps
            for user_id, zone in sorted(zones.items())
        ],
        at=at,
    )


def tell_of_missed(*, steps: Sequence[StepTaken], at: datetime) -> None:
    """Tell all of marketing, or its heads, as each step says, what sales still waits for."""
    if not steps:
        return
    what = _named([each.request for each in steps])
    told: dict[str, Collection[uuid.UUID]] = {
        "tell_rep": teams.all_of_marketing(),
        "tell_head": [head.id for head in teams.heads(Seat.MARKETING)],
    }
    tell(
        tellings=[
            Telling(
                event_id=named_id("content missed", each.request.id, each.step),
                user_id=user_id,
                kind="content_request.unanswered",
                subject=_("Sales still waits for what it asked for: %(what)s")
                % {"what": what[each.request.id]},
                text=_("Deliver it, or say why not."),
                link=_page_of(each.request),
            )
            for each in steps
            for user_id in told.get(each.step, ())
        ],
        at=at,
    )


def _named(requests: Collection[ContentRequest]) -> dict[uuid.UUID, str]:
    """What is asked for and for whom, in a few words, by the request."""
    leads = names_of({each.lead_id for each in requests if each.lead_id})
    return {
        each.id: _("%(piece)s for %(lead)s")
        % {"piece": Piece(each.piece).label, "lead": leads[each.lead_id]}
        if each.lead_id in leads
        else str(Piece(each.piece).label)
        for each in requests
    }


def _page_of(request: ContentRequest) -> str:
    return f"{_PAGE}?request={request.id}"


def _when(moment: datetime, zone: str) -> str:
    """A moment on the clock of whoever reads it."""
    return date_format(moment.astimezone(ZoneInfo(zone)), "D j M, H:i")
