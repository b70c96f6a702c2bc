"""Step 5, advance: enter the stages whose definition is met."""

import uuid
from collections.abc import Collection
from datetime import datetime

from accord.agreement.queries import NoAgreement, running
from accord.base.lifecycle import Cause, Stage
from accord.flows.moving import enter_stages
from accord.leads.actions import Entering
from accord.qualification import queries


def advance(*, leads: Collection[uuid.UUID] | None, at: datetime) -> set[uuid.UUID]:
    """Move leads (None: all) that meet a stage's definition into it; those that moved.

    Recycled and disqualified leads wait for a new event: `hand_off` sees to them.
    """
    try:
        terms = running()
    except NoAgreement:  # before set-up
        return set()
    entries = [
        Entering(
            lead_id=lead_id,
            stage=Stage(definition.stage),
            cause=Cause.EVALUATION,
            why=definition.title,
            agreement_version=terms.number,
        )
        for key, definition in terms.definitions.items()
        if definition.stage
        for lead_id in queries.due_for_stage(definition=key, stage=definition.stage, leads=leads)
    ]
    return enter_stages(entries=entries, by=None, at=at)
