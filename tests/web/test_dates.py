"""A year that nobody means is refused in words wherever a day is typed, and stops nothing."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accord.flows.close import open_deal
from accord.handoffs.models import Handoff
from accord.leads.actions import Wanted, define_fact
from accord.leads.models import Lead
from accord.teams.models import User
from accord.web.nonces import new_nonce
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]
NEVER = ("0001-01-01", "9999-12-31")


@dataclass
class Place:
    """What the addresses are about: a lead of Sam's, its handoff, and a deal."""

    handoff: Handoff
    deal: uuid.UUID
    sam: uuid.UUID
    head_of_sales: uuid.UUID

    @property
    def ids(self) -> dict[str, uuid.UUID]:
        """By what addresses call them."""
        return {
            "handoff": self.handoff.id,
            "lead": self.handoff.lead_id,
            "company": Lead.objects.get(id=self.handoff.lead_id).company_id,
            "deal": self.deal,
            "person": self.sam,
        }


@pytest.fixture
def place(cast: dict[str, User], handoff: Handoff, sends: Sends) -> Place:
    now = datetime.now(UTC)
    for about in ("lead", "company", "deal"):
        define_fact(
            wanted=Wanted(f"Day of {about}", about=about, kind="date", on_form=about == "lead"),
            at=now - timedelta(days=1),
        )
    other = sends(email="eva@other.example", phone="+4930123457", company="Other")
    opened = open_deal(lead=other.id, title="Forty", amount="9", by=other.owner_id, at=now)
    return Place(handoff, opened, cast["rep"].id, cast["head_of_sales"].id)


# Who posts to which page, about what, in which field, and what else the form says.
POSTS: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("rep", "person_absences", "person", "from", {"until": "2099-12-02"}),
    ("rep", "person_absences", "person", "until", {"from": "2026-12-02"}),
    ("head_of_sales", "hours_day_of_company", "", "on", {}),
    ("rep", "handoff_next_step", "handoff", "due_at", {"channel": "call", "promised": "yes"}),
    ("rep", "handoff_aside", "handoff", "until", {}),
    ("rep", "handoff_attempts", "handoff", "until", {"channel": "call", "outcome": "no_answer"}),
    ("rep", "handoff_in_touch", "handoff", "tried_at", {"channel": "call"}),
    ("rep", "handoff_pass_back", "handoff", "asked", {"reason": "later"}),
    ("rep", "lead_consents", "lead", "said_at",
     {"purpose": "email", "word": "no", "how": "on the phone"}),
    ("rep", "lead_facts", "lead", "needed_by_on", {}),
    ("rep", "lead_facts", "lead", "custom_day_of_lead", {}),
    ("rep", "lead_learnings", "lead", "needed_by_on", {}),
    ("rep", "company_facts", "company", "custom_day_of_company", {}),
    ("rep", "deal_facts", "deal", "custom_day_of_deal", {}),
    ("rep", "content_request_new", "", "needed_on",
     {"piece": "case_study", "need": "For a plant."}),
    ("rep", "form", "contact", "custom_day_of_lead", {"name": "Eva", "email": "eva@x.example"}),
    ("marketer", "came_back_nurture", "handoff", "re_enter_on", {}),
    ("head_of_sales", "agreement_delegations", "", "until", {"seat": "sales"}),
    ("head_of_sales", "back_tests", "", "begins", {"until": "2026-01-01"}),
    ("head_of_sales", "back_tests", "", "until", {"begins": "2026-01-01"}),
]  # fmt: skip
NONCES = {"form": "form:contact", "content_request_new": "content_request"}
# Which page is asked for, about what, with which field of the address, and how it is written.
GETS = [
    ("routing_simulation", "", "from", "{}"),
    ("routing_simulation", "", "until", "{}"),
    ("promises", "", "month", "{:.7}"),
    ("leads", "", "contact_from", "{}T00:00+05:00"),
    ("leads", "", "contact_until", "{}T23:59-05:00"),
    ("figure", "offered", "from", "{}T00:00+05:00"),
    ("figure", "offered", "until", "{}T23:59-05:00"),
]


@pytest.mark.parametrize("year", NEVER)
@pytest.mark.parametrize(("role", "page", "about", "field", "more"), POSTS)
def test_is_refused_where_a_day_is_sent(
    signed_in: SignedIn, place: Place, sends: Sends, role: str, page: str, about: str, field: str,
    more: dict[str, Any], year: str,
) -> None:  # fmt: skip
    client = signed_in(role)
    args = [place.ids.get(about, about)] if about else []
    form = {"to": str(place.head_of_sales), field: year, **more}
    if purpose := NONCES.get(page):
        form["nonce"] = new_nonce(purpose)
    answer = client.post(reverse(page, args=args), form)
    assert answer.status_code == 422, answer.content
    assert "out of reach" in str(answer.content, "utf-8")
    goes_on(client, sends, place)


@pytest.mark.parametrize("year", NEVER)
@pytest.mark.parametrize(("page", "about", "field", "form"), GETS)
def test_is_refused_in_an_address(
    signed_in: SignedIn, place: Place, sends: Sends, page: str, about: str, field: str, form: str,
    year: str,
) -> None:  # fmt: skip
    client = signed_in("head_of_sales")
    address = reverse(page, args=[about] if about else [])
    answer = client.get(address, {field: form.format(year)})
    assert answer.status_code == 422, answer.content
    goes_on(client, sends, place)


def goes_on(client: Client, sends: Sends, place: Place) -> None:
    """People and handoffs are shown, and the next lead finds its rep."""
    for name, args in (("people", ()), ("person", (place.sam,)), ("handoffs", ())):
        assert client.get(reverse(name, args=args)).status_code == 200
    lead = sends(email="next@x.example", phone="+4930123458")
    assert Handoff.objects.filter(lead_id=lead.id, owner__isnull=False).exists()
