"""Short ways to route without a database, for tests."""

import random
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from accord.handoffs.rules.pools import Member, Person, Pool
from accord.handoffs.rules.routing import Plan, Route, Routed, Wanted, route

DEFAULT = uuid.UUID(int=1000)


def ids(number: int) -> list[uuid.UUID]:
    return [uuid.UUID(int=n + 1) for n in range(number)]


def pool(*members: Member, id: uuid.UUID = DEFAULT, name: str = "All", **more: Any) -> Pool:
    return Pool(id, name, members, **more)


def plan(*pools: Pool, routes: Sequence[Route] = ()) -> Plan:
    """A plan whose first pool is the default one."""
    return Plan({each.id: each for each in pools}, pools[0].id, tuple(routes))


def routed(
    *wanted: Wanted,
    by: Plan,
    people: Mapping[uuid.UUID, Person],
    seed: int = 7,
) -> list[Routed]:
    """Where handoffs go; members that `people` does not tell of are there."""
    everybody = {
        member.user_id: Person(f"{member.user_id.int}")
        for each in by.pools.values()
        for member in each.members
    }
    return route(wanted=wanted, plan=by, people={**everybody, **people}, dice=random.Random(seed))


def turns(
    members: Sequence[Member], number: int, *, seed: int = 7, **people: Person
) -> Counter[uuid.UUID | None]:
    """Who of one pool gets how many of `number` handoffs; p1 is the first of `ids`."""
    found = routed(
        *(Wanted(uuid.uuid4()) for _ in range(number)),
        by=plan(pool(*members)),
        people={uuid.UUID(int=int(name[1:])): person for name, person in people.items()},
        seed=seed,
    )
    return Counter(each.user_id for each in found)


def told(found: Routed) -> list[str]:
    """The steps of a trace."""
    return [step["step"] for step in found.trace]
