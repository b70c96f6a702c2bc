"""What would have become of past handoffs under other routes and pools."""

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accord.handoffs.rules.pools import Member, Person
from accord.handoffs.rules.routing import BROUGHT, Plan, Routed, Wanted, route

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
    counts = _Counts(plan, periods)
    found = []
    for one in sorted(past, key=lambda one: (one.offered_at, one.wanted.handoff_id)):
        then = counts.plan_at(one.offered_at)
        (routed,) = route(wanted=[one.wanted], plan=then, people=people(one.offered_at), dice=dice)
        counts.count(routed, one.offered_at)
        found.append(routed)
    return found


class _Counts:
    """What the members of pools got so far in a replay."""

    def __init__(self, plan: Plan, periods: Periods) -> None:
        self._plan = plan
        self._periods = periods
        self._turns: dict[tuple[uuid.UUID, uuid.UUID], list[datetime]] = {}
        self._by_name: dict[uuid.UUID, int] = {}

    def plan_at(self, at: datetime) -> Plan:
        begins = self._periods(at)
        pools = {
            id: replace(
                pool, members=tuple(self._member(id, each, begins) for each in pool.members)
            )
            for id, pool in self._plan.pools.items()
        }
        return replace(self._plan, pools=pools)

    def _member(
        self, pool_id: uuid.UUID, member: Member, begins: tuple[datetime, datetime, datetime]
    ) -> Member:
        turns = self._turns.get((pool_id, member.user_id), [])
        day, week, month = (sum(turn >= begin for turn in turns) for begin in begins)
        assigned = len(turns) + self._by_name.get(member.user_id, 0)
        return replace(
            member,
            assigned=assigned,
            calibration=type(member.calibration)(0),
            got=(day, week, month),
        )

    def count(self, routed: Routed, at: datetime) -> None:
        if routed.user_id is None or routed.rule == BROUGHT:
            return
        if routed.pool_id:
            self._turns.setdefault((routed.pool_id, routed.user_id), []).append(at)
        else:
            self._by_name[routed.user_id] = self._by_name.get(routed.user_id, 0) + 1
