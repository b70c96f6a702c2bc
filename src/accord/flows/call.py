"""Calls log themselves: a tap on the number begins one, and what came of it is said after.

While nobody has said so, the call is known to have been begun: the first attempt's clock stands,
for a rep who is on the phone keeps the promise. Among the attempts it counts only once somebody
says what came of it, for a tap alone is no attempt; until then it stands on Today.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accord.flows.follow_up import log_attempts
from accord.handoffs import actions
from accord.handoffs.actions import Attempt, AttemptChannel, Taken


@dataclass(frozen=True)
class Outcome:
    """What came of a call, by the outcomes of attempts, and a note."""

    outcome: str
    note: str = ""


def begin_calls(
    *, leads: Collection[uuid.UUID], by: uuid.UUID, at: datetime
) -> dict[uuid.UUID, uuid.UUID]:
    """Begin calls of leads; the ids of the calls, by lead. A second tap is the same call."""
    return actions.begin_calls(leads=leads, by=by, at=at)


def end_calls(*, outcomes: Mapping[uuid.UUID, Outcome], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Log what came of calls (by id), as attempts made when they were begun.

    See `follow_up.log_attempts`. Raises Conflict when somebody said so already.
    """
    with transaction.atomic():
        begun = actions.end_calls(calls=outcomes, by=by)
        attempts = [
            Attempt(
                lead_id=call.lead_id,
                channel=AttemptChannel.CALL,
                outcome=outcomes[call.id].outcome,
                note=outcomes[call.id].note,
                tried_at=call.begun_at,
            )
            for call in begun
        ]
        return log_attempts(attempts=attempts, by=by, at=at)


def drop_calls(*, calls: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> None:
    """They were no calls: the clocks go on as if nothing had happened."""
    actions.drop_calls(calls=calls, by=by, at=at)
