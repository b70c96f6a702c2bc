"""How many statements a page or a call takes is recorded: one more is a change one can see."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accord.content.actions import Wanted
from accord.flows.ask_for_content import ask_for_content
from accord.handoffs.models import Handoff
from accord.leads.models import Lead
from accord.teams.models import User
from tests.api.conftest import Caller
from tests.laws.records import as_recorded

RECORD = Path(__file__).with_name("query_counts.json")
LISTS = (
    "today",
    "leads",
    "handoffs",
    "deals",
    "content_requests",
    "scoreboard",
    "agreement",
    "imports",
)
MOST = 60
SignedIn = Callable[[str], Client]


@pytest.fixture
def leads(sends: Callable[..., Lead]) -> list[Lead]:
    return [sends(email=f"person{n}@acme.example", phone=f"+4930123450{n}") for n in range(4)]


def asks_for_content(leads: list[Lead]) -> None:
    """Sales asks for something for each lead."""
    wanted = [Wanted("case_study", "Proof for their board", lead=lead.id) for lead in leads]
    ask_for_content(wanted=wanted, by=User.objects.earliest("id").id, at=datetime.now(UTC))


def counted(name: str, call: Callable[[], Any]) -> int:
    """The statements of a call, once what is cached between calls is there."""
    call()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert call().status_code == 200, name
    return len(captured)


def pages(client: Client, lead: Lead) -> dict[str, int]:
    found = {name: reverse(name) for name in LISTS}
    found["lead"] = reverse("lead", args=[lead.id])
    found["lead_timeline"] = reverse("lead_timeline", args=[lead.id])
    return {
        name: counted(name, lambda address=address: client.get(address))  # type: ignore[misc]
        for name, address in found.items()
    }


def operations(caller: Caller, lead: Lead, handoff: Handoff) -> dict[str, int]:
    found = {
        "list_leads": "/leads/",
        "read_lead": f"/leads/{lead.id}/",
        "read_timeline": f"/leads/{lead.id}/timeline/",
        "list_handoffs": "/handoffs/?show=all",
        "read_handoff": f"/handoffs/{handoff.id}/",
        "list_content_requests": "/content/requests/",
        "read_report scoreboard": "/reports/scoreboard/",
    }
    return {
        name: counted(name, lambda path=path: caller.get(path))  # type: ignore[misc]
        for name, path in found.items()
    }


def test_the_statements_of_pages_and_calls_are_recorded(
    signed_in: SignedIn, leads: list[Lead], key_of: Callable[[str], Caller]
) -> None:
    handoff = Handoff.objects.filter(lead_id=leads[0].id).get()
    asks_for_content(leads)
    found = {
        "pages": pages(signed_in("head_of_sales"), leads[0]),
        "calls": operations(key_of("head_of_sales"), leads[0], handoff),
    }

    as_recorded(RECORD, found, "A page or a call takes another number of statements.")
    assert max(*found["pages"].values(), *found["calls"].values()) <= MOST


@pytest.mark.parametrize("name", ["leads", "handoffs", "today", "deals", "content_requests"])
def test_a_list_takes_no_more_statements_for_more_rows(
    name: str, signed_in: SignedIn, leads: list[Lead], sends: Callable[..., Lead]
) -> None:
    client, address = signed_in("rep"), reverse(name)
    asks_for_content(leads)
    before = counted(name, lambda: client.get(address))
    for number in range(4, 9):
        lead = sends(email=f"person{number}@acme.example", phone=f"+4930123450{number}")
        asks_for_content([lead])

    assert counted(name, lambda: client.get(address)) == before
