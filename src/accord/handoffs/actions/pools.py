"""The pools of reps who take turns."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from accord.base.ids import new_id
from accord.handoffs.models import Pool, PoolMember
from accord.handoffs.rules.pools import Member, calibration_of_joiner

FULL_SHARE = 100
# Whoever had it last; where it was no turn of one pool, it had counted wherever they take turns.
_GIVE_BACK = """
UPDATE handoffs_poolmember AS member
SET calibration = member.calibration - turn.number * %(credit)s
FROM (
    SELECT place.id, count(*) AS number
    FROM (SELECT DISTINCT ON (handoff_id) handoff_id, user_id, pool_id, rule
          FROM handoffs_assignment WHERE handoff_id = ANY(%(handoffs)s)
          ORDER BY handoff_id, assigned_from DESC, id DESC) AS last
    JOIN handoffs_poolmember AS place ON place.user_id = last.user_id
     AND place.left_at IS NULL AND place.pool_id = COALESCE(last.pool_id, place.pool_id)
    WHERE last.rule <> 'brought' GROUP BY place.id
) AS turn
WHERE member.id = turn.id
"""


def add_pool(*, name: str, members: Collection[uuid.UUID], at: datetime) -> Pool:
    """Add a pool with its members; the first pool becomes the default one."""
    with transaction.atomic():
        pool = Pool.objects.create(
            id=new_id(), name=name, is_default=not Pool.objects.filter(is_default=True).exists()
        )
        for user_id in sorted(members):
            join_pool(pool=pool, user=user_id, at=at)
    return pool


def default_pool() -> Pool | None:
    """The pool that new handoffs are offered to."""
    return Pool.objects.filter(is_default=True).first()


def join_pool(*, pool: Pool, user: uuid.UUID, at: datetime, weight: int = FULL_SHARE) -> PoolMember:
    """Give a rep a place in a pool, level with the others so that they are not flooded.

    Who was there before comes back level, too; who is there stays as they are.
    """
    with transaction.atomic():
        places = PoolMember.objects.filter(pool=pool, left_at__isnull=True)
        others = [as_member(place) for place in places]
        here = PoolMember.objects.filter(pool=pool, user_id=user).first()
        if here and here.left_at is None:
            return here
        assigned = here.assigned if here else 0
        joined, _is_new = PoolMember.objects.update_or_create(
            pool=pool,
            user_id=user,
            defaults={
                "weight": weight,
                "assigned": assigned,
                "calibration": calibration_of_joiner(members=others, weight=weight) - assigned,
                "joined_at": at,
                "left_at": None,
            },
        )
    return joined


def as_member(place: PoolMember) -> Member:
    """Somebody's place, as levels are worked out from it."""
    return Member(place.user_id, place.weight, place.assigned, place.calibration)


def leave_pool(*, pool: Pool, users: Collection[uuid.UUID], at: datetime) -> None:
    """Give up reps' places in a pool; what they have stays theirs."""
    PoolMember.objects.filter(pool=pool, user_id__in=users, left_at=None).update(left_at=at)


def leave_all_pools(*, user: uuid.UUID, at: datetime) -> None:
    """Give up somebody's places everywhere; what they have stays theirs."""
    PoolMember.objects.filter(user_id=user, left_at=None).update(left_at=at)


def give_turns_back(handoffs: Collection[uuid.UUID], *, credit: int) -> None:
    """Let handoffs not have counted as turns of whoever had them; with -1, count them again."""
    if handoffs:
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK, {"handoffs": sorted(handoffs), "credit": credit})
