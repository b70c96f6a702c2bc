"""Finding who gets handoffs, by the rules; and the queue of those for whom nobody is free."""

import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from accord.base.rows import recordset
from accord.handoffs.actions.taking import RETURNING, Taken, take
from accord.handoffs.models import Pool
from accord.handoffs.queries.free import people_now
from accord.handoffs.queries.routing import routing_plan, wanted_of
from accord.handoffs.rules import routing
from accord.handoffs.rules.routing import Routed, Router

_QUEUE = f"""
UPDATE handoffs_handoff AS handoff
SET owner_id = NULL, assigned_at = NULL, put_aside_until_at = NULL, pool_id = new.pool_id,
    queued_at = COALESCE(handoff.queued_at, %(at)s), waits_because = new.trace
FROM json_to_recordset(%(rows)s::json) AS new(id uuid, pool_id uuid, trace jsonb)
WHERE handoff.id = new.id AND handoff.disposed_at IS NULL
  AND (handoff.owner_id IS NOT NULL OR handoff.pool_id IS DISTINCT FROM new.pool_id
       OR handoff.waits_because IS DISTINCT FROM new.trace)
{RETURNING}
"""
_END_ASSIGNMENTS = """
UPDATE handoffs_assignment SET assigned_until = %(at)s
WHERE handoff_id = ANY(%(handoffs)s) AND assigned_until IS NULL
"""
_MOVE_ALONG = """
UPDATE handoffs_poolmember AS member SET calibration = member.calibration + new.turns
FROM json_to_recordset(%s::json) AS new(pool_id uuid, user_id uuid, turns numeric)
WHERE member.pool_id = new.pool_id AND member.user_id = new.user_id
"""


def take_pools() -> None:
    """Take the pools until the commit: turns are taken one transaction after the other."""
    list(Pool.objects.order_by("id").select_for_update().values_list("id", flat=True))


def find_owners(
    handoffs: Mapping[uuid.UUID, uuid.UUID],
    at: datetime,
    *,
    not_to: Mapping[uuid.UUID, uuid.UUID] | None = None,
) -> list[Routed]:
    """Where handoffs (their leads by id) go by the rules; takes the pools until the commit.

    `not_to` names, by handoff, who is not to get it. A fixed number of statements.
    """
    if not handoffs:
        return []
    take_pools()
    plan = routing_plan(at)
    wanted = wanted_of(handoffs, plan, at=at, not_to=not_to)
    seed = f"{at.isoformat()} {min(handoffs)}"
    dice = random.Random(seed)  # noqa: S311 - no secret
    router = Router(plan, people_now(routing.named(plan, wanted), at), dice)
    found = [router.route(one) for one in wanted]
    _move_along(router)
    return found


def count_by_hand(users: Sequence[uuid.UUID], at: datetime) -> None:
    """Let those who are not there move along with what others take or are given by hand.

    For whoever has taken the pools, before it is counted. A fixed number of statements.
    """
    plan = routing_plan(at)
    people = people_now(routing.named(plan, ()), at)
    router = Router(plan, people, random.Random(0))  # noqa: S311 - nothing is drawn
    for user_id in users:
        router.count(user_id)
    _move_along(router)


def _move_along(router: Router) -> None:
    rows = [(*whose, by) for whose, by in router.moved().items()]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE_ALONG, [recordset(("pool_id", "user_id", "turns"), rows)])


def queue(routed: Sequence[Routed], *, at: datetime) -> list[Taken]:
    """Let those handoffs wait in the queue for which the rules found nobody.

    Those that were not there yet, or that wait elsewhere or for another reason now.
    """
    rows = [
        (r.handoff_id, r.pool_id, [dict(step) for step in r.trace])
        for r in routed
        if r.user_id is None
    ]
    if not rows:
        return []
    return take(_QUEUE, {"rows": recordset(("id", "pool_id", "trace"), rows), "at": at})


def end_assignments(handoffs: Sequence[uuid.UUID], at: datetime) -> None:
    """Nobody has these handoffs any more."""
    with connection.cursor() as cursor:
        cursor.execute(_END_ASSIGNMENTS, {"handoffs": list(handoffs), "at": at})
