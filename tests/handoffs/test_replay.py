"""A replay counts on from lead to lead what a slow one counts anew for each."""

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.handoffs.queries.routing import periods
from accord.handoffs.rules.pools import Caps, Member, Person
from accord.handoffs.rules.replay import Past, replay
from accord.handoffs.rules.routing import Answer, Plan, Route, Routed, Router, Wanted
from tests.handoffs.routed import ids, plan, pool

BEGIN = datetime(2026, 3, 28, 20, tzinfo=UTC)  # a Saturday; clocks change in the night
BERLIN = partial(periods, zone=ZoneInfo("Europe/Berlin"))
ANN, BOB, CEM = ids(3)
DACH, TERRITORY = uuid.UUID(int=2000), uuid.UUID(int=3000)

People = Callable[[datetime], Mapping[uuid.UUID, Person]]


def slow_replay(past: Sequence[Past], by: Plan, people: People, seed: str) -> list[Routed]:
    dice = random.Random(seed)
    found: list[tuple[datetime, Routed]] = []
    moved: list[Mapping[tuple[uuid.UUID, uuid.UUID], Decimal]] = []

    def as_it_stood(pool_id: uuid.UUID, member: Member, at: datetime) -> Member:
        mine = [(t, r) for t, r in found if r.user_id == member.user_id and r.rule != "brought"]
        turns = [moment for moment, routed in mine if routed.pool_id == pool_id]
        day, week, month = (sum(turn >= begin for turn in turns) for begin in BERLIN(at))
        return replace(
            member,
            assigned=len(turns) + sum(routed.pool_id is None for _at, routed in mine),
            calibration=sum(
                (by.get((pool_id, member.user_id), Decimal(0)) for by in moved), Decimal(0)
            ),
            got=(day, week, month),
        )

    for one in sorted(past, key=lambda one: (one.offered_at, one.wanted.handoff_id)):
        at = one.offered_at
        pools = {
            id: replace(each, members=tuple(as_it_stood(id, m, at) for m in each.members))
            for id, each in by.pools.items()
        }
        router = Router(replace(by, pools=pools), people(at), dice)
        found.append((at, router.route(one.wanted)))
        moved.append(router.moved())
    return [routed for _at, routed in found]


_CAPS = st.builds(Caps, *[st.none() | st.integers(0, 6)] * 3)
_LEAD = st.tuples(
    st.integers(0, 60 * 24 * 9),
    st.sampled_from([None, ANN, BOB]),
    st.sampled_from([None, CEM]),
    st.booleans(),
)


@settings(deadline=None)
@given(
    weights=st.tuples(*[st.integers(0, 200)] * 4),
    caps=st.tuples(*[_CAPS] * 4),
    away=st.sets(st.tuples(st.integers(0, 2), st.integers(0, 9))),
    leads=st.lists(_LEAD, max_size=30),
    seed=st.text("abc", max_size=3),
)
def test_they_come_to_the_same(weights, caps, away, leads, seed):
    members = [
        Member(id, weight, 9, Decimal(4), cap)
        for id, weight, cap in zip((ANN, BOB, CEM, BOB), weights, caps, strict=True)
    ]
    routes = [Route(TERRITORY, "Germany", pool_id=DACH)]
    by = plan(pool(*members[:3]), pool(members[3], id=DACH, name="DACH"), routes=routes)

    def people(at: datetime) -> Mapping[uuid.UUID, Person]:
        day = (at - BEGIN).days
        return {id: Person(f"{n}", is_present=(n, day) not in away) for n, id in enumerate(ids(3))}

    past = [
        Past(
            BEGIN + timedelta(minutes=minute),
            Wanted(
                uuid.UUID(int=n),
                brought_by=bringer,
                account_owner=owner,
                answers={TERRITORY: Answer(is_german)},
            ),
        )
        for n, (minute, owner, bringer, is_german) in enumerate(leads)
    ]
    quick = replay(past, plan=by, people=people, periods=BERLIN, seed=seed)
    assert quick == slow_replay(past, by, people, seed)
