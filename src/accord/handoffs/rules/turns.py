"""Whose turn it is in a pool.

Next is the lowest level, (assigned + calibration) / weight, among those who are free; ties are
broken at random, so that nobody gets more for standing first in a list.
"""

import random
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import lcm

from accord.handoffs.rules.pools import (
    NO_CAPS,
    PERIODS,
    Caps,
    Member,
    Person,
    Pool,
    Step,
    Wish,
    level,
    step,
)

NEAR = timedelta(hours=3)  # wall clocks no further apart are one zone for a pool that minds them


@dataclass
class _Place:
    """A member's place while handoffs are given out; level and share in whole parts of one turn."""

    level: int
    share: int
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
        self._skipped: list[Step] = []
        free: list[Member] = []
        for member in sorted(pool.members, key=lambda member: member.user_id):
            person = people[member.user_id]
            if why := _why_not(member, person, pool):
                self._skipped.append(step(why, person.name))
            else:
                free.append(member)
        levels = [level(member) for member in free]
        parts = lcm(*(each.denominator for each in levels), *(member.weight for member in free))
        for member, at in zip(free, levels, strict=True):
            self._places[member.user_id] = _Place(
                int(at * parts), parts // member.weight, member.caps, list(member.got)
            )
        self._has_caps = any(member.caps != NO_CAPS for member in free)

    def next(
        self, wish: Wish, *, besides: uuid.UUID | None = None
    ) -> tuple[uuid.UUID | None, list[Step]]:
        """Whose turn it is, and why; that turn is then used up. None: nobody is free."""
        steps = [*self._skipped]
        free = []
        for user_id, place in self._places.items():
            name = self._people[user_id].name
            if user_id == besides:
                steps.append(step("skipped_had_it", name))
            elif self._has_caps and (cap := place.reached()):
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
