"""Who gets a handoff, by rules in order.

The rep who brought the lead; the owner of its account; the routes that the company set, in their
order, each to a person or to a pool that takes turns; else the default pool.
"""

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from accord.handoffs.rules.pools import ANYBODY, Person, Pool, Step, Wish, step
from accord.handoffs.rules.turns import Turns

Trace = tuple[Step, ...]
"""What was decided and why, step by step."""

BROUGHT = "brought"
ACCOUNT = "account"
ROUTE = "route"
POOL = "pool"
QUEUE = "queue"


@dataclass(frozen=True)
class Route:
    """A rule that leads to a person or to a pool: for `companies`, or by criteria if None."""

    id: uuid.UUID
    name: str
    companies: frozenset[uuid.UUID] | None = None
    user_id: uuid.UUID | None = None
    pool_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Plan:
    """All there is to route by: the routes in order, the pools, and which is the default."""

    pools: Mapping[uuid.UUID, Pool]
    default: uuid.UUID | None
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Whether a lead meets a route's criteria; None: cannot tell, for want of `missing`."""

    verdict: bool | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """A handoff in want of an owner; `account` is the company's name.

    `not_to` is passed over, unless they brought the lead. `waited`: how long it has been in the
    queue. `answers` are those to the criteria of routes, by the route's id; of a route that
    cannot be asked there is none.
    """

    handoff_id: uuid.UUID
    brought_by: uuid.UUID | None = None
    account_owner: uuid.UUID | None = None
    account: str = ""
    company_id: uuid.UUID | None = None
    wish: Wish = ANYBODY
    not_to: uuid.UUID | None = None
    waited: timedelta = timedelta()
    answers: Mapping[uuid.UUID, Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class Routed:
    """Where a handoff goes, and to whom by name; `user_id` None is the queue of `pool_id`."""

    handoff_id: uuid.UUID
    user_id: uuid.UUID | None
    rule: str
    trace: Trace
    route_id: uuid.UUID | None = None
    pool_id: uuid.UUID | None = None
    user_name: str = ""


def route(
    *,
    wanted: Sequence[Wanted],
    plan: Plan,
    people: Mapping[uuid.UUID, Person],
    dice: random.Random,
) -> list[Routed]:
    """Where each handoff goes, in the order given; each turn counts for the next.

    `people` tells of everybody whom the plan and the handoffs name, and of their stand-ins. What
    somebody gets by name counts as their turn in every pool; what a rep brings does not.
    """
    router = Router(plan, people, dice)
    return [router.route(one) for one in wanted]


class Router:
    """The rules, while handoffs are given out one after the other."""

    def __init__(self, plan: Plan, people: Mapping[uuid.UUID, Person], dice: random.Random) -> None:
        self._plan = plan
        self._people = people
        self._turns = {id: Turns(pool, people, dice) for id, pool in plan.pools.items()}

    def route(self, one: Wanted) -> Routed:
        """Where a handoff goes; its turn counts for the next."""
        found = self._route(one)
        return (
            replace(found, user_name=self._people[found.user_id].name) if found.user_id else found
        )

    def count(self, user_id: uuid.UUID) -> None:
        """Count what somebody got by name or by hand as their turn in every pool."""
        for turns in self._turns.values():
            turns.count(user_id)

    def moved(self) -> dict[tuple[uuid.UUID, uuid.UUID], Decimal]:
        """The turns, by pool and person, by which those moved along who could not take any."""
        return {
            (pool_id, user_id): by
            for pool_id, turns in self._turns.items()
            for user_id, by in turns.moved().items()
        }

    def _route(self, one: Wanted) -> Routed:
        trace: list[Step] = []
        found = self._first_rules(one, trace) or self._routes(one, trace)
        if found is not None:
            return found
        if self._plan.default is None:
            trace.append({"step": "nobody"})
            return Routed(one.handoff_id, None, QUEUE, tuple(trace))
        return self._by_turn(self._plan.default, one, trace, None)

    def _first_rules(self, one: Wanted, trace: list[Step]) -> Routed | None:
        """To whoever brought the lead, or owns its account."""
        if one.brought_by and (found := self._bringer(one.brought_by, trace)):
            return Routed(one.handoff_id, found, BROUGHT, tuple(trace))
        if found := self._by_name("account_owner", one.account_owner, one, trace):
            return Routed(one.handoff_id, found, ACCOUNT, tuple(trace))
        return None

    def _routes(self, one: Wanted, trace: list[Step]) -> Routed | None:
        """By the first route that applies and does not lead to somebody who is away."""
        for each in self._plan.routes:
            if not _applies(each, one, trace):
                continue
            if each.pool_id:
                trace.append({"step": "route_applies", "route": each.name})
                return self._by_turn(each.pool_id, one, trace, each.id)
            found = self._by_name("route_person", each.user_id, one, trace, route=each.name)
            if found:
                return Routed(one.handoff_id, found, ROUTE, tuple(trace), each.id)
        return None

    def _bringer(self, user_id: uuid.UUID, trace: list[Step]) -> uuid.UUID | None:
        """Whoever brought a lead keeps it, present or not, unless somebody stands in."""
        person = self._people[user_id]
        if not person.works_leads:
            trace.append(step("brought_gone", person.name))
            return None
        if not person.is_present and (stand_in := self._stand_in(user_id)):
            trace.append(step("brought_away", person.name))
            trace.append(step("stands_in", self._people[stand_in].name))
            return stand_in
        trace.append(step("brought", person.name))
        return user_id

    def _by_name(
        self, kind: str, user_id: uuid.UUID | None, one: Wanted, trace: list[Step], **more: str
    ) -> uuid.UUID | None:
        """The person named, or whoever stands in; None when neither is there."""
        if user_id is None:
            return None
        more |= {"account": one.account}
        person = self._people[user_id]
        if user_id == one.not_to:
            trace.append(step(f"{kind}_had_it", person.name, **more))
            return None
        if person.works_leads and person.is_present:
            trace.append(step(kind, person.name, **more))
            self.count(user_id)
            return user_id
        trace.append(
            step(f"{kind}_{'away' if person.works_leads else 'gone'}", person.name, **more)
        )
        stand_in = self._stand_in(user_id)
        if stand_in is None:
            return None
        if stand_in == one.not_to:
            trace.append(step("stands_in_had_it", self._people[stand_in].name))
            return None
        trace.append(step("stands_in", self._people[stand_in].name))
        self.count(stand_in)
        return stand_in

    def _stand_in(self, user_id: uuid.UUID) -> uuid.UUID | None:
        """Who stands in for somebody, or for whoever does; nobody where that leads in a circle."""
        seen = {user_id}
        stand_in = self._people[user_id].stand_in
        while stand_in and stand_in not in seen and stand_in in self._people:
            person = self._people[stand_in]
            if person.works_leads and person.is_present:
                return stand_in
            seen.add(stand_in)
            stand_in = person.stand_in
        return None

    def _by_turn(
        self, pool_id: uuid.UUID, one: Wanted, trace: list[Step], route_id: uuid.UUID | None
    ) -> Routed:
        """Whoever is next in a pool, or in those it moves on to; else it waits in the last."""
        waited, seen = one.waited, {pool_id}
        while True:
            user_id, steps = self._turns[pool_id].next(one.wish, besides=one.not_to)
            trace.extend(steps)
            if user_id:
                return Routed(one.handoff_id, user_id, POOL, tuple(trace), route_id, pool_id)
            pool = self._plan.pools[pool_id]
            then = self._plan.pools.get(pool.next_pool) if pool.next_pool else None
            if then is None or then.id in seen or waited < pool.moves_on_after:
                trace.append({"step": "nobody"})
                return Routed(one.handoff_id, None, QUEUE, tuple(trace), route_id, pool_id)
            waited -= pool.moves_on_after
            trace.append({"step": "moved_on", "pool": pool.name, "then": then.name})
            pool_id = then.id
            seen.add(pool_id)


def _applies(route: Route, one: Wanted, trace: list[Step]) -> bool:
    """Whether a route applies; where not, the trace says why."""
    if route.companies is not None:
        if one.company_id in route.companies:
            return True
        trace.append({"step": "not_on_list", "route": route.name})
        return False
    answer = one.answers.get(route.id)
    if answer and answer.verdict:
        return True
    why = {"step": "not_met", "route": route.name}
    if answer is None:
        why["step"] = "cannot_ask"
    elif answer.verdict is None:
        why = {"step": "cannot_tell", "route": route.name, "facts": ",".join(answer.missing)}
    trace.append(why)
    return False


def named(plan: Plan, wanted: Iterable[Wanted]) -> set[uuid.UUID]:
    """Everybody whom a plan and handoffs name."""
    found = {each.user_id for each in plan.routes if each.user_id}
    found |= {member.user_id for pool in plan.pools.values() for member in pool.members}
    return found | {
        person for one in wanted for person in (one.brought_by, one.account_owner) if person
    }


def decided_by(plan: Plan, one: Wanted) -> str:
    """Which rule a lead comes under, whoever is there: "brought", "account", a route's id, ""."""
    if one.brought_by:
        return BROUGHT
    if one.account_owner:
        return ACCOUNT
    return next((str(each.id) for each in plan.routes if _applies(each, one, [])), "")
