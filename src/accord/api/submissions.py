"""Leads sent in: created and updated by the same way as through every other door."""

import uuid
from collections import Counter
from collections.abc import Sequence

from ninja import Router, Schema, Status

from accord.api.auth import Request, called
from accord.api.bodies import LeadIn, Leads, body_of
from accord.api.once import IdempotencyKey
from accord.api.problems import PROBLEMS
from accord.api.shapes.leads import LeadOut, leads_of
from accord.base.errors import Invalid
from accord.base.once import asking_once
from accord.flows.receive import check_body
from accord.flows.submit import Door, Incoming, Submitted, submit
from accord.leads import queries

router = Router(tags=["Leads"])


class SubmittedOut(Schema):
    """What became of a submission: created, merged, unchanged, or waiting for its turn."""

    submission_id: uuid.UUID
    is_new: bool
    fate: str
    lead: LeadOut | None


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
    doubled. 201: a lead was created, 200: it was known, 202: it is kept and waits for its turn;
    the same call with the same key says what became of it.
    Why it stands where it does, `GET /leads/{id}/` says: its verdicts are not read back here.
    """
    body = body_of(sent)
    check_body(body=body, at=request.at)
    incoming = Incoming(body, nonce=_nonce(request, idempotency_key))
    (done,) = submit(submissions=[incoming], door=Door.API, by=request.auth.id, at=request.at)
    if done.fate == "refused":
        raise Invalid(done.reason or "", field=done.field or "")
    with asking_once():
        leads = [queries.one_lead(request.auth, done.lead_id)] if done.lead_id else []
        said = SubmittedOut(
            submission_id=done.id,
            is_new=done.is_new,
            fate=done.fate.value,
            lead=next(iter(leads_of(leads)), None),
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
            check_body(body=body, at=request.at)
        except Invalid as refusal:
            rows.append(_refused(place, refusal))
        else:
            incoming[place] = Incoming(body, nonce=_nonce(request, idempotency_key, place))
    done = submit(
        submissions=list(incoming.values()), door=Door.API, by=request.auth.id, at=request.at
    )
    rows += [_fate(place, each) for place, each in zip(incoming, done, strict=True)]
    return _batch(sorted(rows, key=lambda row: row.place))


def _nonce(request: Request, key: str | None, place: int | None = None) -> str | None:
    """The key as it is kept: two owners of keys may choose the same one."""
    if key is None:
        return None
    return f"api:{request.key_id}:{key}" + ("" if place is None else f":{place}")


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
