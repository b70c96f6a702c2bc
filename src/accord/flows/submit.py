"""Receive and take in at once, for a door whose caller waits for the outcome."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accord.flows.receive import Door, Incoming, receive
from accord.flows.take_in import BATCH, take_in_waiting, was_locked_out
from accord.leads import actions
from accord.leads.models import Fate
from accord.leads.queries import fates_of

__all__ = ["Door", "Incoming", "Submitted", "submit"]


@dataclass(frozen=True)
class Submitted:
    """What became of a submission. `is_new` is False when it had been sent before.

    A waiting one is kept and soon taken in; it has no lead yet.
    """

    id: uuid.UUID
    is_new: bool
    fate: Fate
    lead_id: uuid.UUID | None
    reason: str | None
    field: str | None


def submit(
    *, submissions: Sequence[Incoming], door: Door, by: uuid.UUID | None, at: datetime
) -> list[Submitted]:
    """Keep submissions verbatim, walk them through the steps, and say what became of each.

    Where others wait, they are left to the process that takes all in: whoever sends is answered
    at once, and its process answers the next. Raises Conflict when a nonce was used before for
    another body; then nothing is kept.
    """
    receipts = receive(submissions=submissions, door=door, by=by, at=at)
    ids = sorted({receipt.id for receipt in receipts})
    if not actions.many_wait(but=ids):
        _take_in(ids, at)
    fates = fates_of(ids)
    return [Submitted(receipt.id, receipt.is_new, *fates[receipt.id]) for receipt in receipts]


def _take_in(ids: Sequence[uuid.UUID], at: datetime) -> None:
    """Two that take in the same leads may lock each other out: then one begins again, alone.

    So it does when something else that waits cannot be taken in. What is not taken in here
    still waits, and the clock's turn comes.
    """
    for others in (BATCH, 0, 0):
        try:
            take_in_waiting(at=at, first=ids, limit=others or len(ids))
        except Exception as error:
            if not others and not was_locked_out(error):
                raise
        else:
            return
