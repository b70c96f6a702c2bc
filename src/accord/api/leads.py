"""Leads: create and update them by the same way as every other door, and read them."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ninja import Query, Router, Schema, Status

from accord.api.auth import Request, called
from accord.api.bodies import LeadIn, Leads, body_of, check_body
from accord.api.once import IdempotencyKey, once
from accord.api.problems import PROBLEMS
from accord.api.shapes import (
    ActivityOut,
    HandoffOut,
    LeadOut,
    VerdictOut,
    activities_of,
    handoff_of,
    verdict_of,
)
from accord.base.errors import Invalid, Missing
from accord.base.lifecycle import LeadStatus, Side, Stage
from accord.flows import hand_off
from accord.flows.submit import Door, Incoming, Submitted, submit
from accord.handoffs import queries as handoffs
from accord.leads import queries
from accord.qualification.reasons import why

if TYPE_CHECKING:
    from accord.leads.models import Lead

router = Router(tags=["Leads"])


class LeadDetailOut(LeadOut):
    """A lead with the agreement's verdicts on it, the gate's first."""

    verdicts: list[VerdictOut]


class SubmittedOut(Schema):
    """What became of a submission: created, merged, unchanged, or waiting for its turn."""

    submission_id: uuid.UUID
    is_new: bool
    fate: str
    lead: LeadDetailOut | None


class FateOut(Schema):
    """What became of one of many; a refused one says why and by which field."""

    place: int
    submission_id: uuid.UUID | None
    fate: str
    lead_id: uuid.UUID | None
    reason: str | None
    field: str | None


class BatchOut(Schema):
    """What became of each, by its place in the list, from 0."""

    rows: list[FateOut]
    created: int
    merged: int
    unchanged: int
    refused: int
    waiting: int


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
    owner: uuid.UUID | None = None
    company: uuid.UUID | None = None
    campaign: uuid.UUID | None = None
    text: str = ""
    contact_from: datetime | None = None
    contact_until: datetime | None = None
    entered: Stage | None = None
    entered_from: datetime | None = None
    entered_until: datetime | None = None
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


@router.post(
    "/",
    **called("submit_lead"),
    summary="Create or update a lead",
    response={200: SubmittedOut, 201: SubmittedOut, 202: SubmittedOut, **PROBLEMS},
)
def submit_lead(
    request: Request, sent: LeadIn, idempotency_key: IdempotencyKey = None
) -> Status[SubmittedOut]:
    """Somebody did something, or something is known of them. A known lead is added to, never
    doubled. 201: a lead was created, 200: it was known, 202: it is kept and waits for its turn.
    """
    body = body_of(sent)
    check_body(body, at=request.at)
    incoming = Incoming(body, nonce=_nonce(request, idempotency_key))
    (done,) = submit(submissions=[incoming], door=Door.API, by=request.auth.id, at=request.at)
    if done.fate == "refused":
        raise Invalid(done.reason or "", field=done.field or "")
    lead = queries.one_lead(request.auth, done.lead_id) if done.lead_id else None
    said = SubmittedOut(
        submission_id=done.id,
        is_new=done.is_new,
        fate=done.fate.value,
        lead=_detail(lead) if lead else None,
    )
    return Status({"created": 201, "waiting": 202}.get(said.fate, 200), said)


@router.post(
    "/batch/",
    **called("submit_leads"),
    summary="Create or update up to 1,000 leads",
    response={200: BatchOut, **PROBLEMS},
)
def submit_leads(request: Request, sent: Leads, idempotency_key: IdempotencyKey = None) -> BatchOut:
    """Each is taken by itself: what does not fit is refused with its reason, the rest is kept."""
    rows: list[FateOut] = []
    incoming: dict[int, Incoming] = {}
    for place, each in enumerate(sent):
        try:
            body = body_of(each)
            check_body(body, at=request.at)
        except Invalid as refusal:
            rows.append(_refused(place, refusal))
        else:
            incoming[place] = Incoming(body, nonce=_nonce(request, idempotency_key, place))
    done = submit(
        submissions=list(incoming.values()), door=Door.API, by=request.auth.id, at=request.at
    )
    rows += [_fate(place, each) for place, each in zip(incoming, done, strict=True)]
    return _batch(sorted(rows, key=lambda row: row.place))


@router.get("/", **called("list_leads"), summary="List leads", response={200: LeadsOut, **PROBLEMS})
def list_leads(request: Request, filters: Query[LeadFilters]) -> dict[str, Any]:
    """Fifty a page, newest contact first. `source=-` asks for those without one."""
    given = _given(filters)
    cursor = given.pop("cursor", "")
    page = queries.lead_page(request.auth, queries.LeadFilters(**given), cursor=cursor)
    return {"rows": list(page.leads), "next_cursor": page.next_cursor}


@router.get(
    "/{uuid:id}/",
    **called("read_lead"),
    summary="Read a lead",
    response={200: LeadDetailOut, **PROBLEMS},
)
def read_lead(request: Request, id: uuid.UUID) -> LeadDetailOut:
    """One lead with its verdicts; a merged one is answered by the lead that it became."""
    return _detail(queries.one_lead(request.auth, id))


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
            raise Missing("This handoff was answered in the same moment; see the lead.")
        return handoff_of(item).model_dump(mode="json")

    return Status(201, dict(once(request, idempotency_key, sent.model_dump(), act)))


def _nonce(request: Request, key: str | None, place: int | None = None) -> str | None:
    """The key as it is kept: two owners of keys may choose the same one."""
    if key is None:
        return None
    return f"api:{request.key_id}:{key}" + ("" if place is None else f":{place}")


def _given(filters: Schema) -> dict[str, Any]:
    """The filters that are set, as plain values. Raises Invalid for what no text can hold."""
    given = {name: value for name, value in filters.model_dump(mode="python").items() if value}
    for name, value in given.items():
        if isinstance(value, str) and "\0" in value:
            raise Invalid(f"“{name}” holds a NUL character.", field=name)
        if isinstance(value, datetime) and value.tzinfo is None:
            raise Invalid(f"“{name}” names no zone; write 2026-05-31T14:30Z.", field=name)
    return {name: getattr(value, "value", value) for name, value in given.items()}


def _detail(lead: "Lead") -> LeadDetailOut:
    verdicts = [verdict_of(each) for each in why(lead.id)]
    return LeadDetailOut(**LeadOut.from_orm(lead).model_dump(), verdicts=verdicts)


def _refused(place: int, refusal: Invalid) -> FateOut:
    return FateOut(
        place=place,
        submission_id=None,
        fate="refused",
        lead_id=None,
        reason=refusal.sentence,
        field=refusal.field or None,
    )


def _fate(place: int, done: Submitted) -> FateOut:
    return FateOut(
        place=place,
        submission_id=done.id,
        fate=done.fate.value,
        lead_id=done.lead_id,
        reason=done.reason,
        field=done.field,
    )


def _batch(rows: Sequence[FateOut]) -> BatchOut:
    number = Counter(row.fate for row in rows)
    fates = ("created", "merged", "unchanged", "refused", "waiting")
    return BatchOut(rows=list(rows), **{fate: number[fate] for fate in fates})
