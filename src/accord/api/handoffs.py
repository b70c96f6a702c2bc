"""Handoffs: see what is open, and answer it."""

import uuid
from typing import Any

from ninja import Query, Router, Schema, Status

from accord.api.auth import Request, called
from accord.api.once import IdempotencyKey, once
from accord.api.permissions import SALES
from accord.api.problems import PROBLEMS
from accord.api.shapes.handoffs import AnsweredOut, HandoffOut, handoff_of
from accord.api.times import Day
from accord.flows import follow_up
from accord.flows import pass_back as returning
from accord.flows.pass_back import Said
from accord.handoffs import queries
from accord.handoffs.actions import Attempt, AttemptChannel, AttemptOutcome, Taken

router = Router(tags=["Handoffs"])
MOST = 200  # open handoffs in one answer


class HandoffsOut(Schema):
    """Open handoffs, the one due first on top."""

    rows: list[HandoffOut]


class HandoffFilters(Schema):
    """Whose: mine, in the queue, waiting too long, or all. Sales sees its own by default."""

    show: queries.Show | None = None


class AttemptIn(Schema):
    """One try to reach the lead; `until` is the day that they asked to be left alone until."""

    channel: AttemptChannel
    outcome: AttemptOutcome
    note: str = ""
    until: Day | None = None


class QualificationIn(Schema):
    """Why there is a real chance; needed where the agreement's checklist is not met in full."""

    note: str = ""


class PassBackIn(Schema):
    """A reason of the agreement, and what that reason asks for.

    `blamed` names clauses that let the lead through, as `definition:clause`.
    """

    reason: str
    note: str = ""
    asked: str = ""
    blamed: list[str] | None = None


@router.get(
    "/", **called("list_handoffs"), summary="List handoffs", response={200: HandoffsOut, **PROBLEMS}
)
def list_handoffs(request: Request, filters: Query[HandoffFilters]) -> HandoffsOut:
    """Open handoffs with their leads, briefs and what is still promised."""
    sells = not SALES.isdisjoint(request.auth.roles)
    show = filters.show or (queries.Show.MINE if sells else queries.Show.ALL)
    found = queries.shown(show, user=request.auth, at=request.at, limit=MOST)
    return HandoffsOut(rows=[handoff_of(item) for item in found])


@router.get(
    "/{uuid:id}/",
    **called("read_handoff"),
    summary="Read an open handoff",
    response={200: HandoffOut, **PROBLEMS},
)
def read_handoff(request: Request, id: uuid.UUID) -> HandoffOut:
    """One that was answered is a conflict; its lead's timeline says what became of it."""
    return handoff_of(queries.one_open(id, at=request.at))


@router.post(
    "/{uuid:id}/acceptance/",
    **called("accept_handoff"),
    summary="Accept a handoff",
    response={200: AnsweredOut, **PROBLEMS},
)
def accept_handoff(
    request: Request, id: uuid.UUID, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """The lead is sales-accepted from now on."""

    def act() -> dict[str, Any]:
        return _answered(follow_up.accept(handoffs=[id], by=request.auth.id, at=request.at))

    return dict(once(request, idempotency_key, {}, act))


@router.post(
    "/{uuid:id}/attempts/",
    **called("log_attempt"),
    summary="Log an attempt to reach the lead",
    response={201: AnsweredOut, **PROBLEMS},
)
def log_attempt(
    request: Request, id: uuid.UUID, sent: AttemptIn, idempotency_key: IdempotencyKey = None
) -> Status[dict[str, Any]]:
    """A conversation of the owner also accepts; anything else stops only the first clock."""

    def act() -> dict[str, Any]:
        attempt = Attempt(
            lead_id=queries.one_open(id, at=request.at).lead.id,
            channel=sent.channel,
            outcome=sent.outcome,
            note=sent.note.strip(),
        )
        until = {id: sent.until} if sent.until else None
        by, at = request.auth.id, request.at
        follow_up.log_attempts(attempts=[attempt], until=until, by=by, at=at)
        return _standing(id, request)

    return Status(201, dict(once(request, idempotency_key, sent.model_dump(), act)))


@router.post(
    "/{uuid:id}/qualification/",
    **called("qualify_handoff"),
    summary="Qualify a lead",
    response={200: AnsweredOut, **PROBLEMS},
)
def qualify_handoff(
    request: Request, id: uuid.UUID, sent: QualificationIn, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """There is a real chance: the lead is sales-qualified, and the handoff disposed of."""

    def act() -> dict[str, Any]:
        by, at = request.auth.id, request.at
        return _answered(follow_up.qualify(handoffs=[id], note=sent.note, by=by, at=at))

    return dict(once(request, idempotency_key, sent.model_dump(), act))


@router.post(
    "/{uuid:id}/pass-back/",
    **called("pass_back_handoff"),
    summary="Pass a lead back to marketing",
    response={200: AnsweredOut, **PROBLEMS},
)
def pass_back_handoff(
    request: Request, id: uuid.UUID, sent: PassBackIn, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """The agreement's reason decides where the lead goes and when it may return."""

    def act() -> dict[str, Any]:
        said = Said(reason=sent.reason, note=sent.note, asked=sent.asked, blamed=sent.blamed)
        by, at = request.auth.id, request.at
        return _answered(returning.pass_back(handoffs=[id], said=said, by=by, at=at))

    return dict(once(request, idempotency_key, sent.model_dump(), act))


def _answered(taken: list[Taken]) -> dict[str, Any]:
    return AnsweredOut.from_orm(taken[0]).model_dump(mode="json")


def _standing(id: uuid.UUID, request: Request) -> dict[str, Any]:
    item = queries.one_open(id, at=request.at)
    return AnsweredOut.from_orm(item.handoff).model_dump(mode="json")
