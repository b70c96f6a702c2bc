"""What can be counted. Rooms register their metrics here, each once, with its definition.

Goals, promises, the scoreboard, reports and the API count by these and by nothing else, so that
two pages can never disagree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Scope:
    """What is counted: [begins_at, ends_at), None for open, as things stand at `at`."""

    at: datetime
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    _known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, work: Callable[[], Any]) -> Any:
        """What several metrics of this scope need, worked out by the first of them."""
        if name not in self._known:
            self._known[name] = work()
        return self._known[name]

    def within(self, name: str) -> dict[str, datetime]:
        """The filter that keeps the column `name` within the scope."""
        span = {f"{name}__gte": self.begins_at, f"{name}__lt": self.ends_at}
        return {condition: moment for condition, moment in span.items() if moment}


@dataclass(frozen=True)
class Metric:
    """`rows` gives what it counts: leads, or rows that carry a `lead_id`.

    `opens` gives the filters of the leads list that show exactly these rows, where it can.
    `among` is the condition on leads by which it narrows the leads of a cohort, where that is
    all it does; so several can be counted in one pass.
    """

    key: str
    label: Any
    sentence: Any
    unit: str
    rows: Callable[[Scope], Any]
    opens: Callable[[Scope], Any] | None = None
    among: Callable[[], Any] | None = None

    def count(self, scope: Scope) -> int:
        """How many there are. One query."""
        number: int = self.rows(scope).count()
        return number


@dataclass(frozen=True)
class Rate:
    """The share of one metric in another; always counted over the same scope."""

    key: str
    label: Any
    sentence: Any
    part: str
    whole: str


_metrics: dict[str, Metric] = {}
_rates: dict[str, Rate] = {}


def register(*metrics: Metric | Rate) -> None:
    """Make metrics known. Raises ValueError when two are called the same."""
    for metric in metrics:
        known: dict[str, Any] = _rates if isinstance(metric, Rate) else _metrics
        if metric.key in _metrics or metric.key in _rates:
            raise ValueError(f"Two metrics are called {metric.key}.")
        known[metric.key] = metric


def metric(key: str) -> Metric:
    """The metric of this key. Raises KeyError when no room registered it."""
    return _metrics[key]


def rate(key: str) -> Rate:
    """The rate of this key. Raises KeyError when no room registered it."""
    return _rates[key]


def all_metrics() -> Mapping[str, Metric]:
    """All metrics by key."""
    return _metrics


def all_rates() -> Mapping[str, Rate]:
    """All rates by key."""
    return _rates
