"""What the record of both sides is made of, row by row."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from accord.handoffs.metrics import PROMISED
from accord.handoffs.models import ClockKind
from accord.insights.metrics import rate

CONTENT = "content"
# Every promise of a moment, sales' and marketing's, by its key.
KINDS: Mapping[str, Any] = {
    **{kind.value: kind.label for kind in PROMISED},
    CONTENT: rate("content_in_time").label,
}
OF_MARKETING = frozenset({ClockKind.PASS_BACK_ANSWER.value, CONTENT})


class ClockRow(NamedTuple):
    """A promise of the period: kept, late, missed or running; `took` is working time to do it.

    Content that sales asks for belongs to no handoff, and may be about no lead.
    """

    kind: str
    fate: str
    at: datetime
    person: uuid.UUID | None
    handoff_id: uuid.UUID | None
    lead_id: uuid.UUID | None
    took: timedelta | None


class HandoffRow(NamedTuple):
    """A handoff offered in the period; `queued` is working time until somebody had it."""

    at: datetime
    person: uuid.UUID | None
    handoff_id: uuid.UUID
    lead_id: uuid.UUID
    is_accepted: bool
    is_answered: bool
    attempts: int
    queued: timedelta | None


class BackRow(NamedTuple):
    """A handoff passed back in the period."""

    at: datetime
    person: uuid.UUID | None
    handoff_id: uuid.UUID
    lead_id: uuid.UUID


@dataclass(frozen=True)
class Rows:
    """All of a period, and what parts them: pool and trigger of handoffs, sources, segments."""

    clocks: list[ClockRow] = field(default_factory=list)
    handoffs: list[HandoffRow] = field(default_factory=list)
    backs: list[BackRow] = field(default_factory=list)
    of_handoff: Mapping[uuid.UUID, tuple[uuid.UUID | None, str]] = field(default_factory=dict)
    sources: Mapping[uuid.UUID | None, str | None] = field(default_factory=dict)
    segments: Mapping[uuid.UUID | None, Sequence[str]] = field(default_factory=dict)
