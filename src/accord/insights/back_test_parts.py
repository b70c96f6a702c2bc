"""What a variant of a back-test comes to, of all leads and of every month and segment."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from accord.insights.tried import SEGMENTS, Values

_MOST_OF_A_SEGMENT = 12


@dataclass
class Won:
    """Deals won: how many, their value in the company's currency, and the sum of its squares,
    by which a sample's doubt is known."""

    number: int = 0
    value: float = 0.0
    squares: float = 0.0

    def add(self, amount: Decimal | None) -> None:
        """One more."""
        value = float(amount or 0)
        self.number += 1
        self.value += value
        self.squares += value * value


@dataclass
class Part:
    """What one variant comes to, of all leads or of a part of them.

    `kept`, `lost`, `gained` compare its won deals with those of the first variant. Handoffs:
    accepted, of those answered; deals: won, of those closed; each of leads in, and of leads out.
    """

    qualified: int = 0
    kept: Won = field(default_factory=Won)
    lost: Won = field(default_factory=Won)
    gained: Won = field(default_factory=Won)
    accepted_in: int = 0
    answered_in: int = 0
    accepted_out: int = 0
    answered_out: int = 0
    won_in: int = 0
    closed_in: int = 0
    won_out: int = 0
    closed_out: int = 0

    def add_deal(self, amount: Decimal | None, *, is_won: bool, was_in: bool, is_in: bool) -> None:
        """One more deal that was closed; whether its lead was in by the first, and is by this."""
        side = "in" if is_in else "out"
        self._add(f"closed_{side}")
        if not is_won:
            return
        self._add(f"won_{side}")
        if was_in or is_in:
            part = self.gained if not was_in else self.kept if is_in else self.lost
            part.add(amount)

    def add_handoff(self, *, is_accepted: bool, is_in: bool) -> None:
        """One more handoff that was answered."""
        side = "in" if is_in else "out"
        self._add(f"answered_{side}")
        if is_accepted:
            self._add(f"accepted_{side}")

    def _add(self, name: str) -> None:
        setattr(self, name, getattr(self, name) + 1)


def at_key(parts: dict[Any, Part], key: str | None) -> Part:
    """The part under a key; a new one where there is none yet."""
    if key not in parts:
        parts[key] = Part()
    return parts[key]


@dataclass
class Variant(Part):
    """One variant. `standing` met it already when the period began; customers of those in won
    after they met it, customers of those out never met it. `owners` parts the others than those
    standing by who had them; months go by when leads met it, handoffs were offered, deals closed.
    """

    name: str = ""
    standing: int = 0
    only_here: int = 0
    only_there: int = 0
    customers_in: int = 0
    customers_out: int = 0
    owners: dict[str, int] = field(default_factory=dict)
    months: dict[str, Part] = field(default_factory=dict)
    segments: dict[str, dict[str | None, Part]] = field(
        default_factory=lambda: {name: {} for name in SEGMENTS}
    )

    def parts(self, month: str, values: Values) -> Iterator[Part]:
        """All that something counts in which happened in this month with a lead of these values."""
        yield self
        yield at_key(self.months, month)
        for name, value in zip(SEGMENTS, values, strict=True):
            yield at_key(self.segments[name], value)

    def told(self) -> dict[str, Any]:
        """As it is kept: months in order, of each segment the values with most."""
        return {
            **{key: value for key, value in asdict(self).items() if key != "segments"},
            "months": {month: asdict(self.months[month]) for month in sorted(self.months)},
            "segments": {
                name: [(value, asdict(part)) for value, part in _most(found)]
                for name, found in self.segments.items()
            },
        }


def _most(found: dict[str | None, Part]) -> list[tuple[str | None, Part]]:
    ordered = sorted(
        found.items(), key=lambda each: (-each[1].qualified, -each[1].closed_in, str(each[0]))
    )
    return ordered[:_MOST_OF_A_SEGMENT]
