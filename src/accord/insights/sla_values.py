"""What the record of both sides is made of, row by row."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple


class ClockRow(NamedTuple):
    """A promise of the period: kept, late, missed or running; `took` is working time to do it."""

    kind: str
    fate: str
    at: datetime
    person: uuid.UUID | None
    handoff_id: uuid.UUID
    lead_id: uuid.UUID
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
    sources: Mapping[uuid.UUID, str | None] = field(default_factory=dict)
    segments: Mapping[uuid.UUID, Sequence[str]] = field(default_factory=dict)
