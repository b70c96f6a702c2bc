"""Telling many people many things: rows a second, statements, and what an open page asks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection

from accord.base.ids import named_id
from accord.bench.actions.noticing import ask_nothing, copy_notices
from accord.bench.actions.place import open_shop, own_database, vacuum
from accord.bench.figures import Figure, best, middle, most_memory, percentile, stopwatch
from accord.outbox.actions import Telling, tell
from accord.outbox.queries import latest_unseen
from accord.teams.actions import Newcomer, add_user
from accord.teams.models import User

NOTICES = 10_000
PEOPLE = 50
ROUNDS = 3
ASKED = 200
OF_COPY = 0.15  # the share of bare COPY
OF_NOTHING = 5.0  # times a statement that asks nothing


def telling(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """Ten thousand notices to fifty people, in Accord and by mail, and asking what is new."""
    notices = leads or NOTICES
    with own_database():
        open_shop(at=at)
        people = [
            add_user(newcomer=Newcomer(f"rep-{n}@example.com", f"Rep {n}", ["rep"]), at=at)
            for n in range(PEOPLE)
        ]
        with counted() as one:
            tell(tellings=_tellings(people, 1, 0, at), at=at)
        seconds, bare = [], []
        for number in range(1, ROUNDS + 1):
            tellings = _tellings(people, notices, number, at)
            with stopwatch() as taken:
                copy_notices(tellings, at)
            bare.append(taken())
            with counted() as many, stopwatch() as taken:
                tell(tellings=tellings, at=at)
            seconds.append(taken())
        rows = 2 * notices  # in Accord and by mail
        yield Figure(
            name="notify.tell",
            leads=None,
            figure=round(rows / best(seconds)),
            unit="rows/s",
            limit=OF_COPY,
            limit_is="at_least",
            ratio=round(best(bare) / best(seconds), 3),
            queries=len(many),
            rss_mb=most_memory(),
            says=f"{notices:,} to {PEOPLE} people, against COPY; one notice takes {len(one)}",
        )
        vacuum()
        yield _asked(people)


def _asked(people: Sequence[User]) -> Figure:
    """What an open page asks every few seconds."""
    seconds, nothing = [], []
    for number in range(ASKED):
        with stopwatch() as taken:
            ask_nothing()
        nothing.append(taken())
        with stopwatch() as taken:
            latest_unseen(people[number % len(people)])
        seconds.append(taken())
    return Figure(
        name="notify.live",
        leads=None,
        figure=round(middle(seconds) * 1000, 2),
        unit="ms",
        limit=OF_NOTHING,
        limit_is="at_most",
        ratio=round(middle(seconds) / middle(nothing), 2),
        p50_ms=round(middle(seconds) * 1000, 2),
        p95_ms=round(percentile(seconds, 0.95) * 1000, 2),
        queries=1,
        says="what is new for who has seen none of it, against a statement that asks nothing",
    )


def _tellings(people: Sequence[User], notices: int, number: int, at: datetime) -> list[Telling]:
    return [
        Telling(
            event_id=named_id("bench", number, each, at.isoformat()),
            user_id=people[each % len(people)].id,
            kind="handoff.offered",
            subject=f"A lead for you: Dana Ruiz {each}",
            text="“We need to replace our spreadsheets before June”",
            link="/handoffs/",
        )
        for each in range(notices)
    ]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the block."""
    statements: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield statements
