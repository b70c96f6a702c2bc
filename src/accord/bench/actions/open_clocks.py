"""A company in which very many promises are open, some of them coming due all the time."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

# Each handoff has two clocks: the first attempt's and the answer's. The first attempt is promised
# within four working hours, which in this company are any, and its warning lies behind.
CLOCKS_A_HANDOFF = 2

_REPS = "%(reps)s::uuid[]"
_OWNER = f"({_REPS})[1 + (n %% cardinality({_REPS}))::int]"
_NUMBERED = """
SELECT id AS lead_id, row_number() OVER (ORDER BY id) - 1 AS n FROM leads_lead
WHERE NOT do_not_contact ORDER BY id LIMIT %(handoffs)s
"""
_HANDOFFS = f"""
INSERT INTO handoffs_handoff
    (id, lead_id, episode_id, trigger, state, agreement_version, round, ready_at, offered_at,
     pool_id, owner_id, assigned_at, due_at, brief)
SELECT md5('handoff:' || lead_id)::uuid, lead_id, md5('episode:' || lead_id)::uuid, 'ready',
       'offered', %(version)s, 1, began_at, began_at,
       (SELECT id FROM handoffs_pool WHERE is_default), {_OWNER}, began_at,
       {{due_at}}, '{{{{"reason": "fits"}}}}'
FROM ({_NUMBERED}) AS numbered, (SELECT %(at)s::timestamptz - interval '5 minutes' AS began_at)
"""
_CLOCKS = """
INSERT INTO handoffs_clock (id, lead_id, handoff_id, kind, state, user_id, started_at, due_at,
    warns_at, warned_at, next_step, escalates_at)
SELECT md5(kind || ':' || lead_id)::uuid, lead_id, id, kind, 'running', owner_id,
       due - interval '4 hours', due, due - interval '1 hour', due - interval '1 hour', 0, due
FROM handoffs_handoff
CROSS JOIN LATERAL (VALUES ('first_attempt', due_at), ('answer', due_at + interval '7 days'))
     AS clock(kind, due)
ORDER BY lead_id
"""
_ASSIGNMENTS = """
INSERT INTO handoffs_assignment (id, lead_id, handoff_id, user_id, assigned_from, rule, trace)
SELECT md5('assignment:' || lead_id)::uuid, lead_id, id, owner_id, assigned_at, 'pool', '[]'
FROM handoffs_handoff ORDER BY lead_id
"""
_OWNERSHIPS = """
INSERT INTO leads_ownership (id, lead_id, owner_id, owned_from, why)
SELECT md5('ownership:' || lead_id)::uuid, lead_id, owner_id, assigned_at, ''
FROM handoffs_handoff ORDER BY lead_id
"""
_LEADS = """
UPDATE leads_lead AS lead SET owner_id = handoff.owner_id
FROM handoffs_handoff AS handoff WHERE handoff.lead_id = lead.id
"""
# So many a second come due while it is watched, one after the other; the rest much later.
_DUE = """
CASE WHEN n < %(soon)s THEN %(due_from)s::timestamptz + n / %(a_second)s * interval '1 second'
     ELSE %(at)s::timestamptz + interval '1 day' + n * interval '1 second' END
"""


def open_clocks(
    *,
    handoffs: int,
    reps: Sequence[uuid.UUID],
    version: int,
    soon: int,
    a_second: float,
    due_from: datetime,
    at: datetime,
) -> None:
    """Hand over the first leads there are, two running clocks each; `soon` of them come due from
    `due_from` on, so many `a_second`."""
    values: dict[str, Any] = {
        "handoffs": handoffs,
        "reps": list(reps),
        "version": version,
        "soon": soon,
        "a_second": a_second,
        "due_from": due_from,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HANDOFFS.format(due_at=_DUE), values)
        for statement in (_CLOCKS, _ASSIGNMENTS, _OWNERSHIPS, _LEADS):
            cursor.execute(statement)
