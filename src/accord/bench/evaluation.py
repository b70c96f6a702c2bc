"""Judging leads by a full agreement of ten definitions, against SQL written by hand."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from accord.bench.actions.by_hand import JUDGED, differing, judge_by_hand, keep
from accord.bench.actions.copying import empty
from accord.bench.actions.filling import ACTIVITIES_A_LEAD, change, fill
from accord.bench.actions.place import agree_on_more, open_shop, own_database, settle, vacuum
from accord.bench.figures import Figure, middle, most_memory, stopwatch
from accord.flows.evaluate import evaluate

LEADS = 200_000
RUNS = 3
OF_HAND = 1.5  # so many times as long as by hand may it take
CHANGED = 100  # one lead in so many

Judge = Callable[[datetime], int]


def evaluation(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """`evaluate.new`, from no verdict to all, and `evaluate.again`, where few changed."""
    leads = leads or LEADS
    with own_database():
        begun = at - timedelta(days=600)
        version = agree_on_more(by=open_shop(at=begun).id, at=begun)
        fill(leads=leads, at=at)
        vacuum()
        both: list[Judge] = [
            lambda moment: evaluate(leads=None, at=moment),
            lambda moment: judge_by_hand(version=version, at=moment),
        ]
        runs = [_compare(both, at) for _ in range(RUNS)]
    for name, number in (("evaluate.new", 0), ("evaluate.again", 1)):
        ours = middle([run[0][number][0] for run in runs])
        by_hand = middle([run[1][number][0] for run in runs])
        written = runs[0][0][number][1]
        yield Figure(
            name=name,
            leads=leads,
            figure=round(ours, 2),
            unit="s",
            limit=OF_HAND,
            limit_is="at_most",
            ratio=round(ours / by_hand, 2),
            rss_mb=most_memory(),
            says=f"{leads * ACTIVITIES_A_LEAD:,} activities, {written:,} rows written; "
            f"by hand {by_hand:.2f} s, and every row the same",
        )


def _compare(judges: list[Judge], at: datetime) -> list[list[tuple[float, int]]]:
    """The seconds and rows of each judge, from nothing and after a change; all write the same."""
    found: list[list[tuple[float, int]]] = []
    for judge in judges:
        empty(JUDGED)
        new = _timed(judge, at)
        change(one_in=CHANGED)
        again = _timed(judge, at + timedelta(minutes=1))
        change(one_in=CHANGED)  # the needs that were known are so again
        if found and (wrong := differing()):
            raise AssertionError(f"{wrong} rows are not what is written by hand.")
        keep()
        found.append([new, again])
    return found


def _timed(judge: Judge, at: datetime) -> tuple[float, int]:
    settle([*JUDGED, "leads_lead"])
    with stopwatch() as taken:
        written = judge(at)
    return taken(), written
