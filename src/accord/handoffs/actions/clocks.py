"""Starting, stopping, pausing and cancelling the promised moments of handoffs."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from accord.agreement.queries import terms_of
from accord.agreement.terms import Terms
from accord.base.ids import new_id
from accord.base.rows import copy_rows, recordset
from accord.handoffs.actions.taking import Taken
from accord.handoffs.models import Clock, ClockKind, ClockState
from accord.handoffs.rules.clocks import postponed
from accord.teams.queries import calendars_of
from accord.teams.rules import Calendar

_COLUMNS = (
    *("id", "lead_id", "handoff_id", "kind", "state", "user_id"),
    *("started_at", "due_at", "next_step", "escalates_at"),
)
# Only the owner's clocks: what an earlier owner missed stays as it is.
_STOP = """
UPDATE handoffs_clock AS clock
SET state = 'stopped', stopped_at = %(at)s, escalates_at = NULL
FROM handoffs_handoff AS handoff
WHERE handoff.lead_id = clock.lead_id AND handoff.id = clock.handoff_id
  AND handoff.id = ANY(%(handoffs)s) AND clock.kind = ANY(%(kinds)s)
  AND clock.user_id = handoff.owner_id AND clock.stopped_at IS NULL
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
_UNDO = """
UPDATE handoffs_clock AS clock
SET state = CASE WHEN clock.missed_at IS NOT NULL THEN 'missed'
                 WHEN clock.resumes_at > %(at)s THEN 'paused' ELSE 'running' END,
    escalates_at = CASE WHEN clock.resumes_at > %(at)s THEN NULL ELSE clock.due_at END,
    stopped_at = NULL
FROM json_to_recordset(%(rows)s::json) AS undone(handoff_id uuid, ended_at timestamptz)
WHERE clock.handoff_id = undone.handoff_id AND clock.user_id IS NOT NULL
  AND (clock.stopped_at = undone.ended_at OR (clock.state = 'missed' AND clock.stopped_at IS NULL))
"""
_PAUSE = """
UPDATE handoffs_clock AS clock
SET state = 'paused', paused_at = %(at)s, resumes_at = new.resumes_at, due_at = new.due_at,
    escalates_at = NULL
FROM json_to_recordset(%(rows)s::json)
     AS new(id uuid, due_at timestamptz, resumes_at timestamptz)
WHERE clock.id = new.id AND clock.state IN ('running', 'paused')
"""
_NEXT_DUE = """
UPDATE handoffs_handoff AS handoff SET due_at = (
    SELECT min(clock.due_at) FROM handoffs_clock AS clock
    WHERE clock.lead_id = handoff.lead_id AND clock.handoff_id = handoff.id
      AND clock.user_id = handoff.owner_id AND clock.stopped_at IS NULL
      AND clock.state IN ('running', 'paused', 'missed'))
WHERE handoff.id = ANY(%(handoffs)s)
"""


@dataclass(frozen=True)
class Start:
    """A clock that starts to run for the handoff's owner; None for the marketing team."""

    handoff: Taken
    kind: ClockKind
    user_id: uuid.UUID | None


def start_clocks(starts: Sequence[Start], at: datetime) -> None:
    """Start clocks by the agreement each handoff was offered under and its owner's calendar."""
    calendars = calendars_of({start.user_id for start in starts})
    terms = {v: terms_of(v) for v in {start.handoff.agreement_version for start in starts}}
    copy_rows(
        Clock,
        _COLUMNS,
        (
            _row(start, terms[start.handoff.agreement_version], calendars[start.user_id], at)
            for start in starts
        ),
    )


def _row(start: Start, terms: Terms, calendar: Calendar, at: datetime) -> tuple[object, ...]:
    span = {
        ClockKind.FIRST_ATTEMPT: terms.first_attempt(start.handoff.trigger),
        ClockKind.ANSWER: terms.answer,
        ClockKind.DISPOSITION: terms.disposition,
        ClockKind.PASS_BACK_ANSWER: terms.marketing.pass_back_answer,
    }[start.kind]
    due_at = span.due(calendar, at)
    return (
        new_id(),
        start.handoff.lead_id,
        start.handoff.id,
        start.kind.value,
        ClockState.RUNNING.value,
        start.user_id,
        at,
        due_at,
        0,
        due_at,
    )


def kinds_to_run(handoff: Taken) -> list[ClockKind]:
    """The promises still to be kept by an open handoff's owner."""
    kinds = [] if handoff.first_attempt_at or handoff.accepted_at else [ClockKind.FIRST_ATTEMPT]
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


def pause_clocks(until: Mapping[uuid.UUID, datetime], at: datetime) -> None:
    """Let the clocks of handoffs stand still until these moments; what was left stays left."""
    clocks = list(
        Clock.objects.filter(
            handoff_id__in=until, state__in=[ClockState.RUNNING, ClockState.PAUSED]
        ).order_by("lead_id", "id")
    )
    calendars = calendars_of({clock.user_id for clock in clocks})
    rows = [
        (
            clock.id,
            postponed(
                calendar=calendars[clock.user_id],
                due_at=clock.due_at,
                paused_at=max(clock.resumes_at or at, at)
                if clock.state == ClockState.PAUSED
                else at,
                resumes_at=until[clock.handoff_id],
            ),
            until[clock.handoff_id],
        )
        for clock in clocks
    ]
    with connection.cursor() as cursor:
        cursor.execute(_PAUSE, {"rows": recordset(("id", "due_at", "resumes_at"), rows), "at": at})


def set_next_due(handoffs: Iterable[Taken]) -> None:
    """Note on each handoff the earliest moment still due to its owner."""
    _run(_NEXT_DUE, handoffs)


def _run(sql: str, handoffs: Iterable[Taken], **params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"handoffs": [handoff.id for handoff in handoffs], **params})
