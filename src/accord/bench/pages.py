"""The pages that are open all day: server time and the number of queries."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accord.bench.actions.crowd import add_crowd, let_it_be_worked
from accord.bench.actions.place import open_shop, own_database, vacuum
from accord.bench.figures import Figure, middle, most_memory, percentile
from accord.flows.evaluate import evaluate
from accord.leads import kinds
from accord.leads.actions import watch
from accord.leads.queries import LeadFilters, lead_page
from accord.teams.models import User

LEADS = 100_000
ACTIVITIES_A_LEAD = 10
VISITS = 40
MOST_MS = 100.0


def page_benchmarks(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """One line a page; p95 is held against its limit."""
    number = leads or LEADS
    with own_database():
        user = open_shop(at=at - timedelta(days=400))
        watch(kinds=list(kinds.registered()), since=at - timedelta(days=400))
        add_crowd(leads=number, activities=number * ACTIVITIES_A_LEAD, at=at)
        let_it_be_worked(owner=user.id, at=at)
        vacuum()
        evaluate(leads=None, at=at)
        vacuum()
        yield from (_visited(name, path, user, number) for name, path in _paths(user).items())


def _paths(user: User) -> dict[str, str]:
    lead = lead_page(user, LeadFilters(stage="customer")).leads[0]
    return {
        "pages.lead": f"/leads/{lead.id}/",
        "pages.handoffs": "/handoffs/",
        "pages.leads": "/leads/",
        "pages.leads.search": "/leads/?text=person",
        "pages.scoreboard": "/scoreboard/",
        "pages.today": "/",
    }


def _visited(name: str, path: str, user: User, number: int) -> Figure:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as captured:
        status = client.get(path).status_code
    queries = len(captured)
    if status != 200:
        raise AssertionError(f"{path} answered {status}.")
    times = []
    for _ in range(VISITS):
        began = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - began) * 1000)
    p95 = round(percentile(times, 0.95), 1)
    return Figure(
        name=name,
        leads=number,
        figure=p95,
        unit="ms",
        limit=MOST_MS,
        limit_is="at_most",
        p50_ms=round(middle(times), 1),
        p95_ms=p95,
        queries=queries,
        rss_mb=most_memory(),
        says=f"{VISITS} visits",
    )
