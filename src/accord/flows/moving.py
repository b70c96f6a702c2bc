"""Leads that moved: they enter a stage, and what asks for their stage or deals is judged again."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from accord.agreement.queries import NoAgreement, running
from accord.base.lifecycle import Side
from accord.leads import actions as leads
from accord.leads.actions import Entering
from accord.qualification.actions import look_again


def enter_stages(
    *, entries: Sequence[Entering], by: uuid.UUID | None, at: datetime, side: Side = Side.ACCORD
) -> set[uuid.UUID]:
    """Leads enter stages; those that moved."""
    moved = leads.enter_stages(entries=entries, by=by, at=at, side=side)
    judge_again(leads=moved, at=at)
    return moved


def judge_again(*, leads: Collection[uuid.UUID], at: datetime) -> None:
    """Have leads judged soon whose stage or deals have changed, where the agreement asks for it."""
    if not leads:
        return
    try:
        asking = running().following
    except NoAgreement:  # before set-up
        return
    if asking:
        look_again(leads=leads, at=at)
