"""Letting promises rest until the date the prospect asked for, and waking them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.base.lifecycle import Side
from accord.handoffs.actions.clocks import pause_clocks, set_next_due
from accord.handoffs.actions.taking import STILL_OPEN, Taken, hold, take_all
from accord.leads.actions import record_activities
from accord.leads.rules import NewActivity

_RESUME = """
UPDATE handoffs_clock AS clock SET state = 'running', escalates_at = clock.due_at
WHERE clock.state = 'paused' AND clock.stopped_at IS NULL AND clock.resumes_at <= %(at)s
  AND clock.id = ANY(
    SELECT id FROM handoffs_clock WHERE state = 'paused' AND resumes_at <= %(at)s
    ORDER BY resumes_at LIMIT %(limit)s)
RETURNING clock.lead_id, clock.handoff_id, clock.user_id, clock.resumes_at
"""


def pause(
    *, until: Mapping[uuid.UUID, datetime], note: str, by: uuid.UUID, at: datetime
) -> list[Taken]:
    """Let the clocks of handoffs stand still until these moments, all or none.

    Raises Invalid for a moment that has passed, Conflict when a handoff is not open.
    """
    if any(moment <= at for moment in until.values()):
        raise Invalid(_("The date they asked for has passed; give a later one."), field="until")
    with transaction.atomic():
        hold(until)
        taken = take_all(STILL_OPEN, {}, handoffs=sorted(until), by=by, at=at)
        pause_clocks(until, at)
        set_next_due(taken)
        record_activities(
            rows=[
                (
                    handoff.lead_id,
                    NewActivity(
                        kind="handoff.paused",
                        side=Side.SALES,
                        happened_at=at,
                        by_id=by,
                        handoff_id=handoff.id,
                        text=note or None,
                        detail={"until": until[handoff.id].isoformat()},
                    ),
                )
                for handoff in taken
            ],
            at=at,
        )
    return taken


@dataclass(frozen=True)
class Resumed:
    """A handoff whose clocks run again since `resumes_at`."""

    lead_id: uuid.UUID
    handoff_id: uuid.UUID
    user_id: uuid.UUID
    resumes_at: datetime


def resume_due(*, at: datetime, limit: int) -> list[Resumed]:
    """Let clocks run again whose pause is over; each handoff once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RESUME, {"at": at, "limit": limit})
        return sorted(
            {Resumed(*row) for row in cursor.fetchall()}, key=lambda r: (r.lead_id, r.handoff_id)
        )
