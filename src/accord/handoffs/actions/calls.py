"""A tap on a number is a call: begun at once, and logged once somebody says what came of it."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.base.ids import new_id
from accord.base.lifecycle import Side
from accord.base.rows import recordset
from accord.handoffs.actions.attempts import begin_attempts
from accord.handoffs.actions.clocks import restore_clocks, set_next_due
from accord.handoffs.actions.taking import RETURNING, take
from accord.handoffs.models import CALL_BEGUN, AttemptChannel
from accord.leads.actions import record_activities, take_out
from accord.leads.actions.holding import hold_leads
from accord.leads.models import Activity
from accord.leads.rules import NewActivity

# Only where that call was the first attempt: what was tried before or since stays tried.
_NOT_ATTEMPTED = f"""
UPDATE handoffs_handoff AS handoff SET first_attempt_at = NULL
FROM json_to_recordset(%(rows)s::json) AS new(id uuid, begun_at timestamptz)
WHERE handoff.id = new.id AND handoff.first_attempt_at = new.begun_at
  AND handoff.disposed_at IS NULL
{RETURNING}
"""


@dataclass(frozen=True)
class Begun:
    """A call that somebody began, of which nobody has said what came of it."""

    id: uuid.UUID
    lead_id: uuid.UUID
    handoff_id: uuid.UUID | None
    begun_at: datetime


def begin_calls(
    *, leads: Collection[uuid.UUID], by: uuid.UUID, at: datetime
) -> dict[uuid.UUID, uuid.UUID]:
    """Begin calls of leads; the ids of the calls, by lead.

    The first attempt's clock stops, so that nobody takes a lead from a rep on the phone. A
    second tap is the same call until somebody says what came of it.
    """
    with transaction.atomic():
        there = hold_leads(leads=leads)
        rows = Activity.objects.filter(kind=CALL_BEGUN, lead_id__in=there, by_id=by)
        known = dict(rows.values_list("lead_id", "id"))
        new = {lead_id: new_id() for lead_id in sorted(there - set(known))}
        handoff_of = {h.lead_id: h.id for h in begin_attempts(dict.fromkeys(new, at), at)}
        record_activities(
            rows=[(lead_id, _told(handoff_of.get(lead_id), by, at)) for lead_id in new],
            at=at,
            ids=list(new.values()),
        )
    return {**known, **new}


def end_calls(*, calls: Collection[uuid.UUID], by: uuid.UUID) -> list[Begun]:
    """Take calls that somebody began off the list, all or none; what they were.

    Raises Conflict for one of which something was said already.
    """
    with transaction.atomic():
        leads = Activity.objects.filter(id__in=calls, kind=CALL_BEGUN).values_list("lead_id")
        hold_leads(leads={lead_id for (lead_id,) in leads})
        taken = take_out(ids=calls, kind=CALL_BEGUN, by=by)
        if len(taken) < len(set(calls)):
            raise Conflict(_("What came of this call was said already; the timeline has it."))
    return [Begun(a.id, a.lead_id, a.handoff_id, a.happened_at) for a in taken]


def drop_calls(*, calls: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Begun]:
    """It was no call: the first attempt's clock goes on as if nothing had happened."""
    with transaction.atomic():
        begun = end_calls(calls=calls, by=by)
        moments: Mapping[uuid.UUID, datetime] = {
            call.handoff_id: call.begun_at for call in begun if call.handoff_id
        }
        rows = recordset(("id", "begun_at"), sorted(moments.items()))
        taken = take(_NOT_ATTEMPTED, {"rows": rows})
        restore_clocks({handoff.id: moments[handoff.id] for handoff in taken}, at)
        set_next_due(taken)
    return begun


def _told(handoff: uuid.UUID | None, by: uuid.UUID, at: datetime) -> NewActivity:
    return NewActivity(
        kind=CALL_BEGUN,
        side=Side.SALES,
        happened_at=at,
        by_id=by,
        handoff_id=handoff,
        channel=AttemptChannel.CALL,
    )
