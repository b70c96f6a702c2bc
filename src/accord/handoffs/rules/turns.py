"""Whose turn it is in a pool.

Next is the lowest level, (assigned + calibration) / weight, among those who are free; ties are
broken at random, so that nobody gets more for standing first in a list.

Turns are shared by those who can take them when they come. Whoever cannot (away, not at work, at
their cap, gone) moves along: with each turn their level rises as those rise on average who are
in the round. So they come back standing as they stood, with what they were owed and what they
had ahead, and what came meanwhile is not made up for.
"""

import random
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import lcm

from accord.handoffs.rules.pools import (
    A_ROUND,
    NO_CAPS,
    PERIODS,
    Caps,
    Member,
    Person,
    Pool,
    Step,
    Wish,
    in_credit,
    level,
    step,
)

_FINE = 10**9  # parts of a turn, so that whoever moves along moves by parts of one
NEAR = timedelta(hours=3)  # wall clocks no further apart are one zone for a pool that minds them


@dataclass(eq=False)
class _Place:
    """A member's place while handoffs are given out; level and share in whole parts of a level.

    `moved` is what the level rose by while they could not take turns.
    """

    level: int
    share: int
    weight: int
    caps: Caps
    got: list[int]
    moved: int = 0

    def reached(self) -> tuple[str, int] | None:
        """The cap that is reached: its period and its number."""
        for period, cap, got in zip(PERIODS, self.caps, self.got, strict=True):
            if cap is not None and got >= cap:
                return period, cap
        return None

    def is_in_round(self, lowest: int) -> bool:
        """Whether they stand by the lowest level, and not far above for what they got by name."""
        return self.level <= lowest + A_ROUND * self.share


class Turns:
    """A pool's turns while handoffs are given out."""

    def __init__(self, pool: Pool, people: Mapping[uuid.UUID, Person], dice: random.Random) -> None:
        self.pool = pool
        self._people = people
        self._dice = dice
        self._skipped: list[Step] = []
        self._free: list[uuid.UUID] = []
        self._not_there: list[uuid.UUID] = []
        for member in sorted(pool.members, key=lambda member: member.user_id):
            person = people[member.user_id]
            why = _why_not(member, person, pool)
            if why:
                self._skipped.append(step(why, person.name))
            if member.weight:
                (self._not_there if why else self._free).append(member.user_id)
        sharing = [member for member in pool.members if member.weight]
        levels = [level(member) for member in sharing]
        denominators = (*(at.denominator for at in levels), *(each.weight for each in sharing))
        self._parts = _FINE * lcm(*denominators)
        self._places = {
            member.user_id: _Place(
                int(at * self._parts),
                self._parts // member.weight,
                member.weight,
                member.caps,
                list(member.got),
            )
            for member, at in zip(sharing, levels, strict=True)
        }
        self._has_caps = any(member.caps != NO_CAPS for member in sharing)

    def next(
        self, wish: Wish, *, besides: uuid.UUID | None = None
    ) -> tuple[uuid.UUID | None, list[Step]]:
        """Whose turn it is, and why; that turn is then used up. None: nobody is free."""
        steps = [*self._skipped]
        free, others = self._there(steps)
        if besides in free:
            steps.append(step("skipped_had_it", self._people[besides].name))
            free.remove(besides)
        if not free:
            return None, steps
        for what, fits, more in self._wishes(wish):
            fitting = [user_id for user_id in free if fits(self._people[user_id])]
            if fitting:
                others = [user_id for user_id in others if fits(self._people[user_id])]
            free = self._preferred(free, fitting, what, steps, **more)
        user_id = self._lowest(free)
        self._give(user_id, free, others)
        self._places[user_id].got = [number + 1 for number in self._places[user_id].got]
        return user_id, [*steps, step("in_turn", self._people[user_id].name)]

    def count(self, user_id: uuid.UUID) -> None:
        """Count an assignment towards the level, whatever rule it came by."""
        if user_id in self._places:
            self._give(user_id, *self._there([]))

    def moved(self) -> dict[uuid.UUID, Decimal]:
        """The turns by which those moved along who could not take any."""
        return {
            user_id: in_credit(Fraction(place.moved, place.share))
            for user_id, place in self._places.items()
            if place.moved
        }

    def _there(self, steps: list[Step]) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
        """Who can take a turn, and who cannot; the steps say who is at their cap."""
        if not self._has_caps:
            return [*self._free], self._not_there
        free, others = [], [*self._not_there]
        for user_id in self._free:
            if cap := self._places[user_id].reached():
                name = self._people[user_id].name
                steps.append(step("skipped_cap", name, period=cap[0], cap=cap[1]))
                others.append(user_id)
            else:
                free.append(user_id)
        return free, others

    def _give(
        self, user_id: uuid.UUID, free: Collection[uuid.UUID], others: Collection[uuid.UUID]
    ) -> None:
        """Count a turn; the others move along with those of the free who are in the round."""
        place = self._places[user_id]
        if others and user_id in free:
            lowest = min(self._places[each].level for each in free)
            in_round = [p for p in map(self._places.get, free) if p and p.is_in_round(lowest)]
            by = self._parts // sum(each.weight for each in in_round)
            for other in (self._places[each] for each in others) if place in in_round else ():
                if other.is_in_round(lowest):
                    other.level += by
                    other.moved += by
        place.level += place.share

    def _wishes(
        self, wish: Wish
    ) -> Iterator[tuple[str, Callable[[Person], bool], Mapping[str, str]]]:
        """What the pool minds of a lead's wishes, and who fits."""
        if self.pool.minds_language and wish.language:
            language = wish.language
            yield "language", lambda person: language in person.languages, {"language": language}
        if self.pool.minds_zone and wish.offsets:
            yield "zone", lambda person: _is_near(person.offset, wish.offsets), {}

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


def _why_not(member: Member, person: Person, pool: Pool) -> str:
    """The step that says why somebody takes no turns of a pool now; "": they do."""
    reasons = {
        "skipped_gone": not person.is_active,
        "skipped_not_in_sales": not person.is_in_sales,
        "skipped_without_share": member.weight == 0,
        "skipped_away": not person.is_present,
        "skipped_not_at_work": pool.only_at_work and not person.is_at_work,
    }
    return next((why for why, applies in reasons.items() if applies), "")


def _is_near(offset: timedelta | None, offsets: Collection[timedelta]) -> bool:
    return offset is not None and any(abs(offset - each) <= NEAR for each in offsets)
