"""Watching very many clocks: what a sweep takes when a hundred of them have come due."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import connection

from accord.agreement.queries import running
from accord.bench.actions.filling import fill
from accord.bench.actions.open_clocks import CLOCKS_A_HANDOFF, open_clocks
from accord.bench.actions.place import ALL_HOURS, open_shop, own_database, vacuum
from accord.bench.figures import Figure, middle, most_memory, percentile, stopwatch
from accord.flows.begin import add_person
from accord.flows.watch_clocks import Watched, watch_clocks
from accord.teams.actions import Newcomer
from accord.teams.models import Role

CLOCKS = 100_000
DUE = 100
REPS = 50
SWEEPS = 30
WARM_UP = 3
MOST_MS = 200.0
_SECOND = timedelta(seconds=1)
_MOMENT = timedelta(milliseconds=1)


def sweep(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """Sweeps over so many open clocks (`leads`): a hundred missed at each, and none."""
    clocks = leads or CLOCKS
    with own_database():
        due_from = at + timedelta(minutes=1)
        due = _fill(clocks, due_from, at)
        # A moment is missed after it has passed, so that each second's are all missed at its end.
        ends = [due_from + n * _SECOND - _MOMENT for n in range(1, SWEEPS + WARM_UP + 1)]
        yield _measured("sweep.due", clocks, due, ends)
        yield _measured("sweep.idle", clocks, 0, [ends[-1]] * (SWEEPS + WARM_UP))


def _fill(clocks: int, due_from: datetime, at: datetime) -> int:
    """A company that works at all hours; how many clocks come due in each second."""
    handoffs = clocks // CLOCKS_A_HANDOFF
    due = min(DUE, handoffs // (SWEEPS + WARM_UP))
    open_shop(at=at - timedelta(days=600), week=ALL_HOURS)
    people = [
        add_person(newcomer=Newcomer(f"rep-{n}@example.com", f"Rep {n}", [Role.REP]), at=at)
        for n in range(REPS)
    ]
    fill(leads=handoffs + handoffs // 10, at=at)
    open_clocks(
        handoffs=handoffs,
        reps=[each.id for each in people],
        version=running().number,
        soon=due * (SWEEPS + WARM_UP),
        a_second=float(due),
        due_from=due_from,
        at=at,
    )
    vacuum()
    return due


def _measured(name: str, clocks: int, due: int, moments: list[datetime]) -> Figure:
    took, queries = [], []
    for number, moment in enumerate(moments):
        milliseconds, asked, watched = _timed(moment)
        if watched.steps != due:
            raise AssertionError(f"{watched.steps} of {due} clocks were noticed at {moment}.")
        if number >= WARM_UP:
            took.append(milliseconds)
            queries.append(asked)
    p95 = round(percentile(took, 0.95), 1)
    return Figure(
        name=name,
        leads=clocks,
        figure=p95,
        unit="ms",
        limit=MOST_MS,
        limit_is="at_most",
        p50_ms=round(middle(took), 1),
        p95_ms=p95,
        queries=max(queries),
        rss_mb=most_memory(),
        says=f"{len(took)} sweeps over {clocks:,} open clocks, {due} due at each",
    )


def _timed(at: datetime) -> tuple[float, int, Watched]:
    """The milliseconds that a sweep took, its number of queries, and what it did."""
    asked: list[str] = []

    def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note), stopwatch() as taken:
        watched = watch_clocks(at=at)
    return taken() * 1000, len(asked), watched
