"""Setting how pools give handoffs out, and who takes turns in them. Every change is kept."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid, Missing
from accord.handoffs.actions.finding import take_pools
from accord.handoffs.actions.pools import add_pool, as_member, join_pool, leave_pool
from accord.handoffs.models import Handoff, Pool, PoolMember, Route, WhenNobody
from accord.handoffs.rules.pools import NO_CAPS, Caps, calibration_at_share
from accord.teams.actions.changes import Changed, note_changes
from accord.teams.models import SALES_ROLES, User


@dataclass(frozen=True)
class Place:
    """A member's weight, per cent of a full share, and caps of their own."""

    weight: int = 100
    caps: Caps = NO_CAPS


@dataclass(frozen=True)
class PoolSettings:
    """A pool as it is to be; `members` by the id of the person."""

    name: str
    members: Mapping[uuid.UUID, Place]
    caps: Caps = NO_CAPS
    only_at_work: bool = False
    minds_language: bool = False
    minds_zone: bool = False
    when_nobody: str = WhenNobody.ALERT
    next_pool_id: uuid.UUID | None = None
    moves_on_after: timedelta | None = None


def set_pool(
    *, pool_id: uuid.UUID | None, settings: PoolSettings, by: uuid.UUID, at: datetime
) -> Pool:
    """Change a pool, or add one where `pool_id` is None.

    Who joins stands level with the others; who stays keeps what they had, and another share
    begins now. Raises Missing,
    Invalid naming the field that does not fit, Conflict when another pool has the name.
    """
    _check(settings, pool_id)
    try:
        with transaction.atomic():
            take_pools()
            if pool_id is None:
                pool = add_pool(name=settings.name.strip()[:100], members=(), at=at)
                before: dict[str, Any] = {}
            else:
                pool = _there(pool_id)
                before = _of(pool)
            _set_columns(pool, settings)
            _set_members(pool, settings.members, at)
            changed = Changed("pool", pool.id, pool.name, before, _of(pool))
            note_changes(changes=[changed], by=by, at=at)
    except IntegrityError as error:
        raise Conflict(_("There is a pool of this name already.")) from error
    return pool


def remove_pool(*, pool_id: uuid.UUID, by: uuid.UUID, at: datetime) -> None:
    """Take a pool out; what waits in its queue is routed anew.

    Raises Missing, and Conflict for the default pool and while a route leads to it.
    """
    with transaction.atomic():
        take_pools()
        pool = _there(pool_id)
        if pool.is_default:
            raise Conflict(_("This is where leads go that no route is for; it has to stay."))
        if route := Route.objects.filter(pool=pool).first():
            raise Conflict(
                _("The route “%(route)s” leads to this pool; let it lead elsewhere first.")
                % {"route": route.name}
            )
        note_changes(changes=[Changed("pool", pool.id, pool.name, _of(pool), {})], by=by, at=at)
        Handoff.objects.filter(pool=pool).update(pool=None)
        pool.delete()


def _check(settings: PoolSettings, pool_id: uuid.UUID | None) -> None:
    if not settings.name.strip():
        raise Invalid(_("The pool has no name; give it one."), field="name")
    if settings.when_nobody not in WhenNobody.values:
        raise Invalid(_("Choose what happens while nobody is free."), field="when_nobody")
    if settings.when_nobody == WhenNobody.ESCALATE:
        if settings.next_pool_id in (None, pool_id):
            raise Invalid(_("Choose the other pool that it goes to."), field="next_pool")
        if not settings.moves_on_after or settings.moves_on_after <= timedelta():
            raise Invalid(_("Say after how many minutes it goes on."), field="moves_on_after")
    if any(not 0 <= place.weight <= 1000 for place in settings.members.values()):
        raise Invalid(_("A share lies between 0 and 1000 per cent."), field="weight")
    people = User.objects.filter(id__in=settings.members, is_active=True)
    if people.filter(roles__overlap=sorted(SALES_ROLES)).count() < len(settings.members):
        raise Invalid(
            _("Whoever takes turns has to be here and may answer a handoff: a rep, or a head."),
            field="members",
        )


def _set_columns(pool: Pool, settings: PoolSettings) -> None:
    moves_on = settings.when_nobody == WhenNobody.ESCALATE
    then = settings.next_pool_id if moves_on else None
    if then and not Pool.objects.filter(id=then).exists():
        raise Invalid(
            _("The pool that it goes to is not here any more; choose another."), field="next_pool"
        )
    pool.name = settings.name.strip()[:100]
    pool.most_a_day, pool.most_a_week, pool.most_a_month = settings.caps
    pool.only_at_work = settings.only_at_work
    pool.minds_language = settings.minds_language
    pool.minds_zone = settings.minds_zone
    pool.when_nobody = settings.when_nobody
    pool.next_pool_id = then
    pool.moves_on_after = settings.moves_on_after if moves_on else None
    pool.save()


def _set_members(pool: Pool, members: Mapping[uuid.UUID, Place], at: datetime) -> None:
    there = set(_places(pool).values_list("user_id", flat=True))
    leave_pool(pool=pool, users=there - set(members), at=at)
    for user_id in sorted(set(members) - there):
        join_pool(pool=pool, user=user_id, at=at, weight=members[user_id].weight)
    rows = list(_places(pool))
    stood = [as_member(row) for row in rows]
    for row, was in zip(rows, stood, strict=True):
        others = [other for other in stood if other is not was]
        weight = members[row.user_id].weight
        row.calibration = calibration_at_share(was, weight=weight, others=others)
        row.weight = weight
        row.most_a_day, row.most_a_week, row.most_a_month = members[row.user_id].caps
    caps = ("most_a_day", "most_a_week", "most_a_month")
    PoolMember.objects.bulk_update(rows, ["weight", "calibration", *caps])


def _places(pool: Pool) -> Any:
    return PoolMember.objects.filter(pool=pool, left_at__isnull=True).order_by("user_id")


def _there(pool_id: uuid.UUID) -> Pool:
    pool = Pool.objects.filter(id=pool_id).first()
    if pool is None:
        raise Missing(_("This pool is not here any more."))
    return pool


def _of(pool: Pool) -> dict[str, Any]:
    """A pool as the audit keeps it."""
    members = _places(pool).select_related("user")
    return {
        "caps": [pool.most_a_day, pool.most_a_week, pool.most_a_month],
        "only_at_work": pool.only_at_work,
        "minds_language": pool.minds_language,
        "minds_zone": pool.minds_zone,
        "when_nobody": pool.when_nobody,
        "moves_on_to": pool.next_pool.name if pool.next_pool else "",
        "moves_on_after": str(pool.moves_on_after or ""),
        "members": {
            row.user.name: [row.weight, row.most_a_day, row.most_a_week, row.most_a_month]
            for row in members
        },
    }
