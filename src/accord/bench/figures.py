"""What a benchmark says, and how it was measured."""

import gc
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """One line of the table. What does not apply is None.

    `ratio` compares `figure` with what it is held against, measured in the same run; `limit`
    bounds the ratio, and where there is none the figure itself, from the side that `limit_is`
    names. `says` tells a person what was compared, or why nothing was measured.
    """

    name: str
    leads: int | None
    figure: float | None
    unit: str
    limit: float | None = None
    limit_is: Literal["at_least", "at_most"] | None = None
    ratio: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    queries: int | None = None
    rss_mb: int | None = None
    says: str = ""

    @property
    def is_kept(self) -> bool | None:
        """Whether the limit is kept; None where there is none, or nothing was measured."""
        measured = self.figure if self.ratio is None else self.ratio
        if self.limit is None or measured is None:
            return None
        return measured >= self.limit if self.limit_is == "at_least" else measured <= self.limit


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Gives a function that says how many seconds it took: so far, or all in all."""
    gc.collect()  # what others left behind is not cleared away in our time
    began = time.perf_counter()
    ended: list[float] = []
    yield lambda: (ended[0] if ended else time.perf_counter()) - began
    ended.append(time.perf_counter())


def best(seconds: Sequence[float]) -> float:
    """The quickest run: what others do to the machine only ever makes it slower."""
    return min(seconds)


def middle(seconds: Sequence[float]) -> float:
    """The median run."""
    return statistics.median(seconds)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def most_memory() -> int:
    """The most memory that this process, or one that it started and that ended, held at once.

    Megabytes; the database is not among them.
    """
    kilo = 1024 if sys.platform == "darwin" else 1
    most = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return most // kilo // 1024
