"""One thing done again and again: what 95 in 100 times stay below, and the statements of each."""

import gc
from collections.abc import Callable, Sequence

from django.db import connection

from accord.bench.figures import Figure, middle, most_memory, percentile, stopwatch

WARM_UP = 3
OFTEN, SELDOM = 30, 3
SMALL = 10_000  # a place with fewer leads is a trial of the benchmark, not of Accord


def how_often(leads: int) -> int:
    """How many times something is done and measured, after the warm-up."""
    return OFTEN if leads >= SMALL else SELDOM


def repeated(
    name: str, acts: Sequence[Callable[[], object]], *, leads: int, limit: float, says: str
) -> Figure:
    """Do one after the other; the first WARM_UP do not count. `limit` is in milliseconds."""
    took, queries = [], []
    gc.freeze()  # what was there before is not looked through again after each
    for act in acts:
        milliseconds, asked = _timed(act)
        took.append(milliseconds)
        queries.append(asked)
    gc.unfreeze()
    took, queries = took[WARM_UP:], queries[WARM_UP:]
    p95 = round(percentile(took, 0.95), 1)
    return Figure(
        name=name,
        leads=leads,
        figure=p95,
        unit="ms",
        limit=limit,
        limit_is="at_most",
        p50_ms=round(middle(took), 1),
        p95_ms=p95,
        queries=max(queries),
        rss_mb=most_memory(),
        says=f"{len(took)} {says}",
    )


def _timed(act: Callable[[], object]) -> tuple[float, int]:
    """The milliseconds that it took, and its number of statements."""
    asked: list[str] = []

    def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note), stopwatch() as taken:
        act()
    return taken() * 1000, len(asked)
