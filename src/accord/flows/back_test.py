"""Try agreements on a time that has passed: first on a tenth of the leads, then on all.

Nothing of the present changes. Stopped on the way it begins anew; what was judged is kept.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from accord.base.errors import Refusal
from accord.criteria.compiler import Compiled
from accord.insights.back_tests import figures
from accord.leads.queries.sampling import TENTH, rest_of, sample_of, there
from accord.outbox import jobs
from accord.qualification import actions
from accord.qualification.asking import question
from accord.qualification.models import BackTest
from accord.qualification.queries import back_test, terms_tried
from accord.teams.queries import company

PART = 25_000  # leads judged in one statement: what is sorted for them fits into memory
SAMPLED_FROM = 20_000  # leads; of fewer the exact answer is there as soon

Tell = Callable[[int, int], None]
Judge = Callable[[Sequence[uuid.UUID]], int]


def ask(
    *,
    variants: Sequence[actions.Tried],
    definition: str,
    begins_at: datetime,
    ends_at: datetime,
    by: uuid.UUID,
    at: datetime,
) -> BackTest:
    """Have the worker try agreements on [begins_at, ends_at), as `ask_back_test` says."""
    with transaction.atomic():
        test = actions.ask_back_test(
            variants=variants,
            definition=definition,
            begins_at=begins_at,
            ends_at=ends_at,
            by=by,
            at=at,
        )
        jobs.defer("run_back_test", back_test_id=str(test.id))
    return test


def run_back_test(
    *,
    back_test_id: uuid.UUID,
    hands: int = 2,
    tell: Tell = lambda done, total: None,
) -> BackTest:
    """Judge the past of all leads and keep the figures, those of a sample before.

    `hands` statements run at once; one runs on the caller's own connection. Raises Conflict
    when it is finished already.
    """
    total, here, done = there().count(), company(), 0
    test = actions.begin_back_test(back_test_id=back_test_id, total=total)
    asked = question(terms_tried(test), test.definition)
    for is_last, choose in enumerate((sample_of, rest_of)):
        for judged in _judge(partial(_part, test, asked), choose(TENTH), hands):
            done += judged
            tell(done, total)
        if is_last or total > SAMPLED_FROM:
            found = figures(
                test, is_sample=not is_last, zone=here.calendar.time_zone, currency=here.currency
            )
            actions.keep_figures(back_test_id=test.id, figures=found, is_whole=bool(is_last))
            tell(done, total)
    return back_test(test.id)


def try_back_test(*, back_test_id: uuid.UUID) -> None:
    """As `run_back_test`; where it cannot go on, its page says why."""
    try:
        run_back_test(back_test_id=back_test_id)
    except Refusal as refusal:
        actions.stop_back_test(back_test_id=back_test_id, why=refusal.sentence)


def _judge(judge: Judge, leads: Sequence[uuid.UUID], hands: int) -> Iterator[int]:
    """Judge the leads in parts; gives the size of each part that is done."""
    size = max(1, min(PART, -(-len(leads) // hands)))
    parts = [leads[begin : begin + size] for begin in range(0, len(leads), size)]
    if hands == 1:
        yield from map(judge, parts)
        return
    with ThreadPoolExecutor(hands, "back-test") as pool:
        yield from pool.map(partial(_apart, judge), parts)


def _part(test: BackTest, asked: Compiled, leads: Sequence[uuid.UUID]) -> int:
    actions.judge_past(back_test=test, asked=asked, leads=leads)
    return len(leads)


def _apart(judge: Judge, leads: Sequence[uuid.UUID]) -> int:
    """On a connection of its own."""
    try:
        return judge(leads)
    finally:
        connection.close()
