"""Who gets a handoff: the rep who brought the lead, the account's owner, else the pool in turn.

Next in turn is the lowest level, (assigned + calibration) / weight, among those present; ties
are broken at random, so that nobody gets more for standing first in a list.
"""

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Trace = tuple[Mapping[str, str], ...]
"""What was decided and why, step by step; `accord.handoffs.kinds` has the sentences."""

BROUGHT = "brought"
ACCOUNT = "account"
POOL = "pool"
QUEUE = "queue"


@dataclass(frozen=True)
class Person:
    """Somebody who could get a handoff. Inactive people never do."""

    name: str
    is_active: bool = True
    is_present: bool = True


@dataclass(frozen=True)
class Member:
    """A rep's place in the pool. `weight` is per cent of a full share."""

    user_id: uuid.UUID
    weight: int
    assigned: int
    calibration: Decimal = Decimal(0)


@dataclass(frozen=True)
class Wanted:
    """A handoff in want of an owner; `account` is the company's name.

    `not_to` is passed over, unless they brought the lead.
    """

    handoff_id: uuid.UUID
    brought_by: uuid.UUID | None = None
    account_owner: uuid.UUID | None = None
    account: str = ""
    not_to: uuid.UUID | None = None


@dataclass(frozen=True)
class Routed:
    """Where a handoff goes; `user_id` None is the queue."""

    handoff_id: uuid.UUID
    user_id: uuid.UUID | None
    rule: str
    trace: Trace


def route(
    *,
    wanted: Sequence[Wanted],
    members: Sequence[Member],
    people: Mapping[uuid.UUID, Person],
    dice: random.Random,
) -> list[Routed]:
    """Where each handoff goes, in the order given; each turn counts for the next.

    `people` tells of every member, bringer and account owner. What an account's owner gets
    counts as their turn; what a rep brings does not.
    """
    turns = _Turns(members, people, dice)
    return [_route_one(one, turns, people) for one in wanted]


def _route_one(one: Wanted, turns: "_Turns", people: Mapping[uuid.UUID, Person]) -> Routed:
    if one.brought_by and people[one.brought_by].is_active:
        told = _step("brought", people[one.brought_by].name)
        return Routed(one.handoff_id, one.brought_by, BROUGHT, (told,))
    trace: list[Mapping[str, str]] = []
    if one.account_owner and one.account_owner != one.not_to:
        owner = people[one.account_owner]
        if owner.is_active and owner.is_present:
            turns.count(one.account_owner)
            told = _step("account_owner", owner.name, account=one.account)
            return Routed(one.handoff_id, one.account_owner, ACCOUNT, (told,))
        trace.append(_step("account_owner_away", owner.name, account=one.account))
    trace.extend(turns.skipped)
    user_id = turns.next(besides=one.not_to)
    if user_id is None:
        return Routed(one.handoff_id, None, QUEUE, (*trace, {"step": "nobody"}))
    trace.append(_step("in_turn", people[user_id].name))
    return Routed(one.handoff_id, user_id, POOL, tuple(trace))


class _Turns:
    """The pool's turns while handoffs are given out."""

    def __init__(
        self,
        members: Iterable[Member],
        people: Mapping[uuid.UUID, Person],
        dice: random.Random,
    ) -> None:
        self._dice = dice
        self._levels: dict[uuid.UUID, Fraction] = {}
        self._shares: dict[uuid.UUID, Fraction] = {}
        self.skipped: list[Mapping[str, str]] = []
        for member in sorted(members, key=lambda member: member.user_id):
            person = people[member.user_id]
            if not person.is_active or member.weight == 0:
                continue
            if not person.is_present:
                self.skipped.append(_step("skipped_away", person.name))
                continue
            self._levels[member.user_id] = level(member)
            self._shares[member.user_id] = Fraction(1, member.weight)

    def next(self, *, besides: uuid.UUID | None) -> uuid.UUID | None:
        """Whose turn it is; that turn is then used up."""
        levels = {user: value for user, value in self._levels.items() if user != besides}
        if not levels:
            return None
        lowest = min(levels.values())
        user_id = self._dice.choice([user for user, value in levels.items() if value == lowest])
        self.count(user_id)
        return user_id

    def count(self, user_id: uuid.UUID) -> None:
        """Count one assignment, whatever rule it came by."""
        if user_id in self._levels:
            self._levels[user_id] += self._shares[user_id]


def level(member: Member) -> Fraction:
    """How much a member had of their share: (assigned + calibration) / weight."""
    return (member.assigned + Fraction(member.calibration)) / member.weight


def calibration_of_joiner(*, members: Sequence[Member], weight: int) -> Decimal:
    """The credit by which a joiner stands level with the others and is not flooded.

    (all assigned + all calibration) / sum of weights * weight; two decimals.
    """
    weights = sum(member.weight for member in members)
    if weights == 0:
        return Decimal(0)
    had = sum((member.assigned + member.calibration for member in members), Decimal(0))
    return (had * weight / weights).quantize(Decimal("0.01"))


def _step(step: str, name: str, **more: str) -> Mapping[str, str]:
    return {"step": step, "name": name, **more}
