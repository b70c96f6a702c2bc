"""Moving what runs to the hours that hold now, batch by batch."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accord.handoffs.actions.clocks import set_next_due
from accord.handoffs.actions.moments import move
from accord.handoffs.models import Clock, ClockState


@dataclass(frozen=True)
class Moved:
    """A batch of clocks looked at: how many handoffs had one that moved, and where it ended."""

    moved: int
    last: tuple[uuid.UUID, uuid.UUID] | None


def move_open(
    *,
    users: Collection[uuid.UUID] | None,
    after: tuple[uuid.UUID, uuid.UUID] | None,
    limit: int,
) -> Moved:
    """Work out anew the moments of people's clocks (None: everybody's), the next `limit` of them.

    `after` is where the batch before ended, by (lead, clock); `last` is None after the last one.
    """
    running = Clock.objects.filter(state__in=[ClockState.RUNNING, ClockState.PAUSED])
    if users is not None:
        running = running.filter(user_id__in=users)
    if after:
        running = running.filter(Q(lead_id__gt=after[0]) | Q(lead_id=after[0], id__gt=after[1]))
    with transaction.atomic():
        clocks = list(running.order_by("lead_id", "id")[:limit])
        moved = move(clocks)
        set_next_due(moved)
    last = (clocks[-1].lead_id, clocks[-1].id) if len(clocks) == limit else None
    return Moved(len(moved), last)
