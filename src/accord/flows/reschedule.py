"""Hours changed: what runs is due by the hours of now. What was missed by the old ones stays so.

The timeline says nothing of it: a line on each of a thousand leads would drown their story, and
the change itself is kept with the setting.
"""

import uuid
from collections.abc import Collection

from django.db import transaction

from accord.content import actions as content
from accord.handoffs.actions import move_open
from accord.outbox import jobs

BATCH = 1_000


def reschedule_soon(*, users: Collection[uuid.UUID] | None) -> None:
    """Have `reschedule` done by the worker, once the caller's transaction holds."""
    ids = None if users is None else sorted(str(user) for user in users)
    jobs.defer("reschedule", users=ids)


def reschedule(*, users: Collection[uuid.UUID] | None) -> int:
    """Work out anew when the promises of people (None: everybody's) are due; how many moved.

    For a change of hours, holidays, time zone or absences. In batches, each its own transaction;
    killed in between, a second run does the rest. Until it has run, the sweep still calls nothing
    missed that is not, because it looks at the hours of now before it does.
    """
    moved = _move_requests() if users is None else 0
    after = None
    while True:
        with transaction.atomic():
            done = move_open(users=users, after=after, limit=BATCH)
        moved += done.moved
        if done.last is None:
            return moved
        after = done.last


def _move_requests() -> int:
    """Of content that sales asked for: all of marketing promised it, by the company's hours."""
    moved, after = 0, None
    while True:
        with transaction.atomic():
            number, after = content.move_open(after=after, limit=BATCH)
        moved += number
        if after is None:
            return moved
