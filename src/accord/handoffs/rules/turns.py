"""Whose turn it is in a pool.

Next is the lowest level, (assigned + calibration) / weight, among those who are free; ties are
broken at random, so that nobody gets more for standing first in a list.
"""

import random
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

Step = Mapping[str, Any]
"""Something that was decided and why; `accord.handoffs.kinds` has the sentences."""

NEAR = timedelta(hours=3)  # wall clocks no further apart are one zone for a pool that minds them
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
    """Somebody who could get a handoff. Inactive people never do.

    `offset` is that of their wall clock from UTC. While they are away, what is meant for them
    goes to `stand_in`.
    """

    name: str
    is_active: bool = True
    is_present: bool = True
    is_at_work: bool = True
    languages: frozenset[str] = frozenset()
    offset: timedelta | None = None
    stand_in: uuid.UUID | None = None


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


@dataclass
class _Place:
    """A member's place while handoffs are given out."""

    level: Fraction
    share: Fraction
    caps: Caps
    got: list[int]

    def reached(self) -> tuple[str, int] | None:
        """The cap that is reached: its period and its number."""
        for period, cap, got in zip(PERIODS, self.caps, self.got, strict=True):
            if cap is not None and got >= cap:
                return period, cap
        return None


class Turns:
    """A pool's turns while handoffs are given out."""

    def __init__(self, pool: Pool, people: Mapping[uuid.UUID, Person], dice: random.Random) -> None:
        self.pool = pool
        self._people = people
        self._dice = dice
        self._places: dict[uuid.UUID, _Place] = {}
        self._away: list[Step] = []
        for member in sorted(pool.members, key=lambda member: member.user_id):
            person = people[member.user_id]
            if not person.is_active or member.weight == 0:
                continue
            if not person.is_present:
                self._away.append(step("skipped_away", person.name))
            elif pool.only_at_work and not person.is_at_work:
                self._away.append(step("skipped_not_at_work", person.name))
            else:
                self._places[member.user_id] = _Place(
                    level(member), Fraction(1, member.weight), member.caps, list(member.got)
                )

    def next(
        self, wish: Wish, *, besides: uuid.UUID | None = None
    ) -> tuple[uuid.UUID | None, list[Step]]:
        """Whose turn it is, and why; that turn is then used up. None: nobody is free."""
        steps = [*self._away]
        free = []
        for user_id, place in self._places.items():
            if user_id == besides:
                continue
            if cap := place.reached():
                name = self._people[user_id].name
                steps.append(step("skipped_cap", name, period=cap[0], cap=cap[1]))
            else:
                free.append(user_id)
        if not free:
            return None, steps
        if self.pool.minds_language and wish.language:
            speaking = [u for u in free if wish.language in self._people[u].languages]
            free = self._preferred(free, speaking, "language", steps, language=wish.language)
        if self.pool.minds_zone and wish.offsets:
            near = [u for u in free if _is_near(self._people[u].offset, wish.offsets)]
            free = self._preferred(free, near, "zone", steps)
        user_id = self._lowest(free)
        self.count(user_id)
        self._places[user_id].got = [number + 1 for number in self._places[user_id].got]
        return user_id, [*steps, step("in_turn", self._people[user_id].name)]

    def count(self, user_id: uuid.UUID) -> None:
        """Count an assignment towards the level, whatever rule it came by."""
        if user_id in self._places:
            self._places[user_id].level += self._places[user_id].share

    def _preferred(
        self,
        free: Sequence[uuid.UUID],
        fitting: Sequence[uuid.UUID],
        what: str,
        steps: list[Step],
        **more: str,
    ) -> list[uuid.UUID]:
        """Those who fit, if there are any; the steps say which way it went."""
        if not fitting:
            steps.append({"step": f"nobody_of_{what}", **more})
            return [*free]
        if len(fitting) < len(free):
            names = [self._people[user_id].name for user_id in fitting]
            steps.append({"step": f"preferred_of_{what}", "name": ", ".join(names), **more})
        return [*fitting]

    def _lowest(self, free: Collection[uuid.UUID]) -> uuid.UUID:
        lowest = min(self._places[user_id].level for user_id in free)
        return self._dice.choice([u for u in free if self._places[u].level == lowest])


def _is_near(offset: timedelta | None, offsets: Collection[timedelta]) -> bool:
    return offset is not None and any(abs(offset - each) <= NEAR for each in offsets)


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


def step(name: str, who: str, **more: Any) -> Step:
    """A step of a trace about a person."""
    return {"step": name, "name": who, **more}
