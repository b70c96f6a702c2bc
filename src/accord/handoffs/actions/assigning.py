"""Giving handoffs to people: by the routing rules, by hand, or by taking from the queue."""

import random
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from accord.base.ids import new_id
from accord.base.rows import copy_rows, recordset
from accord.handoffs.actions.clocks import (
    Start,
    cancel_clocks,
    kinds_to_run,
    set_next_due,
    start_clocks,
)
from accord.handoffs.actions.taking import RETURNING, Taken, take
from accord.handoffs.models import Assignment, PoolMember
from accord.handoffs.rules import routing
from accord.handoffs.rules.routing import Member, Person, Routed, Trace, Wanted
from accord.leads.actions import assign_owners
from accord.leads.models import Lead
from accord.teams.models import User
from accord.teams.queries import present

CLAIMED = "claimed"
BY_HAND = "by_hand"

# The pool's row is the lock under which turns are taken.
_TAKE_POOL = "UPDATE handoffs_pool SET name = name WHERE is_default RETURNING id"
_COUNT = """
UPDATE handoffs_poolmember AS member SET assigned = member.assigned + new.number
FROM json_to_recordset(%(rows)s::json) AS new(user_id uuid, number int)
WHERE member.user_id = new.user_id AND member.left_at IS NULL
"""
_ASSIGN = f"""
UPDATE handoffs_handoff AS handoff SET owner_id = new.user_id, assigned_at = %(at)s,
    put_aside_until_at = NULL
FROM json_to_recordset(%(rows)s::json) AS new(id uuid, user_id uuid, instead_of uuid)
WHERE handoff.id = new.id AND handoff.disposed_at IS NULL
  AND handoff.owner_id IS NOT DISTINCT FROM new.instead_of
{RETURNING}
"""
_END_ASSIGNMENTS = """
UPDATE handoffs_assignment SET assigned_until = %(at)s
WHERE handoff_id = ANY(%(handoffs)s) AND assigned_until IS NULL
"""


@dataclass(frozen=True)
class Assigning:
    """A handoff goes to a person; `instead_of` is who must have it till then, None the queue."""

    handoff_id: uuid.UUID
    user_id: uuid.UUID
    rule: str
    trace: Trace = ()
    instead_of: uuid.UUID | None = None


def find_owners(
    handoffs: Mapping[uuid.UUID, uuid.UUID],
    at: datetime,
    *,
    not_to: Mapping[uuid.UUID, uuid.UUID] | None = None,
) -> list[Routed]:
    """Where handoffs (their leads by id) go by the rules; takes the pool until the commit.

    `not_to` names, by handoff, who is not to get it.
    """
    if not handoffs:
        return []
    members = _take_members()
    accounts = _accounts(handoffs.values())
    wanted = [
        Wanted(handoff_id=id, not_to=(not_to or {}).get(id), **accounts.get(lead_id, {}))
        for id, lead_id in sorted(handoffs.items(), key=lambda row: (row[1], row[0]))
    ]
    asked = {person for one in wanted for person in (one.brought_by, one.account_owner) if person}
    return routing.route(
        wanted=wanted,
        members=members,
        people=_people(asked | {member.user_id for member in members}, at),
        dice=random.Random(f"{at.isoformat()} {wanted[0].handoff_id}"),  # noqa: S311 - no secret
    )


def assign(
    *, assignings: Sequence[Assigning], why: str, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """Give handoffs to people; the ones that really changed hands.

    Ends the clocks of the one before and starts those of the next; the lead gets its owner.
    """
    if not assignings:
        return []
    rows = recordset(
        ("id", "user_id", "instead_of"),
        ((a.handoff_id, a.user_id, a.instead_of) for a in assignings),
    )
    taken = take(_ASSIGN, {"rows": rows, "at": at})
    if taken:
        how = {assigning.handoff_id: assigning for assigning in assignings}
        _note_assignments(taken, how, by, at)
        _count_turns(taken, how)
        cancel_clocks(taken, at)
        start_clocks(
            [Start(h, kind, h.owner_id) for h in taken if h.owner_id for kind in kinds_to_run(h)],
            at,
        )
        set_next_due(taken)
        assign_owners(owners={h.lead_id: h.owner_id for h in taken}, why=why, by=by, at=at)
    return taken


def _take_members() -> list[Member]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_POOL)
        pools = [row[0] for row in cursor.fetchall()]
    return [
        Member(member.user_id, member.weight, member.assigned, member.calibration)
        for member in PoolMember.objects.filter(pool_id__in=pools, left_at__isnull=True)
    ]


def _accounts(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    rows = Lead.objects.filter(id__in=leads).values_list(
        "id", "brought_by_id", "company__owner_id", "company__name"
    )
    return {
        id: {"brought_by": brought_by, "account_owner": owner, "account": name or ""}
        for id, brought_by, owner, name in rows
    }


def _people(ids: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, Person]:
    here = present(ids, at)
    return {
        user.id: Person(user.name, is_active=user.is_active, is_present=user.id in here)
        for user in User.objects.filter(id__in=ids)
    }


def _note_assignments(
    taken: Sequence[Taken], how: Mapping[uuid.UUID, Assigning], by: uuid.UUID | None, at: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_END_ASSIGNMENTS, {"handoffs": [h.id for h in taken], "at": at})
    copy_rows(
        Assignment,
        ("id", "lead_id", "handoff_id", "user_id", "assigned_from", "by_id", "rule", "trace"),
        (
            (new_id(), h.lead_id, h.id, h.owner_id, at, by, how[h.id].rule, list(how[h.id].trace))
            for h in taken
        ),
    )


def _count_turns(taken: Sequence[Taken], how: Mapping[uuid.UUID, Assigning]) -> None:
    """What a rep brings does not use up a turn; all else does."""
    turns = Counter(h.owner_id for h in taken if how[h.id].rule != routing.BROUGHT)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT, {"rows": recordset(("user_id", "number"), sorted(turns.items(), key=str))}
        )
