"""What a rep does next: planned, and done by trying."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid
from accord.base.ids import new_id
from accord.base.lifecycle import Side
from accord.base.rows import recordset
from accord.handoffs.actions.taking import STILL_OPEN, Taken, hold, take_all
from accord.handoffs.models import AttemptChannel, AttemptOutcome, NextStep
from accord.handoffs.queries.reach import channels_of
from accord.handoffs.rules.ahead import check_ahead
from accord.handoffs.rules.cadence import first_of
from accord.leads.actions import record_activities
from accord.leads.rules import NewActivity
from accord.teams.models import User
from accord.teams.queries import calendars_of
from accord.teams.rules import days

_PLAN = """
INSERT INTO handoffs_nextstep AS step
    (id, lead_id, handoff_id, channel, due_at, promised_to_prospect, planned_at, planned_by_id)
SELECT new.id, new.lead_id, new.handoff_id, new.channel, new.due_at, new.promised, %(at)s, %(by)s
FROM json_to_recordset(%(rows)s::json)
     AS new(id uuid, lead_id uuid, handoff_id uuid, channel text, due_at timestamptz,
            promised boolean)
ON CONFLICT (lead_id, handoff_id) WHERE done_at IS NULL DO UPDATE
SET channel = EXCLUDED.channel, due_at = EXCLUDED.due_at, planned_at = EXCLUDED.planned_at,
    planned_by_id = EXCLUDED.planned_by_id,
    promised_to_prospect = EXCLUDED.promised_to_prospect
"""
_DONE = """
UPDATE handoffs_nextstep AS step SET done_at = %(at)s
FROM json_to_recordset(%(rows)s::json) AS tried(lead_id uuid, channel text, talked boolean)
WHERE step.lead_id = tried.lead_id AND step.done_at IS NULL
  AND (NOT step.promised_to_prospect OR tried.talked
       OR (step.channel = tried.channel AND step.due_at <= %(at)s + interval '1 day'))
"""


@dataclass(frozen=True)
class Plan:
    """What is done next, on which channel and by when; and whether the prospect asked for it.

    `in_place_of` names a step that the prospect was promised and that this one replaces.
    """

    channel: str
    due_at: datetime
    promised_to_prospect: bool = False
    in_place_of: uuid.UUID | None = None


def plan_next_steps(*, plans: Mapping[uuid.UUID, Plan], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Plan the next step of handoffs (by id), all or none, in place of the one planned before.

    What the prospect was promised is replaced by a new promise to them, or by a plan that names
    it. Raises Invalid for a channel there is not and a moment that has passed or is too far
    ahead, Conflict when a promise would be lost, or a handoff is not open or not the person's.
    """
    for plan in plans.values():
        _check(plan, at)
    with transaction.atomic():
        hold(plans)
        taken = take_all(STILL_OPEN, {}, handoffs=sorted(plans), by=by, at=at)
        _keep_promises(plans, by)
        _write({h: plans[h.id] for h in taken}, by, at)
        record_activities(rows=[(h.lead_id, _told(h, plans[h.id], by, at)) for h in taken], at=at)
    return taken


def plan_promised(*, asked: Mapping[Taken, datetime], by: uuid.UUID, at: datetime) -> None:
    """Prospects asked to hear from us on the days that begin then: due when those days end.

    By call where there is a number; a day on which nobody works moves to the next one.
    """
    calendars = calendars_of({handoff.owner_id for handoff in asked})
    reach = channels_of([handoff.lead_id for handoff in asked])
    plans = {
        handoff: Plan(
            channel=first_of(reach.get(handoff.lead_id, set())),
            due_at=days(calendars[handoff.owner_id], begins - timedelta(hours=1), 1),
            promised_to_prospect=True,
        )
        for handoff, begins in asked.items()
    }
    _write(plans, by, at)


def _write(plans: Mapping[Taken, Plan], by: uuid.UUID, at: datetime) -> None:
    """Keep the next steps of handoffs that this transaction holds."""
    rows = recordset(
        ("id", "lead_id", "handoff_id", "channel", "due_at", "promised"),
        (
            (new_id(), h.lead_id, h.id, plan.channel, plan.due_at, plan.promised_to_prospect)
            for h, plan in plans.items()
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, {"rows": rows, "by": by, "at": at})


def do_next_steps(tried: Mapping[uuid.UUID, tuple[str, str]], at: datetime) -> None:
    """What was planned of leads is done by trying: (channel, outcome) by lead."""
    rows = recordset(
        ("lead_id", "channel", "talked"),
        (
            (lead_id, channel, outcome == AttemptOutcome.CONNECTED)
            for lead_id, (channel, outcome) in sorted(tried.items())
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(_DONE, {"rows": rows, "at": at})


def _check(plan: Plan, at: datetime) -> None:
    if plan.channel not in AttemptChannel.values:
        raise Invalid(
            _("“%(given)s” is no way to reach somebody; use one of %(known)s.")
            % {"given": plan.channel, "known": ", ".join(AttemptChannel.values)},
            field="channel",
        )
    if plan.due_at <= at:
        raise Invalid(_("That moment has passed; plan a later one."), field="due_at")
    check_ahead([plan.due_at], at=at, field="due_at")


def _keep_promises(plans: Mapping[uuid.UUID, Plan], by: uuid.UUID) -> None:
    promised = NextStep.objects.filter(
        handoff_id__in=plans, done_at__isnull=True, promised_to_prospect=True
    )
    for step in promised.order_by("due_at", "id"):
        plan = plans[step.handoff_id]
        if not plan.promised_to_prospect and plan.in_place_of != step.id:
            zone = User.objects.values_list("time_zone", flat=True).get(id=by)
            raise Conflict(
                _(
                    "They were promised “%(channel)s” by %(day)s, and that would be lost. Leave it"
                    " as it is, or say that what you plan replaces it."
                )
                % {
                    "channel": step.get_channel_display(),
                    "day": date_format(step.due_at.astimezone(ZoneInfo(zone)), "l j F"),
                }
            )


def _told(handoff: Taken, plan: Plan, by: uuid.UUID, at: datetime) -> NewActivity:
    return NewActivity(
        kind="next_step.planned",
        side=Side.SALES,
        happened_at=at,
        by_id=by,
        handoff_id=handoff.id,
        channel=plan.channel,
        detail={"due_at": plan.due_at.isoformat(), "promised": plan.promised_to_prospect},
    )
