"""What somebody is here: whether they take turns, and who goes on with what they had."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accord.agreement.models import Seat
from accord.flows.stand_in import hand_over_work
from accord.handoffs.actions import Taken
from accord.handoffs.actions.pools import default_pool, join_pool, leave_all_pools, leave_pool
from accord.teams import actions as teams
from accord.teams import queries as teams_now
from accord.teams.models import MARKETING_ROLES, SALES_ROLES, Role, User


def set_roles(
    *, user_id: uuid.UUID, roles: Collection[str], by: uuid.UUID, at: datetime
) -> list[Taken]:
    """Say what somebody is here; what of their open work went to others.

    Whoever comes to sales takes turns from now on, but for a marketer who becomes a rep as well:
    for them a joint team's pool is chosen. Whoever leaves sales takes no turns any more. Raises
    Missing, Invalid for none or an unknown role, Conflict when no admin would be left.
    """
    with transaction.atomic():
        before = teams.set_roles(user_id=user_id, roles=roles, by=by, at=at)
        user = User.objects.get(id=user_id)
        if SALES_ROLES.isdisjoint(user.roles):
            leave_all_pools(user=user_id, at=at)
        elif Role.REP not in before and MARKETING_ROLES.isdisjoint(user.roles):
            take_turns(user=user, at=at)
        return hand_over_work(at=at)


def take_turns(*, user: User, at: datetime) -> None:
    """Reps get handoffs in turn; a head of sales only while there are no reps."""
    pool, reps = default_pool(), teams_now.reps()
    if pool is None:
        return
    if Role.REP in user.roles or (Role.HEAD_OF_SALES in user.roles and not reps):
        join_pool(pool=pool, user=user.id, at=at)
    if reps:
        heads = {head.id for head in teams_now.heads(Seat.SALES)} - {rep.id for rep in reps}
        leave_pool(pool=pool, users=heads, at=at)
