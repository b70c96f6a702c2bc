"""Asking marketing for content: the request, its promise, and the line on the timeline."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.clocks import moments
from accord.agreement.queries import running
from accord.base.errors import Invalid, Missing
from accord.base.ids import new_id
from accord.base.lifecycle import Side
from accord.content.models import ContentRequest, RequestState
from accord.deals.models import Deal
from accord.leads.actions import record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity
from accord.teams.queries import company_calendar

PROMISE = "content"  # its name in the agreement


@dataclass(frozen=True)
class Wanted:
    """A piece of content that is asked for. A deal brings its lead with it."""

    piece: str
    need: str
    lead: uuid.UUID | None = None
    deal: uuid.UUID | None = None
    needed_on: date | None = None
    is_reusable: bool = False


def ask(*, wanted: Sequence[Wanted], by: uuid.UUID, at: datetime) -> list[ContentRequest]:
    """Keep requests, all or none, each with its moment due by the agreement in force.

    Raises Missing for a lead or deal that there is not, Invalid for a deal of another lead.
    """
    with transaction.atomic():
        leads = _leads_of(wanted)
        known = {lead for lead in leads if lead}
        if hold_leads(leads=known) != known:
            raise Missing(_("There is no such lead; it may have been merged. Look it up again."))
        terms = running()
        promised = terms.marketing.content
        due = promised and moments(
            span=promised,
            warning=terms.warning_of(PROMISE),
            calendar=company_calendar(),
            started_at=at,
        )
        requests = ContentRequest.objects.bulk_create(
            ContentRequest(
                id=new_id(),
                lead_id=lead,
                deal_id=each.deal,
                piece=each.piece,
                need=each.need,
                needed_on=each.needed_on,
                is_reusable=each.is_reusable,
                state=RequestState.ASKED,
                agreement_version=terms.number,
                asked_at=at,
                asked_by_id=by,
                due_at=due.due_at if due else None,
                warns_at=due.warns_at if due else None,
                escalates_at=(due.warns_at or due.due_at) if due else None,
            )
            for each, lead in zip(wanted, leads, strict=True)
        )
        record(requests=requests, kind="content_request.asked", side=Side.SALES, by=by, at=at)
    return requests


def record(
    *,
    requests: Sequence[ContentRequest],
    kind: str,
    side: Side,
    by: uuid.UUID,
    at: datetime,
) -> None:
    """Put what happened on the timelines of the leads that requests are for."""
    record_activities(
        rows=[
            (
                each.lead_id,
                NewActivity(
                    kind=kind,
                    side=side,
                    happened_at=at,
                    by_id=by,
                    outcome=each.piece,
                    text=_text(each, kind),
                ),
            )
            for each in requests
            if each.lead_id
        ],
        at=at,
    )


def _text(request: ContentRequest, kind: str) -> str | None:
    if kind == "content_request.asked":
        return request.need
    return "\n".join(filter(None, (request.words, request.link))) or None


def _leads_of(wanted: Sequence[Wanted]) -> list[uuid.UUID | None]:
    """The lead of each request: the one named, or the deal's."""
    deals = Deal.objects.in_bulk([each.deal for each in wanted if each.deal])
    found = []
    for each in wanted:
        deal = deals.get(each.deal) if each.deal else None
        if each.deal and deal is None:
            raise Missing(_("There is no such deal."))
        if deal and each.lead not in (None, deal.lead_id):
            raise Invalid(_("This deal belongs to another lead."), field="deal")
        found.append(deal.lead_id if deal else each.lead)
    return found
