"""Noticing missed promises. Each step is taken once, whatever runs twice or is killed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accord.agreement.clocks import WARN, escalated
from accord.agreement.queries import terms_by_number
from accord.base.ids import named_id
from accord.base.lifecycle import Side
from accord.base.rows import recordset
from accord.handoffs.actions.assigning import as_routed, assign
from accord.handoffs.actions.clocks import set_next_due
from accord.handoffs.actions.finding import find_owners
from accord.handoffs.actions.moments import move, pauses_of
from accord.handoffs.actions.taking import Taken
from accord.handoffs.models import Clock, ClockState, Handoff
from accord.leads.actions import record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity
from accord.teams.queries import calendars_of, names

# A promise is kept at the moment due itself, so that it is missed only after it. Until then the
# sweep looks to warn; what is past due already is missed, and no longer warned of.
_CLAIM = """
UPDATE handoffs_clock AS clock
SET state = CASE WHEN clock.due_at < %(at)s THEN 'missed' ELSE clock.state END,
    missed_at = CASE WHEN clock.due_at < %(at)s THEN COALESCE(clock.missed_at, %(at)s) END,
    warned_at = CASE WHEN clock.due_at < %(at)s THEN clock.warned_at ELSE %(at)s END,
    escalates_at = CASE WHEN clock.due_at < %(at)s THEN NULL ELSE clock.due_at END
WHERE clock.id = ANY(%(clocks)s) AND clock.state IN ('running', 'missed')
  AND clock.stopped_at IS NULL AND clock.escalates_at < %(at)s
RETURNING clock.id, clock.lead_id, clock.handoff_id, clock.kind, clock.user_id, clock.due_at,
          clock.next_step, COALESCE(clock.missed_at = %(at)s, false), clock.due_at >= %(at)s
"""
_GO_ON = """
UPDATE handoffs_clock AS clock
SET next_step = new.next_step, escalates_at = new.escalates_at
FROM json_to_recordset(%s::json) AS new(id uuid, next_step int, escalates_at timestamptz)
WHERE clock.id = new.id
"""
_TAKE_STEPS = """
INSERT INTO handoffs_escalation (id, lead_id, clock_id, step, taken_at)
SELECT new.id, new.lead_id, new.clock_id, new.step, %s
FROM json_to_recordset(%s::json) AS new(id uuid, lead_id uuid, clock_id uuid, step text)
ON CONFLICT DO NOTHING
RETURNING clock_id, step
"""


@dataclass(frozen=True)
class Claimed:
    """A clock that is this transaction's: at risk, or missed; `is_new` when it was not before.

    `user_id` None: the marketing team promised it.
    """

    id: uuid.UUID
    lead_id: uuid.UUID
    handoff_id: uuid.UUID
    kind: str
    user_id: uuid.UUID | None
    due_at: datetime
    next_step: int
    is_new: bool
    is_at_risk: bool


@dataclass(frozen=True)
class StepTaken:
    """A step that was taken now, for the first and only time: a warning, or of the escalation."""

    clock: Claimed
    handoff: Handoff
    step: str


def escalate_due(*, at: datetime, limit: int) -> list[StepTaken]:
    """Note what is at risk or was missed by `at`, and take the steps whose moment has come.

    A step "reassign" is only named; `hand_to_others` does it. "warn" comes before all others.
    """
    with transaction.atomic():
        claimed = _claim(at, limit)
        if not claimed:
            return []
        handoffs = Handoff.objects.in_bulk({clock.handoff_id for clock in claimed})
        come, later = _look([clock for clock in claimed if not clock.is_at_risk], handoffs, at)
        come.extend((clock, WARN) for clock in claimed if clock.is_at_risk)
        with connection.cursor() as cursor:
            cursor.execute(_GO_ON, [recordset(("id", "next_step", "escalates_at"), later)])
            rows = [
                (named_id(clock.id, step), clock.lead_id, clock.id, step) for clock, step in come
            ]
            cursor.execute(
                _TAKE_STEPS, [at, recordset(("id", "lead_id", "clock_id", "step"), rows)]
            )
            taken = set(cursor.fetchall())
        _record([clock for clock in claimed if clock.is_new], at)
    return [
        StepTaken(clock, handoffs[clock.handoff_id], step)
        for clock, step in come
        if (clock.id, step) in taken
    ]


def hand_to_others(
    *, handoffs: Sequence[Handoff], why: str, at: datetime
) -> dict[uuid.UUID, Taken]:
    """Give handoffs to somebody else who is present, by handoff; those that found nobody stay.

    For the transaction in which their leads are held.
    """
    owners = {handoff.id: handoff.owner_id for handoff in handoffs if handoff.owner_id}
    routed = find_owners({h.id: h.lead_id for h in handoffs if h.owner_id}, at, not_to=owners)
    moved = assign(
        assignings=as_routed(routed, instead_of=owners),
        why=why,
        by=None,
        at=at,
    )
    return {handoff.id: handoff for handoff in moved}


def _claim(at: datetime, limit: int) -> list[Claimed]:
    due = Clock.objects.filter(escalates_at__lt=at).order_by("escalates_at")[:limit]
    found = list(due)
    if not found:
        return []
    hold_leads(leads={clock.lead_id for clock in found})
    # Whatever became of people's hours, nothing is early.
    set_next_due(move([clock for clock in found if clock.state == ClockState.RUNNING]))
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"clocks": [clock.id for clock in found], "at": at})
        claimed = [Claimed(*row) for row in cursor.fetchall()]
    return sorted(claimed, key=lambda clock: (clock.lead_id, clock.id))


def _look(
    claimed: Sequence[Claimed], handoffs: Mapping[uuid.UUID, Handoff], at: datetime
) -> tuple[list[tuple[Claimed, str]], list[tuple[uuid.UUID, int, datetime | None]]]:
    """The steps that have come, and for each clock where it stands after them."""
    calendars = calendars_of({clock.user_id for clock in claimed})
    terms = terms_by_number({h.agreement_version for h in handoffs.values()})
    pauses = pauses_of({clock.handoff_id for clock in claimed if clock.user_id})
    come: list[tuple[Claimed, str]] = []
    later: list[tuple[uuid.UUID, int, datetime | None]] = []
    for clock in claimed:
        handoff = handoffs[clock.handoff_id]
        stands = escalated(
            steps=terms[handoff.agreement_version].escalation_of(clock.kind),
            calendar=calendars[clock.user_id],
            due_at=clock.due_at,
            next_step=clock.next_step,
            at=at,
            pauses=pauses.get(handoff.id, ()) if clock.user_id else (),
        )
        come.extend((clock, step) for step in stands.come if _applies(step, clock, handoff))
        later.append((clock.id, stands.next_step, stands.next_at))
    return come, later


def _applies(step: str, clock: Claimed, handoff: Handoff) -> bool:
    """Nobody loses a lead whom they have tried to reach, or accepted; a team has none to lose."""
    is_in_touch = handoff.first_attempt_at or handoff.accepted_at
    return step != "reassign" or not (is_in_touch or clock.user_id is None)


def _record(missed: Sequence[Claimed], at: datetime) -> None:
    people = names(clock.user_id for clock in missed)
    record_activities(
        rows=[
            (
                clock.lead_id,
                NewActivity(
                    kind="clock.missed",
                    side=Side.ACCORD,
                    happened_at=clock.due_at,
                    handoff_id=clock.handoff_id,
                    outcome=clock.kind,
                    detail={"name": people.get(clock.user_id, "") if clock.user_id else ""},
                ),
            )
            for clock in missed
        ],
        at=at,
    )
