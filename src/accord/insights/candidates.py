"""The clauses that a learnt scorecard may give points for: what can be asked of each fact."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from accord.criteria.language import Test
from accord.criteria.registry import Fact

_FEWEST_OF_A_VALUE = 30  # leads, for a value to be asked for
_VALUES = 8  # of a fact, the most frequent ones


@dataclass(frozen=True)
class Candidate:
    """A clause that may give points: its key, and what it asks."""

    key: str
    test: Test

    @property
    def raw(self) -> dict[str, Any]:
        """As a document writes it."""
        return {"key": self.key, "fact": self.test.fact, self.test.operator: self.test.value}


def candidates(fact: Fact, values: Sequence[Any]) -> Iterator[Candidate]:
    """What may be asked of a fact, by the values it has: enough leads say so, and enough do not."""
    given = [value for value in values if value is not None]
    if fact.is_open and _is_enough(len(given), len(values)):
        yield _candidate(fact, "known", value=True, said="known")
    if fact.type == "yes_no":
        if _is_enough(sum(map(bool, given)), len(values)):
            yield _candidate(fact, "is", value=True, said="yes")
    elif fact.type in ("number", "money"):
        yield from _bounds(fact, sorted(given))
    else:
        yield from _named(fact, given, len(values))


def _bounds(fact: Fact, ordered: Sequence[Any]) -> Iterator[Candidate]:
    """At least the value that a quarter, a half, three quarters lie below."""
    if len(ordered) < 4 * _FEWEST_OF_A_VALUE:
        return
    for bound in sorted({math.floor(ordered[len(ordered) * part // 4]) for part in (1, 2, 3)}):
        yield _candidate(fact, "at_least", value=bound, said=f"from-{bound}")


def _named(fact: Fact, given: Sequence[Any], all_: int) -> Iterator[Candidate]:
    """The most frequent values, whatever their case."""
    said = [text for value in given if (text := str(value).strip())]
    names = {text.casefold(): text for text in said}
    for value, number in Counter(text.casefold() for text in said).most_common(_VALUES):
        if _is_enough(number, all_):
            yield _candidate(fact, "is", value=names[value], said=value)


def _is_enough(number: int, all_: int) -> bool:
    return _FEWEST_OF_A_VALUE <= number <= all_ - _FEWEST_OF_A_VALUE


def _candidate(fact: Fact, operator: str, *, value: Any, said: str) -> Candidate:
    words = re.findall(r"[a-z0-9]+", f"{fact.key} {said}".lower())
    key = "-".join(words)[:60].rstrip("-")
    return Candidate(key, Test(key, "", fact.key, operator, value))


def holds(test: Test, value: Any) -> bool:
    """Whether a value answers it; what is not known never does."""
    if test.operator == "known":
        return value is not None
    if value is None:
        return False
    if test.operator == "at_least":
        return bool(float(value) >= test.value)
    if isinstance(test.value, bool):
        return bool(value) is test.value
    return str(value).strip().casefold() == str(test.value).strip().casefold()
