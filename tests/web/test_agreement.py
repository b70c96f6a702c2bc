"""The agreement's page: read as a document, with what runs beneath each sentence, and signed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accord.agreement import actions, queries
from tests.agreement.papers import paper

SignedIn = Callable[[str], Client]


def page(client: Client) -> str:
    return client.get(reverse("agreement")).content.decode()


@pytest.fixture
def proposal(cast: object) -> int:
    """The number of a version that waits for signatures."""
    document = paper(("max_rounds: 3", "max_rounds: 2"))
    return actions.propose(document=document, by=None, at=datetime.now(UTC), reason="Two will do")


def sign(client: Client, number: int, seat: str) -> int:
    """The status of the answer to a signature."""
    edition = queries.edition(number)
    said = {"number": edition.number, "digest": edition.digest, "seat": seat}
    return client.post(reverse("agreement_signatures"), said).status_code


def test_a_definition_shows_its_words_and_exactly_what_is_asked(signed_in: SignedIn) -> None:
    said = page(signed_in("rep"))
    assert "They looked at our prices." in said
    assert "at least 1 in the last 60 days" in said
    assert "Employees is at least 20" in said


def test_each_promise_shows_its_figure(signed_in: SignedIn) -> None:
    said = page(signed_in("marketer"))
    assert "within 4 working hours" in said
    assert "40 a month" in said


def test_both_heads_sign_on_the_page(signed_in: SignedIn, proposal: int) -> None:
    assert "waits for signatures" in page(signed_in("head_of_sales"))
    assert sign(signed_in("head_of_sales"), proposal, "sales") == 302
    assert queries.running().max_rounds == 3
    assert sign(signed_in("head_of_marketing"), proposal, "marketing") == 302
    assert queries.running().max_rounds == 2


def test_nobody_signs_for_a_seat_they_do_not_hold(signed_in: SignedIn, proposal: int) -> None:
    assert sign(signed_in("head_of_sales"), proposal, "marketing") == 422
    assert sign(signed_in("head_of_sales"), proposal, "throne") == 422
    assert sign(signed_in("rep"), proposal, "sales") == 403
    assert queries.edition(proposal).signatures == []
