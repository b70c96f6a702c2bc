"""Watch the clocks: who is late soon is warned, what is missed is told, each once; what waits
gets an owner, what rested wakes.

Each part is its own transaction; killed in between, the next run goes on where it stopped.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.clocks import WARN
from accord.base.lifecycle import LeadStatus
from accord.content import actions as content
from accord.handoffs import actions
from accord.handoffs.actions import Resumed, StepTaken, Taken
from accord.handoffs.actions.telling import (
    tell_of_assignments,
    tell_of_missed,
    tell_of_nobody_else,
    tell_of_queued,
    tell_of_resumed,
    tell_of_risk,
    tell_of_taken_away,
)
from accord.leads.actions import set_statuses

LIMIT = 500


@dataclass(frozen=True)
class Watched:
    """What one run did; `warned` are at risk, `moved` changed hands, `released` left the queue."""

    resumed: int
    warned: int
    steps: int
    moved: int
    released: int


def watch_clocks(*, at: datetime, limit: int = LIMIT) -> Watched:
    """Do what has come due by `at`, up to `limit` of each kind. Never early, never twice."""
    resumed = _resume(at, limit)
    steps, moved = _escalate(at, limit)
    released = _release(at, limit)
    of_content = _escalate_content(at, limit)
    taken = [*(each.step for each in steps), *(each.step for each in of_content)]
    warned = taken.count(WARN)
    return Watched(len(resumed), warned, len(taken) - warned, len(moved), len(released))


def _resume(at: datetime, limit: int) -> list[Resumed]:
    with transaction.atomic():
        resumed = actions.resume_due(at=at, limit=limit)
        tell_of_resumed(resumed=resumed, at=at)
        set_statuses(statuses={each.lead_id: LeadStatus.ATTEMPTING for each in resumed})
    return resumed


def _escalate(at: datetime, limit: int) -> tuple[list[StepTaken], list[Taken]]:
    with transaction.atomic():
        steps = actions.escalate_due(at=at, limit=limit)
        tell_of_risk(steps=[each for each in steps if each.step == WARN], at=at)
        tell_of_missed(steps=[each for each in steps if each.step != WARN], at=at)
        moved = _hand_to_others(steps, at)
    return steps, moved


def _escalate_content(at: datetime, limit: int) -> list[content.StepTaken]:
    with transaction.atomic():
        steps = content.escalate_due(at=at, limit=limit)
        content.tell_of_risk(steps=[each for each in steps if each.step == WARN], at=at)
        content.tell_of_missed(steps=[each for each in steps if each.step != WARN], at=at)
    return steps


def _hand_to_others(steps: Sequence[StepTaken], at: datetime) -> list[Taken]:
    to_others = [each for each in steps if each.step == "reassign"]
    late = {each.handoff.id: each.handoff for each in to_others}
    if not late:
        return []
    before: dict[uuid.UUID, uuid.UUID | None] = {id: h.owner_id for id, h in late.items()}
    why = _("nobody had tried to reach them in time")
    moved = actions.hand_to_others(handoffs=list(late.values()), why=why, at=at)
    actions.record_reassigned(moved, before, why, None, at)
    tell_of_nobody_else(steps=[e for e in to_others if e.handoff.id not in moved], at=at)
    taken = list(moved.values())
    tell_of_assignments(taken=taken, why=why, at=at)
    tell_of_taken_away(taken=taken, before=before, why=why, at=at)
    set_statuses(statuses={handoff.lead_id: LeadStatus.NEW for handoff in taken})
    return taken


def _release(at: datetime, limit: int) -> list[Taken]:
    with transaction.atomic():
        released, waits = actions.release_queue(at=at, limit=limit)
        tell_of_assignments(taken=released, at=at)
        tell_of_queued(handoffs=[handoff.id for handoff in waits], at=at)
    return released
