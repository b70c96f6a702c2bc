"""The pages that people open most, in a large company: server time, and number of queries."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse

from accord.bench.actions.place import own_database
from accord.bench.figures import Figure
from accord.bench.repeated import OFTEN, WARM_UP, how_often, repeated
from accord.bench.working import Company, busiest, first_source, grow, largest
from accord.teams.models import User

LEADS = 100_000
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
    yield "pages.lead", [(head, reverse("lead", args=[id])) for id in busiest(OFTEN)]
    yield "pages.handoffs", [(rep, reverse("handoffs")) for rep in reps]
    yield "pages.today", [(user, reverse("today")) for user in (head, *reps)]
    yield "pages.company", [(head, reverse("company", args=[id])) for id in largest(OFTEN)]
    narrowed = ("", "?stage=mql", "?stage=inquiry&status=new", f"?source={first_source()}")
    yield "pages.leads", [(head, reverse("leads") + query) for query in narrowed]
    searched = ("person", "person-77@company-15.example", "nobody", "buyer")
    yield "pages.leads.search", [(head, f"{reverse('leads')}?text={text}") for text in searched]
    periods = ("all", "month", "quarter", "year")
    yield "pages.scoreboard", [(head, reverse("scoreboard") + f"?period={p}") for p in periods]


def _visit(name: str, visits: Sequence[Visit], leads: int) -> Figure:
    some = list(islice(cycle(visits), how_often(leads) + WARM_UP))
    clients = {user.id: _signed_in(user) for user in {user for user, _address in some}}
    opened = [partial(_opened, clients[user.id], address) for user, address in some]
    says = f"requests of {len(visits)} addresses"
    return repeated(name, opened, leads=leads, limit=MOST_MS, says=says)


def _signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def _opened(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise AssertionError(f"{address} answered {answer.status_code}.")
