"""The pages that people open most, in a large company: server time, and number of queries."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from accord.bench.actions.place import own_database
from accord.bench.figures import Figure, middle, most_memory, percentile
from accord.bench.working import Company, busiest, first_source, grow, largest
from accord.teams.models import User

LEADS = 100_000
REQUESTS = 30
WARM_UP = 3
MOST_MS = 100.0  # what 95 in 100 requests stay below

Visit = tuple[User, str]


def pages(*, leads: int | None, at: datetime) -> Iterator[Figure]:
    """A line a page, such as `pages.lead`."""
    leads = leads or LEADS
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # its server asks for it
    with own_database():
        company = grow(leads=leads, at=at)
        for name, visits in _places(company):
            yield _visit(name, visits, leads)


def _places(company: Company) -> Iterator[tuple[str, list[Visit]]]:
    """The pages with who opens which address."""
    head, reps = company.head, company.reps
    yield "pages.lead", [(head, reverse("lead", args=[id])) for id in busiest(REQUESTS)]
    yield "pages.handoffs", [(rep, reverse("handoffs")) for rep in reps]
    yield "pages.today", [(user, reverse("today")) for user in (head, *reps)]
    yield "pages.company", [(head, reverse("company", args=[id])) for id in largest(REQUESTS)]
    narrowed = ("", "?stage=mql", "?stage=inquiry&status=new", f"?source={first_source()}")
    yield "pages.leads", [(head, reverse("leads") + query) for query in narrowed]
    searched = ("person", "person-77@company-15.example", "nobody", "buyer")
    yield "pages.leads.search", [(head, f"{reverse('leads')}?text={text}") for text in searched]
    periods = ("all", "month", "quarter", "year")
    yield "pages.scoreboard", [(head, reverse("scoreboard") + f"?period={p}") for p in periods]


def _visit(name: str, visits: Sequence[Visit], leads: int) -> Figure:
    took, queries = [], []
    clients = {user.id: _signed_in(user) for user, _address in visits}
    for number, (user, address) in enumerate(islice(cycle(visits), REQUESTS + WARM_UP)):
        milliseconds, asked = _timed(clients[user.id], address)
        if number >= WARM_UP:
            took.append(milliseconds)
            queries.append(asked)
    p95 = round(percentile(took, 0.95), 1)
    return Figure(
        name=name,
        leads=leads,
        figure=p95,
        unit="ms",
        limit=MOST_MS,
        limit_is="at_most",
        p50_ms=round(middle(took), 1),
        p95_ms=p95,
        queries=max(queries),
        rss_mb=most_memory(),
        says=f"{REQUESTS} requests of {len(visits)} addresses",
    )


def _signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def _timed(client: Client, address: str) -> tuple[float, int]:
    """The milliseconds that a page took, and its number of queries."""
    asked: list[str] = []

    def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        began = time.perf_counter()
        answer = client.get(address)
        seconds = time.perf_counter() - began
    if answer.status_code != 200:
        raise AssertionError(f"{address} answered {answer.status_code}.")
    return seconds * 1000, len(asked)
