"""Watching very many clocks: what a sweep takes when a hundred of them have come due."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from accord.agreement.queries import running
from accord.bench.actions.filling import fill
from accord.bench.actions.open_clocks import CLOCKS_A_HANDOFF, open_clocks
from accord.bench.actions.place import ALL_HOURS, open_shop, own_database, vacuum
from accord.bench.figures import Figure
from accord.bench.repeated import WARM_UP, how_often, repeated
from accord.flows.begin import add_person
from accord.flows.watch_clocks import watch_clocks
from accord.teams.actions import Newcomer
from accord.teams.models import Role

CLOCKS = 100_000
DUE = 100
REPS = 50
MOST_MS = 200.0
_SECOND = timedelta(seconds=1)
_MOMENT = timedelta(milliseconds=1)


def sweep(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """Sweeps over so many open clocks (`leads`): a hundred missed at each, and none."""
    clocks = leads or CLOCKS
    with own_database():
        due_from, sweeps = at + timedelta(minutes=1), how_often(clocks) + WARM_UP
        due = _fill(clocks, sweeps, due_from, at)
        # A moment is missed after it has passed, so that each second's are all missed at its end.
        ends = [due_from + n * _SECOND - _MOMENT for n in range(1, sweeps + 1)]
        for name, number, moments in (("due", due, ends), ("idle", 0, ends[-1:] * sweeps)):
            yield repeated(
                f"sweep.{name}",
                [partial(_swept, number, moment) for moment in moments],
                leads=clocks,
                limit=MOST_MS,
                says=f"sweeps over {clocks:,} open clocks, {number} due at each",
            )


def _fill(clocks: int, sweeps: int, due_from: datetime, at: datetime) -> int:
    """A company that works at all hours; how many clocks come due in each second."""
    handoffs = clocks // CLOCKS_A_HANDOFF
    due = min(DUE, handoffs // sweeps)
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
        soon=due * sweeps,
        a_second=float(due),
        due_from=due_from,
        at=at,
    )
    vacuum()
    return due


def _swept(due: int, at: datetime) -> None:
    watched = watch_clocks(at=at)
    if watched.steps != due:
        raise AssertionError(f"{watched.steps} of {due} clocks were noticed at {at}.")
