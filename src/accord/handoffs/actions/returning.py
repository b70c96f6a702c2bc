"""Passing handoffs back to marketing, and taking that back."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from accord.agreement.terms import Attempts
from accord.base.ids import new_id
from accord.base.lifecycle import Side
from accord.base.rows import copy_rows
from accord.handoffs.actions.clocks import (
    Start,
    cancel_clocks,
    restore_clocks,
    set_next_due,
    start_clocks,
    stop_clocks,
)
from accord.handoffs.actions.pools import give_turns_back
from accord.handoffs.actions.taking import MAY_ANSWER, RETURNING, Taken, hold, take, take_all
from accord.handoffs.models import Answer, ClockKind, PassBack
from accord.handoffs.queries.reach import channels_of
from accord.handoffs.queries.tried import Tried, attempts_of
from accord.handoffs.rules.attempts import counted, is_early
from accord.leads.actions import record_activities
from accord.leads.rules import NewActivity

UNDO_WITHIN = timedelta(seconds=30)  # ten on the page, and the time it takes to get here

_PASS_BACK = f"""
UPDATE handoffs_handoff AS handoff
SET state = 'passed_back', passed_back_at = %(at)s, disposed_at = %(at)s
WHERE handoff.id = ANY(%(handoffs)s) AND handoff.state IN ('offered', 'accepted')
  AND handoff.disposed_at IS NULL AND {MAY_ANSWER}
{RETURNING}
"""
_COLUMNS = (
    *("id", "lead_id", "handoff_id", "reason", "destination", "note", "asked", "attempts"),
    *("is_early", "gives_turn_back", "blamed_clauses", "re_enter_on", "round", "after_acceptance"),
    *("agreement_version", "passed_back_at", "passed_back_by_id"),
    *("answer", "answer_note", "answered_at"),
)
_UNDO = """
UPDATE handoffs_passback AS back SET undone_at = %(at)s
WHERE back.handoff_id = ANY(%(handoffs)s) AND back.undone_at IS NULL
  AND back.passed_back_by_id = %(by)s AND back.passed_back_at >= %(since)s
  AND NOT EXISTS (
    SELECT 1 FROM handoffs_handoff AS newer
    WHERE newer.lead_id = back.lead_id AND newer.disposed_at IS NULL)
RETURNING back.handoff_id, back.passed_back_at, back.destination, back.gives_turn_back
"""
_REOPEN = f"""
UPDATE handoffs_handoff AS handoff
SET state = CASE WHEN accepted_at IS NULL THEN 'offered' ELSE 'accepted' END,
    passed_back_at = NULL, disposed_at = NULL
WHERE handoff.id = ANY(%(handoffs)s) AND handoff.state = 'passed_back'
{RETURNING}
"""


@dataclass(frozen=True)
class Returning:
    """A handoff goes back: the reason's key and label, where it sends the lead, what was said.

    `asked` answers the one thing more that the reason asks for. `expects` are the attempts that
    are promised before giving up for this reason. What answers itself asks nothing of marketing.
    `gives_turn_back`: it was no lead to anybody, so it does not count as a turn.
    """

    handoff_id: uuid.UUID
    reason: str
    label: str
    destination: str
    note: str = ""
    asked: str = ""
    re_enter_on: date | None = None
    blamed_clauses: Sequence[str] = ()
    expects: Attempts | None = None
    answers_itself: bool = False
    gives_turn_back: bool = False


def pass_back(*, returnings: Sequence[Returning], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Pass handoffs back, all or none.

    Stops the clocks of answer and disposition, and starts marketing's to answer. Raises Conflict
    with what became of one that is not open, or whose it is.
    """
    said = {returning.handoff_id: returning for returning in returnings}
    with transaction.atomic():
        hold(said)
        taken = take_all(_PASS_BACK, {}, handoffs=sorted(said), by=by, at=at)
        stop_clocks(taken, [ClockKind.ANSWER, ClockKind.DISPOSITION], at)
        cancel_clocks(taken, at)
        set_next_due(taken)
        leads = {h.lead_id for h in taken}
        tried, possible = attempts_of(leads), channels_of(leads)
        copy_rows(
            PassBack,
            _COLUMNS,
            (
                _row(h, said[h.id], tried.get(h.id, []), possible.get(h.lead_id, set()), by, at)
                for h in taken
            ),
        )
        start_clocks(
            [
                Start(h, ClockKind.PASS_BACK_ANSWER, None)
                for h in taken
                if not said[h.id].answers_itself
            ],
            at,
            pauses={},
        )
        give_turns_back([h.id for h in taken if said[h.id].gives_turn_back], credit=1)
        record_activities(rows=[(h.lead_id, _told(h, said[h.id], by, at)) for h in taken], at=at)
    return taken


@dataclass(frozen=True)
class Undone:
    """A pass-back that was taken back: where the lead had gone, and when."""

    handoff: Taken
    destination: str
    passed_back_at: datetime


def undo_pass_back(*, handoffs: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Undone]:
    """Take pass-backs back, by whoever passed back, within `UNDO_WITHIN`; the ones it could.

    The clocks go on as if nothing had happened.
    """
    with transaction.atomic():
        hold(handoffs)
        with connection.cursor() as cursor:
            cursor.execute(
                _UNDO,
                {"handoffs": sorted(handoffs), "by": by, "at": at, "since": at - UNDO_WITHIN},
            )
            rows = cursor.fetchall()
        ended = {handoff_id: moment for handoff_id, moment, _, _ in rows}
        went = {handoff_id: destination for handoff_id, _, destination, _ in rows}
        give_turns_back([handoff_id for handoff_id, _, _, gave in rows if gave], credit=-1)
        taken = take(_REOPEN, {"handoffs": sorted(went)})
        cancel_clocks(taken, at)
        restore_clocks(ended, at)
        set_next_due(taken)
        record_activities(
            rows=[(h.lead_id, _activity("handoff.pass_back_undone", h, by, at)) for h in taken],
            at=at,
        )
    return [Undone(handoff, went[handoff.id], ended[handoff.id]) for handoff in taken]


def _row(
    handoff: Taken,
    said: Returning,
    tried: Tried,
    possible: Collection[str],
    by: uuid.UUID,
    at: datetime,
) -> tuple[object, ...]:
    channels = [channel for channel, *_ in tried]
    early = said.expects is not None and is_early(
        tried=channels,
        at_least=said.expects.at_least,
        channels=said.expects.channels,
        possible=set(possible),
    )
    return (
        new_id(),
        handoff.lead_id,
        handoff.id,
        said.reason,
        said.destination,
        said.note,
        said.asked,
        len(counted(channels, set(possible))),
        early,
        said.gives_turn_back,
        list(said.blamed_clauses),
        said.re_enter_on,
        handoff.round,
        handoff.accepted_at is not None,
        handoff.agreement_version,
        at,
        by,
        *((Answer.ITSELF.value, "", at) if said.answers_itself else (None, "", None)),
    )


def _told(handoff: Taken, said: Returning, by: uuid.UUID, at: datetime) -> NewActivity:
    again = said.re_enter_on.isoformat() if said.re_enter_on else None
    return _activity(
        "handoff.passed_back",
        handoff,
        by,
        at,
        outcome=said.reason,
        text=said.note or None,
        detail={"label": said.label, "asked": said.asked or None, "re_enter_on": again},
    )


def _activity(
    kind: str,
    handoff: Taken,
    by: uuid.UUID,
    at: datetime,
    *,
    outcome: str | None = None,
    text: str | None = None,
    detail: dict[str, object] | None = None,
) -> NewActivity:
    return NewActivity(
        kind=kind,
        side=Side.SALES,
        happened_at=at,
        by_id=by,
        handoff_id=handoff.id,
        outcome=outcome,
        text=text,
        detail=detail,
    )
