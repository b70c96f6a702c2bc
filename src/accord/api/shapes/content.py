"""Requests for content as plain values."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ninja import Schema

from accord.api.shapes.leads import Named

if TYPE_CHECKING:
    from accord.content.queries import Asked


class ContentRequestOut(Schema):
    """A request and what became of it; `due_at` is null where no content is promised."""

    id: uuid.UUID
    piece: str
    need: str
    lead: Named | None
    deal_id: uuid.UUID | None
    deal_amount: Decimal | None
    needed_on: date | None
    is_reusable: bool
    state: str
    agreement_version: int
    asked_at: datetime
    asked_by: Named
    due_at: datetime | None
    taken_by: Named | None
    answered_at: datetime | None
    answered_by: Named | None
    link: str
    words: str


def content_request_of(asked: "Asked") -> ContentRequestOut:
    """A request as its reader sees it."""
    row = asked.request
    return ContentRequestOut(
        id=row.id,
        piece=row.piece,
        need=row.need,
        lead=Named(id=asked.lead.id, name=str(asked.lead)) if asked.lead else None,
        deal_id=row.deal_id,
        deal_amount=asked.deal.amount if asked.deal else None,
        needed_on=row.needed_on,
        is_reusable=row.is_reusable,
        state=row.state,
        agreement_version=row.agreement_version,
        asked_at=row.asked_at,
        asked_by=Named(id=row.asked_by_id, name=asked.asked_by),
        due_at=row.due_at,
        taken_by=_named(row.taken_by_id, asked.taken_by),
        answered_at=row.answered_at,
        answered_by=_named(row.answered_by_id, asked.answered_by),
        link=row.link,
        words=row.words,
    )


def _named(id: uuid.UUID | None, name: str) -> Named | None:
    return Named(id=id, name=name) if id else None
