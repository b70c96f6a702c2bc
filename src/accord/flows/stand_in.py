"""Work goes to others when somebody is away or gone: to the stand-in, else by the routes."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.lifecycle import LeadStatus
from accord.flows.reschedule import reschedule_soon
from accord.handoffs import actions
from accord.handoffs.actions import Taken
from accord.handoffs.actions.telling import (
    tell_of_assignments,
    tell_of_queued,
    tell_of_taken_away,
)
from accord.handoffs.queries import owners_of, work_of, work_of_those_gone
from accord.leads.actions import set_statuses
from accord.teams import actions as teams
from accord.teams.models import Absence, HandsOver
from accord.teams.queries import ready_for_leads


def add_absence(
    *,
    user_id: uuid.UUID,
    absent_from: datetime,
    absent_until: datetime,
    reason: str,
    stand_in: uuid.UUID | None,
    hands_over: str,
    by: uuid.UUID,
    at: datetime,
) -> list[Taken]:
    """Note an absence; what is handed over because it has begun already.

    Raises Invalid naming the field that does not fit.
    """
    with transaction.atomic():
        teams.add_absence(
            user_id=user_id,
            absent_from=absent_from,
            absent_until=absent_until,
            reason=reason,
            stand_in=stand_in,
            hands_over=hands_over,
            by=by,
            at=at,
        )
        reschedule_soon(users=[user_id])
        return hand_over_work(at=at)


def deactivate(*, user_id: uuid.UUID, by: uuid.UUID, at: datetime) -> list[Taken]:
    """Somebody no longer works here: what they had open goes to others or waits; none is lost.

    Raises Missing, and Conflict for whoever would lock themselves out.
    """
    with transaction.atomic():
        teams.set_active(user_id=user_id, is_active=False, by=by, at=at)
        return hand_over_work(at=at)


def route_anew(
    *, handoffs: Collection[uuid.UUID], why: str, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """Give open handoffs to others than have them, by the routes; all concerned are told.

    Where nobody is free they wait in the queue. Those that changed hands or went there.
    """
    with transaction.atomic():
        before = owners_of(handoffs)
        moved = actions.route_anew(handoffs=list(before), why=why, by=by, at=at)
        _tell(moved, before, why, by, at)
    return moved


def hand_over_work(*, at: datetime) -> list[Taken]:
    """Hand over the work of those whose absence has begun, each once, and of those gone."""
    moved: list[Taken] = []
    with transaction.atomic():
        for absence in teams.begin_absences(at=at):
            moved.extend(_hand_over(absence, at))
        left = work_of_those_gone()
        why = _("whoever had it no longer works leads")
        moved.extend(route_anew(handoffs=left, why=why, by=None, at=at))
    return moved


def _hand_over(absence: Absence, at: datetime) -> list[Taken]:
    """To the stand-in if there is one, else by the routes; both are told."""
    untouched = absence.hands_over == HandsOver.UNTOUCHED
    before = dict.fromkeys(work_of(absence.user_id, untouched=untouched), absence.user_id)
    why = _("%(name)s is away") % {"name": absence.user.name}
    stand_in = absence.stand_in_id
    if stand_in is None or stand_in not in ready_for_leads([stand_in], at):
        return route_anew(handoffs=before, why=why, by=None, at=at)
    moved = actions.reassign(owners=dict.fromkeys(before, stand_in), why=why, by=None, at=at)
    _tell(moved, before, why, None, at)
    return moved


def _tell(
    moved: Sequence[Taken],
    before: Mapping[uuid.UUID, uuid.UUID],
    why: str,
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    tell_of_assignments(taken=moved, why=why, by=by, at=at)
    tell_of_taken_away(taken=moved, before=before, why=why, by=by, at=at)
    tell_of_queued(handoffs=[h.id for h in moved if h.owner_id is None], at=at)
    untouched = [h.lead_id for h in moved if not h.first_attempt_at]
    set_statuses(statuses=dict.fromkeys(untouched, LeadStatus.NEW))
