"""Pools, their members and people, as turns are worked out from them."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

Step = Mapping[str, Any]
"""Something that was decided and why; `accord.handoffs.kinds` has the sentences."""

A_ROUND = 2  # turns: whoever stands no more than these above the lowest is in the same round
_MILLIONTH = Decimal("0.000001")
PERIODS = ("day", "week", "month")


class Caps(NamedTuple):
    """How many a member may get a day, week and month; None: any number."""

    day: int | None = None
    week: int | None = None
    month: int | None = None

    def or_else(self, others: "Caps") -> "Caps":
        """These, and where there is none the others'."""
        return Caps(*(a if a is not None else b for a, b in zip(self, others, strict=True)))


NO_CAPS = Caps()


@dataclass(frozen=True)
class Person:
    """Somebody who could get a handoff. Who is inactive or holds no role of sales never does.

    `offset` is that of their wall clock from UTC. While they are away, what is meant for them
    goes to `stand_in`.
    """

    name: str
    is_active: bool = True
    is_in_sales: bool = True
    is_present: bool = True
    is_at_work: bool = True
    languages: frozenset[str] = frozenset()
    offset: timedelta | None = None
    stand_in: uuid.UUID | None = None

    @property
    def works_leads(self) -> bool:
        """Whether they may get any, present or not."""
        return self.is_active and self.is_in_sales


@dataclass(frozen=True)
class Member:
    """A person's place in a pool. `weight` is per cent of a full share.

    `got` is how many came to them in turn in this day, week and month.
    """

    user_id: uuid.UUID
    weight: int
    assigned: int
    calibration: Decimal = Decimal(0)
    caps: Caps = NO_CAPS
    got: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True)
class Pool:
    """Those who take turns. Once a handoff has waited `moves_on_after` for one of them to be
    free, it is tried with `next_pool`, too.
    """

    id: uuid.UUID
    name: str
    members: tuple[Member, ...]
    only_at_work: bool = False
    minds_language: bool = False
    minds_zone: bool = False
    next_pool: uuid.UUID | None = None
    moves_on_after: timedelta = timedelta()


@dataclass(frozen=True)
class Wish:
    """What a lead would like: a language, and a wall clock near one of theirs."""

    language: str = ""
    offsets: frozenset[timedelta] = frozenset()


ANYBODY = Wish()


def level(member: Member) -> Fraction:
    """How much a member had of their share: (assigned + calibration) / weight."""
    return (member.assigned + Fraction(member.calibration)) / member.weight


def in_credit(turns: Fraction) -> Decimal:
    """Turns as a calibration keeps them: to the millionth."""
    return (Decimal(turns.numerator) / turns.denominator).quantize(_MILLIONTH)


def calibration_of_joiner(*, members: Sequence[Member], weight: int) -> Decimal:
    """The credit by which a joiner stands level with the others and is not flooded.

    (all assigned + all calibration) / sum of weights * weight, of those who have a share.
    """
    sharing = [member for member in members if member.weight]
    if not sharing:
        return Decimal(0)
    had = sum((member.assigned + Fraction(member.calibration) for member in sharing), Fraction(0))
    return in_credit(had * weight / sum(member.weight for member in sharing))


def calibration_at_share(member: Member, *, weight: int, others: Collection[Member]) -> Decimal:
    """The credit by which another share begins now, and is not made up for what came before.

    Whoever stands in the round of the others, or is owed turns, still stands as many turns above
    or below its beginning; where all others are far below, the level stays. Whoever had no share
    begins as a joiner does.
    """
    if weight in (0, member.weight):
        return member.calibration
    if member.weight == 0:
        return calibration_of_joiner(members=[*others], weight=weight) - member.assigned
    stands = level(member)
    begins = [_begins(member, other) for other in others if other.weight]
    base = min((each for each in begins if each is not None), default=stands)
    return in_credit(base * weight + (stands - base) * member.weight - member.assigned)


def _begins(member: Member, other: Member) -> Fraction | None:
    """Where a round begins that both are in, or that somebody far below is owed; else None."""
    one, two = level(member), level(other)
    if two <= one:
        return two if (one - two) * member.weight <= A_ROUND else None
    return one if (two - one) * other.weight <= A_ROUND else two


def step(name: str, who: str, **more: Any) -> Step:
    """A step of a trace about a person."""
    return {"step": name, "name": who, **more}
