"""Logging attempts to reach a lead."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
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

    `tried_at` is when, where that was before somebody said so.
    """

    lead_id: uuid.UUID
    channel: str
    outcome: str
    note: str = ""
    tried_at: datetime | None = None


# Whoever of sales reaches out, the lead has been attended to.
_ATTEMPTED = f"""
UPDATE handoffs_handoff AS handoff SET first_attempt_at = COALESCE(first_attempt_at, %(at)s)
FROM json_to_recordset(%(rows)s::json) AS new(lead_id uuid)
WHERE handoff.lead_id = new.lead_id AND handoff.disposed_at IS NULL
{RETURNING}
"""


def log_attempts(*, attempts: Sequence[Attempt], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Log attempts, at most one a lead; the open handoffs they belong to.

    An attempt stops the first attempt's clock, and that of attempts over days once there were
    enough or somebody talked with them; no other. It does what was planned next.
    Raises Invalid for a channel or an outcome that does not exist.
    """
    for attempt in attempts:
        _check(attempt)
    with transaction.atomic():
        leads = hold_leads(leads={attempt.lead_id for attempt in attempts})
        taken = begin_attempts(leads, at)
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
        stop_clocks(_tried_enough(taken), [ClockKind.ATTEMPTS], at)
        set_next_due(taken)
    return taken


def begin_attempts(leads: Collection[uuid.UUID], at: datetime) -> list[Taken]:
    """Leads are being reached for: the clocks of first attempts stop; their open handoffs."""
    rows = recordset(("lead_id",), ((lead_id,) for lead_id in sorted(leads)))
    taken = take(_ATTEMPTED, {"rows": rows, "at": at})
    stop_clocks(taken, [ClockKind.FIRST_ATTEMPT], at)
    set_next_due(taken)
    return taken


def _tried_enough(taken: Sequence[Taken]) -> list[Taken]:
    terms = terms_by_number({h.agreement_version for h in taken})
    expected = {h.id: terms[h.agreement_version].attempts for h in taken}
    leads = {h.id: h.lead_id for h in taken}
    enough = tried_enough(leads, expected, attempts_of(set(leads.values())))
    return [handoff for handoff in taken if handoff.id in enough]


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
