"""Logging attempts to reach a lead."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accord.agreement.queries import terms_by_number
from accord.base.errors import Invalid
from accord.base.lifecycle import Side
from accord.base.rows import recordset
from accord.handoffs.actions.clocks import set_next_due, stop_clocks
from accord.handoffs.actions.planning import do_next_steps
from accord.handoffs.actions.taking import RETURNING, Taken, take
from accord.handoffs.models import AttemptChannel, AttemptOutcome, ClockKind
from accord.handoffs.queries.tried import attempts_of, tried_enough
from accord.leads.actions import record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity


@dataclass(frozen=True)
class Attempt:
    """One try to reach a lead, with what came of it and a note.

    `tried_at` is when, where that was before somebody said so: promises were kept then.
    """

    lead_id: uuid.UUID
    channel: str
    outcome: str
    note: str = ""
    tried_at: datetime | None = None


# Whoever of sales reaches out, the lead has been attended to; never before somebody could.
_ATTEMPTED = f"""
UPDATE handoffs_handoff AS handoff
SET first_attempt_at = COALESCE(first_attempt_at,
    GREATEST(new.tried_at, handoff.assigned_at, handoff.offered_at))
FROM json_to_recordset(%(rows)s::json) AS new(lead_id uuid, tried_at timestamptz)
WHERE handoff.lead_id = new.lead_id AND handoff.disposed_at IS NULL
{RETURNING}
"""
# What was said later than done: those that stopped now stopped then, if they ran already. That
# one was noticed as missed meanwhile, and who was told, stays.
_AS_OF = """
UPDATE handoffs_clock AS clock SET stopped_at = GREATEST(new.tried_at, clock.started_at)
FROM json_to_recordset(%(rows)s::json) AS new(handoff_id uuid, tried_at timestamptz)
WHERE clock.handoff_id = new.handoff_id AND clock.kind = %(kind)s
  AND clock.state = 'stopped' AND clock.stopped_at = %(at)s
"""


def log_attempts(*, attempts: Sequence[Attempt], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Log attempts, at most one a lead; the open handoffs they belong to.

    An attempt stops the first attempt's clock, and that of attempts over days once there were
    enough or somebody talked with them; no other. Both stop as of when it was tried, so that
    nobody is late who only said so late. It does what was planned next.
    Raises Invalid for a channel or an outcome that does not exist.
    """
    for attempt in attempts:
        _check(attempt)
    with transaction.atomic():
        leads = hold_leads(leads={attempt.lead_id for attempt in attempts})
        tried_at = {a.lead_id: min(a.tried_at or at, at) for a in attempts if a.lead_id in leads}
        taken = begin_attempts(tried_at, at)
        do_next_steps({a.lead_id: (a.channel, a.outcome) for a in attempts}, at)
        handoff_of = {handoff.lead_id: handoff.id for handoff in taken}
        record_activities(
            rows=[
                (
                    attempt.lead_id,
                    NewActivity(
                        kind="attempt.logged",
                        side=Side.SALES,
                        happened_at=attempt.tried_at or at,
                        by_id=by,
                        handoff_id=handoff_of.get(attempt.lead_id),
                        channel=attempt.channel,
                        outcome=attempt.outcome,
                        text=attempt.note or None,
                    ),
                )
                for attempt in sorted(attempts, key=lambda attempt: attempt.lead_id)
                if attempt.lead_id in leads
            ],
            at=at,
        )
        _stop_tried_enough(taken, at)
        set_next_due(taken)
    return taken


def begin_attempts(tried_at: Mapping[uuid.UUID, datetime], at: datetime) -> list[Taken]:
    """Leads (by id) were reached for: the clocks of first attempts stop; their open handoffs."""
    taken = take(_ATTEMPTED, {"rows": recordset(("lead_id", "tried_at"), sorted(tried_at.items()))})
    _stop(taken, ClockKind.FIRST_ATTEMPT, tried_at, at)
    set_next_due(taken)
    return taken


def _stop(
    handoffs: Sequence[Taken], kind: ClockKind, tried_at: Mapping[uuid.UUID, datetime], at: datetime
) -> None:
    """Stop clocks of a kind as of when their leads (by id) were tried."""
    stop_clocks(handoffs, [kind], at)
    earlier = [(h.id, tried_at[h.lead_id]) for h in handoffs if tried_at[h.lead_id] < at]
    if earlier:
        rows = recordset(("handoff_id", "tried_at"), earlier)
        with connection.cursor() as cursor:
            cursor.execute(_AS_OF, {"rows": rows, "kind": kind.value, "at": at})


def _stop_tried_enough(taken: Sequence[Taken], at: datetime) -> None:
    """Attempts over days end with the newest of them, where there were enough."""
    terms = terms_by_number({h.agreement_version for h in taken})
    expected = {h.id: terms[h.agreement_version].attempts for h in taken}
    leads = {h.id: h.lead_id for h in taken}
    tried = attempts_of(set(leads.values()))
    enough = tried_enough(leads, expected, tried)
    newest = {leads[id]: max(moment for *_, moment in tried[id]) for id in enough}
    _stop([h for h in taken if h.id in enough], ClockKind.ATTEMPTS, newest, at)


def _check(attempt: Attempt) -> None:
    if attempt.channel not in AttemptChannel.values:
        raise Invalid(
            _("“%(given)s” is no way to reach somebody; use one of %(known)s.")
            % {"given": attempt.channel, "known": ", ".join(AttemptChannel.values)},
            field="channel",
        )
    if attempt.outcome not in AttemptOutcome.values:
        raise Invalid(
            _("“%(given)s” is no outcome of an attempt; use one of %(known)s.")
            % {"given": attempt.outcome, "known": ", ".join(AttemptOutcome.values)},
            field="outcome",
        )
