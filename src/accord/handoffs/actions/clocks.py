"""Starting, stopping, pausing and cancelling the promised moments of handoffs."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from accord.agreement.clocks import moments
from accord.agreement.queries import terms_by_number
from accord.agreement.terms import Terms
from accord.base.ids import new_id
from accord.base.rows import copy_rows, recordset
from accord.handoffs.actions.moments import promised
from accord.handoffs.actions.taking import Taken
from accord.handoffs.models import Clock, ClockKind, ClockState, Handoff
from accord.teams.queries import calendars_of
from accord.teams.rules import Calendar, Pause

_COLUMNS = (
    *("id", "lead_id", "handoff_id", "kind", "state", "user_id"),
    *("started_at", "due_at", "warns_at", "next_step", "escalates_at", "paused_at", "resumes_at"),
)
# Only those that run since the owner has it: what was missed before, by another or by the same,
# stays as it is.
_OWNERS = "clock.user_id = handoff.owner_id AND clock.started_at >= handoff.assigned_at"
_STOP = f"""
UPDATE handoffs_clock AS clock
SET state = 'stopped', stopped_at = %(at)s, escalates_at = NULL
FROM handoffs_handoff AS handoff
WHERE handoff.lead_id = clock.lead_id AND handoff.id = clock.handoff_id
  AND handoff.id = ANY(%(handoffs)s) AND clock.kind = ANY(%(kinds)s)
  AND {_OWNERS} AND clock.stopped_at IS NULL
  AND clock.state IN ('running', 'paused', 'missed')
"""
# What a team promised is kept by whoever of it does it.
_STOP_FOR_TEAM = """
UPDATE handoffs_clock AS clock
SET state = 'stopped', stopped_at = %(at)s, escalates_at = NULL, user_id = %(by)s
WHERE clock.handoff_id = ANY(%(handoffs)s) AND clock.user_id IS NULL
  AND clock.stopped_at IS NULL AND clock.state IN ('running', 'missed')
"""
# A clock that was missed is no longer looked after, but stays missed.
_CANCEL = """
UPDATE handoffs_clock AS clock
SET state = CASE clock.state WHEN 'missed' THEN 'missed' ELSE 'cancelled' END,
    stopped_at = CASE clock.state WHEN 'missed' THEN NULL ELSE %(at)s END,
    escalates_at = NULL
WHERE clock.handoff_id = ANY(%(handoffs)s) AND clock.stopped_at IS NULL
  AND clock.state IN ('running', 'paused', 'missed')
"""
_UNDO = f"""
UPDATE handoffs_clock AS clock
SET state = CASE WHEN clock.missed_at IS NOT NULL THEN 'missed'
                 WHEN clock.resumes_at > %(at)s THEN 'paused' ELSE 'running' END,
    escalates_at = CASE WHEN clock.resumes_at > %(at)s THEN NULL
                        WHEN clock.warned_at IS NULL THEN LEAST(clock.warns_at, clock.due_at)
                        ELSE clock.due_at END,
    stopped_at = NULL
FROM json_to_recordset(%(rows)s::json) AS undone(handoff_id uuid, ended_at timestamptz)
JOIN handoffs_handoff AS handoff ON handoff.id = undone.handoff_id
WHERE clock.handoff_id = handoff.id AND clock.lead_id = handoff.lead_id AND {_OWNERS}
  AND (clock.stopped_at = undone.ended_at OR (clock.state = 'missed' AND clock.stopped_at IS NULL))
"""
_NEXT_DUE = f"""
UPDATE handoffs_handoff AS handoff SET due_at = (
    SELECT min(clock.due_at) FROM handoffs_clock AS clock
    WHERE clock.lead_id = handoff.lead_id AND clock.handoff_id = handoff.id
      AND {_OWNERS} AND clock.stopped_at IS NULL
      AND clock.state IN ('running', 'paused', 'missed'))
WHERE handoff.id = ANY(%(handoffs)s)
"""


@dataclass(frozen=True)
class Start:
    """A clock that starts to run for the handoff's owner; None for the marketing team."""

    handoff: Taken
    kind: ClockKind
    user_id: uuid.UUID | None


def start_clocks(
    starts: Sequence[Start], at: datetime, *, pauses: Mapping[uuid.UUID, Sequence[Pause]]
) -> None:
    """Start clocks by the agreement each handoff was offered under and its owner's calendar.

    `pauses`, by handoff: while the prospect has asked us to wait, the owner's stand still from
    the beginning.
    """
    if not starts:
        return
    calendars = calendars_of({start.user_id for start in starts})
    terms = terms_by_number({start.handoff.agreement_version for start in starts})
    resting = {
        handoff_id: [pause for pause in asked if pause[1] > at]
        for handoff_id, asked in pauses.items()
    }
    copy_rows(
        Clock,
        _COLUMNS,
        (
            _row(
                start,
                terms[start.handoff.agreement_version],
                calendars[start.user_id],
                resting.get(start.handoff.id, []) if start.user_id else [],
                at,
            )
            for start in starts
        ),
    )


def _row(
    start: Start, terms: Terms, calendar: Calendar, pauses: Sequence[Pause], at: datetime
) -> tuple[object, ...]:
    found = moments(
        span=promised(start.kind, start.handoff, terms),
        warning=terms.warning_of(start.kind),
        calendar=calendar,
        started_at=at,
        pauses=pauses,
    )
    resumes_at = max((until for _begins, until in pauses), default=None)
    state = ClockState.PAUSED if resumes_at else ClockState.RUNNING
    return (
        new_id(),
        start.handoff.lead_id,
        start.handoff.id,
        start.kind.value,
        state.value,
        start.user_id,
        at,
        found.due_at,
        found.warns_at,
        0,
        None if resumes_at else found.warns_at or found.due_at,
        at if resumes_at else None,
        resumes_at,
    )


def kinds_to_run(handoff: Taken, *, has_tried_enough: bool) -> list[ClockKind]:
    """The promises still to be kept by an open handoff's owner."""
    kinds = [] if handoff.first_attempt_at or handoff.accepted_at else [ClockKind.FIRST_ATTEMPT]
    if not has_tried_enough:
        kinds.append(ClockKind.ATTEMPTS)
    return [*kinds, ClockKind.DISPOSITION if handoff.accepted_at else ClockKind.ANSWER]


def stop_clocks(handoffs: Iterable[Taken], kinds: Collection[ClockKind], at: datetime) -> None:
    """Stop clocks: what they promised is done."""
    _run(_STOP, handoffs, at=at, kinds=[kind.value for kind in kinds])


def stop_clocks_of_team(handoffs: Iterable[uuid.UUID], by: uuid.UUID, at: datetime) -> None:
    """Stop what marketing promised about handoffs: this person did it."""
    with connection.cursor() as cursor:
        cursor.execute(_STOP_FOR_TEAM, {"handoffs": sorted(handoffs), "by": by, "at": at})


def cancel_clocks(handoffs: Iterable[Taken], at: datetime) -> None:
    """End the clocks still running: nobody has to do any more what they promised."""
    _run(_CANCEL, handoffs, at=at)


def restore_clocks(handoffs: Mapping[uuid.UUID, datetime], at: datetime) -> None:
    """Take back what ended clocks at these moments, by handoff."""
    rows = recordset(("handoff_id", "ended_at"), sorted(handoffs.items()))
    with connection.cursor() as cursor:
        cursor.execute(_UNDO, {"rows": rows, "at": at})


def set_next_due(handoffs: Iterable[Taken | Handoff]) -> None:
    """Note on each handoff the earliest moment still due to its owner."""
    _run(_NEXT_DUE, handoffs)


def _run(sql: str, handoffs: Iterable[Taken | Handoff], **params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"handoffs": [handoff.id for handoff in handoffs], **params})
