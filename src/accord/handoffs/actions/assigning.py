"""Giving handoffs to people: as the rules say, by hand, or by taking from the queue."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accord.agreement.queries import terms_by_number
from accord.agreement.terms import Terms
from accord.base.ids import new_id
from accord.base.rows import copy_rows, recordset
from accord.handoffs.actions.clocks import (
    Start,
    cancel_clocks,
    kinds_to_run,
    set_next_due,
    start_clocks,
)
from accord.handoffs.actions.finding import count_by_hand, end_assignments, take_pools
from accord.handoffs.actions.moments import pauses_of
from accord.handoffs.actions.taking import RETURNING, Taken, take
from accord.handoffs.models import Assignment
from accord.handoffs.queries.tried import Tried, attempts_of, tried_enough
from accord.handoffs.rules.routing import BROUGHT, Routed, Trace
from accord.leads.actions import assign_owners

CLAIMED = "claimed"
BY_HAND = "by_hand"
_BY_HAND = (CLAIMED, BY_HAND)

_COUNT = """
UPDATE handoffs_poolmember AS member SET assigned = member.assigned + turn.number
FROM (
    SELECT place.id, sum(new.number) AS number
    FROM json_to_recordset(%(rows)s::json) AS new(user_id uuid, pool_id uuid, number int)
    JOIN handoffs_poolmember AS place ON place.user_id = new.user_id
     AND place.left_at IS NULL AND place.pool_id = COALESCE(new.pool_id, place.pool_id)
    GROUP BY place.id
) AS turn
WHERE member.id = turn.id
"""
_ASSIGN = f"""
UPDATE handoffs_handoff AS handoff
SET owner_id = new.user_id, assigned_at = %(at)s, queued_at = NULL, waits_because = NULL,
    put_aside_until_at = NULL, pool_id = COALESCE(new.pool_id, handoff.pool_id)
FROM json_to_recordset(%(rows)s::json)
     AS new(id uuid, user_id uuid, instead_of uuid, pool_id uuid)
WHERE handoff.id = new.id AND handoff.disposed_at IS NULL
  AND handoff.owner_id IS NOT DISTINCT FROM new.instead_of
{RETURNING}
"""


@dataclass(frozen=True)
class Assigning:
    """A handoff goes to a person; `instead_of` is who must have it till then, None the queue.

    `pool_id`: it was their turn there; without one it counts as a turn wherever they take turns.
    """

    handoff_id: uuid.UUID
    user_id: uuid.UUID
    rule: str
    trace: Trace = ()
    instead_of: uuid.UUID | None = None
    route_id: uuid.UUID | None = None
    pool_id: uuid.UUID | None = None


def as_routed(
    routed: Sequence[Routed], *, instead_of: Mapping[uuid.UUID, uuid.UUID | None] | None = None
) -> list[Assigning]:
    """What the rules say, of those handoffs that go to somebody else than has them now."""
    had = instead_of or {}
    return [
        Assigning(
            r.handoff_id, r.user_id, r.rule, r.trace, had.get(r.handoff_id), r.route_id, r.pool_id
        )
        for r in routed
        if r.user_id and r.user_id != had.get(r.handoff_id)
    ]


def assign(
    *, assignings: Sequence[Assigning], why: str, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """Give handoffs to people; the ones that really changed hands.

    Ends the clocks of the one before and starts those of the next; the lead gets its owner.
    """
    if assignings:
        take_pools()
    taken = _take(assignings, at)
    if taken:
        ids = [handoff.id for handoff in taken]
        end_assignments(ids, at)
        cancel_clocks(taken, at)
        terms = terms_by_number({handoff.agreement_version for handoff in taken})
        starts = _starts(taken, attempts_of({handoff.lead_id for handoff in taken}), terms)
        start_clocks(starts, at, pauses=pauses_of(ids))
        how = {assigning.handoff_id: assigning.rule for assigning in assignings}
        count_by_hand([h.owner_id for h in taken if h.owner_id and how[h.id] in _BY_HAND], at)
        _note(taken, assignings, why=why, by=by, at=at)
    return taken


def assign_new(
    *, assignings: Sequence[Assigning], terms: Terms, why: str, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """As `assign`, of handoffs that were made just now under `terms`: nothing is there to end.

    Whoever found the owners has taken the pools.
    """
    taken = _take(assignings, at)
    if taken:
        start_clocks(_starts(taken, {}, {terms.number: terms}), at, pauses={})
        _note(taken, assignings, why=why, by=by, at=at)
    return taken


def _take(assignings: Sequence[Assigning], at: datetime) -> list[Taken]:
    if not assignings:
        return []
    rows = recordset(
        ("id", "user_id", "instead_of", "pool_id"),
        ((a.handoff_id, a.user_id, a.instead_of, a.pool_id) for a in assignings),
    )
    return take(_ASSIGN, {"rows": rows, "at": at})


def _note(
    taken: Sequence[Taken],
    assignings: Sequence[Assigning],
    *,
    why: str,
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    """What follows from handoffs having changed hands, once their clocks run."""
    how = {assigning.handoff_id: assigning for assigning in assignings}
    _note_assignments(taken, how, by, at)
    _count_turns(taken, how)
    set_next_due(taken)
    assign_owners(owners={h.lead_id: h.owner_id for h in taken}, why=why, by=by, at=at)


def _starts(
    taken: Sequence[Taken], tried: Mapping[uuid.UUID, Tried], terms: Mapping[int, Terms]
) -> list[Start]:
    """The clocks of whoever has handoffs now."""
    expected = {h.id: terms[h.agreement_version].attempts for h in taken}
    enough = tried_enough({h.id: h.lead_id for h in taken}, expected, tried)
    return [
        Start(handoff, kind, handoff.owner_id)
        for handoff in taken
        if handoff.owner_id
        for kind in kinds_to_run(handoff, has_tried_enough=handoff.id in enough)
    ]


def _note_assignments(
    taken: Sequence[Taken], how: Mapping[uuid.UUID, Assigning], by: uuid.UUID | None, at: datetime
) -> None:
    copy_rows(
        Assignment,
        (
            *("id", "lead_id", "handoff_id", "user_id", "assigned_from", "by_id"),
            *("rule", "route_id", "pool_id", "trace"),
        ),
        (
            (
                *(new_id(), h.lead_id, h.id, h.owner_id, at, by),
                *(how[h.id].rule, how[h.id].route_id, how[h.id].pool_id, list(how[h.id].trace)),
            )
            for h in taken
        ),
    )


def _count_turns(taken: Sequence[Taken], how: Mapping[uuid.UUID, Assigning]) -> None:
    """What a rep brings does not use up a turn; all else does."""
    turns = Counter((h.owner_id, how[h.id].pool_id) for h in taken if how[h.id].rule != BROUGHT)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "rows": recordset(
                    ("user_id", "pool_id", "number"),
                    ((*whose, number) for whose, number in sorted(turns.items(), key=str)),
                )
            },
        )
