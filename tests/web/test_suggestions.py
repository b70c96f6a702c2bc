"""What the data suggests, on a page; and into a proposal, never applied by itself."""

import html
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accord.agreement import queries
from tests.insights.test_learning import came
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]
PAGE = reverse("suggestions")


@pytest.fixture
def mira(signed_in: SignedIn, sends: Sends) -> Client:
    sends()
    return signed_in("marketer")


def read(client: Client, **query: str) -> str:
    return html.unescape(client.get(PAGE, query or {"now": "1"}).content.decode())


def test_says_first_that_it_is_working(mira: Client) -> None:
    assert "this takes a few seconds" in html.unescape(mira.get(PAGE).content.decode())


def test_with_few_outcomes_it_says_how_many_there_are(mira: Client) -> None:
    said = read(mira)
    assert "0 leads have a known outcome; 200 are needed" in said
    assert "Clauses of “Marketing-qualified lead (MQL)”" in said


def test_points_go_into_a_proposal_and_change_nothing(mira: Client) -> None:
    came(200, won=90, source="referral")
    came(200, won=8, source="fair")
    said = read(mira)
    assert "Source is fair" in said
    before = queries.newest()
    proposal = html.unescape(mira.post(PAGE).content.decode())
    assert "Source is fair" in proposal
    assert "Propose it" in proposal
    assert queries.newest() == before


def test_too_few_is_refused_when_sent_too(mira: Client) -> None:
    answer = mira.post(PAGE)
    assert answer.status_code == 422
    assert "200 are needed" in html.unescape(answer.content.decode())
