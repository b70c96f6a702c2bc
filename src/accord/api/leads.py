"""Leads: list and read them, and hand them to sales."""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from ninja import Query, Schema, Status

from accord.api.auth import Request, called
from accord.api.once import IdempotencyKey, once
from accord.api.problems import PROBLEMS
from accord.api.shapes.handoffs import HandoffOut, handoff_of
from accord.api.shapes.leads import (
    ActivityOut,
    LeadDetailOut,
    LeadOut,
    activities_of,
    detail_of,
    leads_of,
)
from accord.api.submissions import router
from accord.api.times import Moment
from accord.base.errors import Invalid, Missing
from accord.base.lifecycle import LeadStatus, Side, Stage
from accord.criteria.registry import CUSTOM
from accord.flows import hand_off
from accord.handoffs import queries as handoffs
from accord.leads import queries

# One address takes leads and lists them, so there is one router.
__all__ = ["router"]


class LeadsOut(Schema):
    """A page of leads, newest contact first; `next_cursor` opens the next one."""

    rows: list[LeadOut]
    next_cursor: str | None


class TimelineOut(Schema):
    """A page of what happened, newest first."""

    rows: list[ActivityOut]
    next_cursor: str | None


class LeadFilters(Schema):
    """What the list is narrowed to; the names are those of the page's address."""

    stage: Stage | None = None
    status: LeadStatus | None = None
    source: str = ""
    grade: str = ""
    owner: uuid.UUID | None = None
    company: uuid.UUID | None = None
    campaign: uuid.UUID | None = None
    text: str = ""
    contact_from: Moment | None = None
    contact_until: Moment | None = None
    entered: Stage | None = None
    entered_from: Moment | None = None
    entered_until: Moment | None = None
    import_id: uuid.UUID | None = None
    cursor: str = ""


class StoryFilters(Schema):
    """What a timeline is narrowed to."""

    kind: str = ""
    side: Side | None = None
    cursor: str = ""


class OfferIn(Schema):
    """Why sales should call now, in marketing's words."""

    why: str


@router.get("/", **called("list_leads"), summary="List leads", response={200: LeadsOut, **PROBLEMS})
def list_leads(request: Request, filters: Query[LeadFilters]) -> dict[str, Any]:
    """Fifty a page, newest contact first. `source=-` asks for those without one.

    Facts that the company defined are filters under their keys, such as `custom_region=North`.
    """
    given = _given(filters)
    cursor = given.pop("cursor", "")
    own = sorted((key, text) for key, text in request.GET.dict().items() if key.startswith(CUSTOM))
    wanted = queries.LeadFilters(**given, custom=tuple((key, str(text)) for key, text in own))
    page = queries.lead_page(request.auth, wanted, cursor=cursor)
    return {"rows": leads_of(page.leads), "next_cursor": page.next_cursor}


@router.get(
    "/{uuid:id}/",
    **called("read_lead"),
    summary="Read a lead",
    response={200: LeadDetailOut, **PROBLEMS},
)
def read_lead(request: Request, id: uuid.UUID) -> LeadDetailOut:
    """One lead with its verdicts; a merged one is answered by the lead that it became."""
    return detail_of(queries.one_lead(request.auth, id))


@router.get(
    "/{uuid:id}/timeline/",
    **called("read_timeline"),
    summary="Read what happened with a lead",
    response={200: TimelineOut, **PROBLEMS},
)
def read_timeline(request: Request, id: uuid.UUID, filters: Query[StoryFilters]) -> TimelineOut:
    """Thirty a page, newest first, of both sides."""
    found = queries.one_lead(request.auth, id)
    given = _given(filters)
    page = queries.timeline(
        found.id,
        kinds=[given["kind"]] if "kind" in given else [],
        side=given.get("side", ""),
        cursor=given.get("cursor", ""),
    )
    return TimelineOut(rows=activities_of(page.activities), next_cursor=page.next_cursor)


@router.post(
    "/{uuid:id}/handoffs/",
    **called("offer_handoff"),
    summary="Hand a lead to sales",
    response={201: HandoffOut, **PROBLEMS},
)
def offer_handoff(
    request: Request, id: uuid.UUID, sent: OfferIn, idempotency_key: IdempotencyKey = None
) -> Status[dict[str, Any]]:
    """By hand, with a reason. A lead that is with sales already is a conflict."""
    found = queries.one_lead(request.auth, id)

    def act() -> dict[str, Any]:
        hand_off.offer(leads={found.id}, by=request.auth.id, why=sent.why, at=request.at)
        item = handoffs.open_handoff(found.id, at=request.at)
        if item is None:
            raise Missing(_("This handoff was answered in the same moment; see the lead."))
        return handoff_of(item).model_dump(mode="json")

    return Status(201, dict(once(request, idempotency_key, sent.model_dump(), act)))


def _given(filters: Schema) -> dict[str, Any]:
    """The filters that are set, as plain values. Raises Invalid for what no text can hold."""
    given = {name: value for name, value in filters.model_dump(mode="python").items() if value}
    for name, value in given.items():
        if isinstance(value, str) and "\0" in value:
            raise Invalid(_("“%(name)s” holds a NUL character.") % {"name": name}, field=name)
    return {name: getattr(value, "value", value) for name, value in given.items()}
