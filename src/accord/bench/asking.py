"""What people wait for while they agree: a count in the builder, a back-test, one lead judged."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from accord.agreement.queries import document_of, running
from accord.bench.actions.filling import fill
from accord.bench.actions.place import agree_on_more, open_shop, own_database, vacuum
from accord.bench.figures import Figure, middle, most_memory, percentile, stopwatch
from accord.bench.repeated import how_often
from accord.flows.back_test import run_back_test
from accord.flows.evaluate import evaluate
from accord.leads.models import Lead
from accord.leads.queries.sampling import TENTH, sample_of
from accord.qualification.actions import Tried, ask_back_test
from accord.qualification.asking import ask

LEADS = 100_000
ASKED = "mql"
CHANGED = ("at_least: 20", "at_least: 100")  # the proposal asks for larger companies
WARM_UP = 2
FEW = 3


def asking(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """The counts of the builder, one lead, and back-tests, of a sample and of all leads."""
    leads = leads or LEADS
    times = how_often(leads)
    with own_database():
        begun = at - timedelta(days=600)
        agree_on_more(by=open_shop(at=begun).id, at=begun)
        fill(leads=leads, at=at)
        vacuum()
        evaluate(leads=None, at=at)
        vacuum()
        count = partial(ask, running(), ASKED, at=at)
        yield _waited("count.sample", leads, 0.3, _seconds(lambda: count(is_sample=True), times))
        exact = _seconds(lambda: count(is_sample=False), FEW)
        yield _waited("count.exact", leads, 5.0, exact)
        some = iter(Lead.objects.order_by("email").values_list("id", flat=True)[:100])
        one = _seconds(lambda: evaluate(leads=[next(some)], at=at), times)
        yield _waited("lead", leads, 0.02, one)
        runs = [_back_test(at) for _ in range(FEW)]
        yield _waited("back_test.sample", leads, 5.0, [sample for sample, _exact in runs])
        yield _waited("back_test.exact", leads, 60.0, [exact for _sample, exact in runs])


def _seconds(do: Callable[[], object], times: int) -> list[float]:
    took = []
    for number in range(times + WARM_UP):
        with stopwatch() as taken:
            do()
        if number >= WARM_UP:
            took.append(taken())
    return took


def _back_test(at: datetime) -> tuple[float, float]:
    """The seconds until the figures of the sample were there, and those of all leads."""
    document = document_of(running().number)
    proposed = document.replace(*CHANGED)
    test = ask_back_test(
        variants=[Tried("Today", document), Tried("Proposed", proposed)],
        definition=ASKED,
        begins_at=at - timedelta(days=366),
        ends_at=at - timedelta(days=1),
        by=None,
        at=at,
    )
    sampled, told = len(sample_of(TENTH)), dict[int, float]()
    with stopwatch() as taken:
        run_back_test(back_test_id=test.id, tell=lambda done, _total: told.update({done: taken()}))
    return told.get(sampled, taken()), taken()


def _waited(name: str, leads: int, limit: float, seconds: list[float]) -> Figure:
    """What 95 in 100 stay below; of a few runs the middle one."""
    p95 = percentile(seconds, 0.95)
    return Figure(
        name=f"agreement.{name}",
        leads=leads,
        figure=round(p95 if len(seconds) > FEW else middle(seconds), 3),
        unit="s",
        limit=limit,
        limit_is="at_most",
        p50_ms=round(middle(seconds) * 1000, 1),
        p95_ms=round(p95 * 1000, 1),
        rss_mb=most_memory(),
        says=f"{len(seconds)} times, the full agreement",
    )
