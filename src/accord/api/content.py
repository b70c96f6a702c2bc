"""Content: ask marketing for it, see what is asked for, answer it."""

import uuid
from typing import Any

from ninja import Field, Query, Router, Schema, Status

from accord.api.auth import Request, called
from accord.api.once import IdempotencyKey, once
from accord.api.problems import PROBLEMS
from accord.api.shapes.content import ContentRequestOut, content_request_of
from accord.api.times import Day
from accord.content import queries
from accord.content.actions import ContentRequest, Piece, Wanted
from accord.content.queries import Show
from accord.flows.ask_for_content import (
    answer_requests,
    ask_for_content,
    take_requests,
    withdraw_requests,
)
from accord.leads.queries import one_lead

router = Router(tags=["Content"])
MOST = 200  # requests in one answer


class ContentRequestsOut(Schema):
    """Requests: open ones first, the one due first on top; `next_begin` opens the next page."""

    rows: list[ContentRequestOut]
    next_begin: int | None


class ContentFilters(Schema):
    """Which: open ones by default, those that one asked for or took on, or all."""

    show: Show = Show.OPEN
    begin: int = Field(0, ge=0, le=1_000_000)


class WantedIn(Schema):
    """What is needed, in words. A deal brings its lead with it."""

    piece: Piece
    need: str
    lead_id: uuid.UUID | None = None
    deal_id: uuid.UUID | None = None
    needed_on: Day | None = None
    is_reusable: bool = False


class AnswerIn(Schema):
    """Delivered with a link, words or both; or turned_down, with the reason in words."""

    answer: str
    words: str = ""
    link: str = ""


_ONE = {200: ContentRequestOut, **PROBLEMS}


@router.get(
    "/requests/",
    **called("list_content_requests"),
    summary="List requests for content",
    response={200: ContentRequestsOut, **PROBLEMS},
)
def list_content_requests(request: Request, filters: Query[ContentFilters]) -> ContentRequestsOut:
    """Up to 200 an answer, those of both teams."""
    begin = filters.begin
    found = queries.shown(filters.show, user=request.auth, begin=begin, limit=MOST + 1)
    return ContentRequestsOut(
        rows=[content_request_of(each) for each in found[:MOST]],
        next_begin=begin + MOST if len(found) > MOST else None,
    )


@router.post(
    "/requests/",
    **called("ask_for_content"),
    summary="Ask marketing for content",
    response={201: ContentRequestOut, **PROBLEMS},
)
def ask(
    request: Request, sent: WantedIn, idempotency_key: IdempotencyKey = None
) -> Status[dict[str, Any]]:
    """The promise of the agreement in force runs from now on; all of marketing is told."""

    def act() -> dict[str, Any]:
        wanted = Wanted(
            piece=sent.piece,
            need=sent.need,
            lead=one_lead(request.auth, sent.lead_id).id if sent.lead_id else None,
            deal=sent.deal_id,
            needed_on=sent.needed_on,
            is_reusable=sent.is_reusable,
        )
        return _now(ask_for_content(wanted=[wanted], by=request.auth.id, at=request.at), request)

    return Status(201, dict(once(request, idempotency_key, sent.model_dump(), act)))


@router.post(
    "/requests/{uuid:id}/taking/",
    **called("take_content_request"),
    summary="Take a request on",
    response=_ONE,
)
def take(request: Request, id: uuid.UUID, idempotency_key: IdempotencyKey = None) -> dict[str, Any]:
    """From now on others of marketing leave it alone. One that somebody has is a conflict."""

    def act() -> dict[str, Any]:
        return _now(take_requests(requests=[id], by=request.auth.id, at=request.at), request)

    return dict(once(request, idempotency_key, {}, act))


@router.post(
    "/requests/{uuid:id}/answer/",
    **called("answer_content_request"),
    summary="Deliver what was asked for, or say why not",
    response=_ONE,
)
def answer(
    request: Request, id: uuid.UUID, sent: AnswerIn, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Whoever asked is told, and the promise is kept, or late."""

    def act() -> dict[str, Any]:
        by, at = request.auth.id, request.at
        return _now(answer_requests(requests=[id], **sent.model_dump(), by=by, at=at), request)

    return dict(once(request, idempotency_key, sent.model_dump(), act))


@router.post(
    "/requests/{uuid:id}/withdrawal/",
    **called("withdraw_content_request"),
    summary="Withdraw a request of one's own",
    response=_ONE,
)
def withdraw(
    request: Request, id: uuid.UUID, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """While nobody has answered it."""

    def act() -> dict[str, Any]:
        return _now(withdraw_requests(requests=[id], by=request.auth.id, at=request.at), request)

    return dict(once(request, idempotency_key, {}, act))


def _now(requests: list[ContentRequest], request: Request) -> dict[str, Any]:
    shaped = content_request_of(queries.one(requests[0].id, user=request.auth))
    return shaped.model_dump(mode="json")
