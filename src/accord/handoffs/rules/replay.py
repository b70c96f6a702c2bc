"""What would have become of past handoffs under other routes and pools."""

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from accord.handoffs.rules.pools import Person
from accord.handoffs.rules.routing import BROUGHT, Plan, Routed, Router, Wanted

Periods = Callable[[datetime], tuple[datetime, datetime, datetime]]
"""When the day, the week and the month began in which a moment lies."""


@dataclass(frozen=True)
class Past:
    """A handoff as it was offered."""

    offered_at: datetime
    wanted: Wanted


def replay(
    past: Sequence[Past],
    *,
    plan: Plan,
    people: Callable[[datetime], Mapping[uuid.UUID, Person]],
    periods: Periods,
    seed: str,
) -> list[Routed]:
    """Where each handoff would have gone, in the order of the moments; turns and caps count on.

    Everybody begins level. `people` tells how things were with them at a moment.
    """
    dice = random.Random(seed)  # noqa: S311 - no secret
    counts = _Counts(plan)
    found = []
    for one in sorted(past, key=lambda one: (one.offered_at, one.wanted.handoff_id)):
        counts.begin(periods(one.offered_at))
        router = Router(counts.plan(), people(one.offered_at), dice)
        routed = router.route(one.wanted)
        counts.count(routed, router.moved())
        found.append(routed)
    return found


class _Counts:
    """What the members of pools got so far in a replay, counted on from lead to lead."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._begins: Sequence[datetime] = ()
        self._members = {
            (id, member.user_id): replace(member, assigned=0, calibration=Decimal(0), got=(0, 0, 0))
            for id, pool in plan.pools.items()
            for member in pool.members
        }

    def begin(self, begins: tuple[datetime, datetime, datetime]) -> None:
        """Go on to a moment: where a day, a week or a month has begun, nobody got any in it."""
        gone_on = [now != before for now, before in zip(begins, self._begins, strict=False)]
        self._begins = begins
        if any(gone_on):
            for whose, member in self._members.items():
                day, week, month = (
                    0 if is_new else got for is_new, got in zip(gone_on, member.got, strict=True)
                )
                self._members[whose] = replace(member, got=(day, week, month))

    def plan(self) -> Plan:
        """The plan with what its members got so far."""
        pools = {
            id: replace(
                pool, members=tuple(self._members[id, each.user_id] for each in pool.members)
            )
            for id, pool in self._plan.pools.items()
        }
        return replace(self._plan, pools=pools)

    def count(self, routed: Routed, moved: Mapping[tuple[uuid.UUID, uuid.UUID], Decimal]) -> None:
        """Count a turn where it was taken, and what came by name in every pool."""
        for whose, by in moved.items():
            member = self._members[whose]
            self._members[whose] = replace(member, calibration=member.calibration + by)
        if routed.user_id is None or routed.rule == BROUGHT:
            return
        for pool_id in [routed.pool_id] if routed.pool_id else self._plan.pools:
            if got := self._members.get((pool_id, routed.user_id)):
                day, week, month = (each + bool(routed.pool_id) for each in got.got)
                self._members[pool_id, routed.user_id] = replace(
                    got, assigned=got.assigned + 1, got=(day, week, month)
                )
