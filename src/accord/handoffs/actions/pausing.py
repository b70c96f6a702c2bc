"""Letting promises rest until the date the prospect asked for, and waking them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.base.ids import new_id
from accord.base.lifecycle import Side
from accord.base.rows import copy_rows, recordset
from accord.handoffs.actions.clocks import set_next_due
from accord.handoffs.actions.moments import move
from accord.handoffs.actions.taking import STILL_OPEN, Taken, hold, take_all
from accord.handoffs.models import Clock, ClockState, Pause
from accord.handoffs.rules.ahead import check_ahead
from accord.leads.actions import record_activities
from accord.leads.rules import NewActivity

# A new date replaces the one before.
_END = """
UPDATE handoffs_pause SET paused_until = %(at)s
WHERE handoff_id = ANY(%(handoffs)s) AND paused_until > %(at)s
RETURNING handoff_id
"""
_STAND_STILL = """
UPDATE handoffs_clock AS clock
SET state = 'paused', paused_at = %(at)s, resumes_at = new.until, escalates_at = NULL
FROM json_to_recordset(%(rows)s::json) AS new(handoff_id uuid, until timestamptz)
WHERE clock.handoff_id = new.handoff_id AND clock.state IN ('running', 'paused')
"""
# What was missed before stays missed, and goes no further until then.
_WAIT = """
UPDATE handoffs_clock AS clock SET escalates_at = new.until
FROM json_to_recordset(%(rows)s::json) AS new(handoff_id uuid, until timestamptz)
WHERE clock.handoff_id = new.handoff_id AND clock.state = 'missed'
  AND clock.user_id IS NOT NULL AND clock.escalates_at IS NOT NULL
"""
# What a clock that runs again comes to next: its warning, or the moment due.
_NEXT = """CASE WHEN clock.warned_at IS NULL
    THEN LEAST(clock.warns_at, clock.due_at) ELSE clock.due_at END"""
_RESUME = f"""
UPDATE handoffs_clock AS clock
SET state = 'running', escalates_at = {_NEXT}
WHERE clock.state = 'paused' AND clock.stopped_at IS NULL AND clock.resumes_at <= %(at)s
  AND clock.id = ANY(
    SELECT id FROM handoffs_clock WHERE state = 'paused' AND resumes_at <= %(at)s
    ORDER BY resumes_at LIMIT %(limit)s)
RETURNING clock.lead_id, clock.handoff_id, clock.user_id, clock.resumes_at
"""


_WAKE = f"""
UPDATE handoffs_clock AS clock
SET state = 'running', resumes_at = %(at)s, escalates_at = {_NEXT}
WHERE clock.handoff_id = ANY(%(handoffs)s) AND clock.state = 'paused'
  AND clock.stopped_at IS NULL
RETURNING clock.id
"""


def pause(
    *, until: Mapping[uuid.UUID, datetime], note: str, by: uuid.UUID, at: datetime
) -> list[Taken]:
    """Let the clocks of handoffs stand still until these moments, all or none.

    Raises Invalid for a moment that has passed or is too far ahead, Conflict when a handoff is not
    open.
    """
    if any(moment <= at for moment in until.values()):
        raise Invalid(_("The date they asked for has passed; give a later one."), field="until")
    check_ahead(until.values(), at=at, field="until")
    with transaction.atomic():
        hold(until)
        taken = take_all(STILL_OPEN, {}, handoffs=sorted(until), by=by, at=at)
        _stand_still(taken, until, by, at)
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


def _stand_still(
    taken: Sequence[Taken], until: Mapping[uuid.UUID, datetime], by: uuid.UUID, at: datetime
) -> None:
    """Keep the pause, and let the clocks stand still; the working time left stays left."""
    rows = recordset(("handoff_id", "until"), ((h.id, until[h.id]) for h in taken))
    values: dict[str, Any] = {"handoffs": [h.id for h in taken], "rows": rows, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_END, values)
        copy_rows(
            Pause,
            ("id", "lead_id", "handoff_id", "paused_from", "paused_until", "by_id"),
            ((new_id(), h.lead_id, h.id, at, until[h.id], by) for h in taken),
        )
        cursor.execute(_STAND_STILL, values)
        cursor.execute(_WAIT, values)
    paused = Clock.objects.filter(handoff_id__in=until, state=ClockState.PAUSED)
    move(list(paused.order_by("lead_id", "id")))
    set_next_due(taken)


def wake(*, talked: Sequence[Taken], at: datetime) -> None:
    """Somebody talked with them before the date they had asked for: their clocks run again."""
    values: dict[str, Any] = {"handoffs": [handoff.id for handoff in talked], "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_END, values)
        ended = {handoff_id for (handoff_id,) in cursor.fetchall()}
        if not ended:
            return
        rows = recordset(("handoff_id", "until"), ((id, at) for id in sorted(ended)))
        cursor.execute(_WAIT, {"rows": rows})
        cursor.execute(_WAKE, {"handoffs": sorted(ended), "at": at})
        woken = [id for (id,) in cursor.fetchall()]
    move(list(Clock.objects.filter(id__in=woken).order_by("lead_id", "id")))
    set_next_due(talked)


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
