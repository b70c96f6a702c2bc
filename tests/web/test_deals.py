"""Deals: opened on the lead's page, moved on the board, won and lost with a reason."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accord.deals.models import Deal
from accord.handoffs.models import Handoff
from accord.leads.models import Lead
from accord.web.nonces import new_nonce

SignedIn = Callable[[str], Client]


@pytest.fixture
def sam(signed_in: SignedIn) -> Client:
    return signed_in("rep")


@pytest.fixture
def deal(sam: Client, handoff: Handoff) -> Deal:
    given = {"title": "Forty sensors", "amount": "12,500", "nonce": new_nonce("deal")}
    for _ in range(2):
        sam.post(reverse("lead_deals", args=[handoff.lead_id]), given)
    return Deal.objects.get()


def board(client: Client, **query: str) -> str:
    return str(client.get(reverse("deals"), query).content, "utf-8")


def test_are_opened_once_with_the_amount_as_people_write_it(deal: Deal) -> None:
    assert (deal.title, deal.amount, deal.state) == ("Forty sensors", 12500, "open")


def test_stand_on_the_board_and_in_the_table(sam: Client, deal: Deal) -> None:
    for show in ("board", "table"):
        page = board(sam, show=show)
        assert "Forty sensors" in page
        assert "12,500" in page


def test_are_moved_to_another_step(sam: Client, deal: Deal) -> None:
    sam.post(reverse("deal_step", args=[deal.id]), {"step": "proposal"})

    deal.refresh_from_db()
    assert deal.step_id == "proposal"


def test_that_are_won_make_a_customer(sam: Client, deal: Deal) -> None:
    sam.post(reverse("deal_win", args=[deal.id]), {"amount": "13000"})

    deal.refresh_from_db()
    assert (deal.state, deal.amount) == ("won", 13000)
    assert Lead.objects.get(id=deal.lead_id).stage == "customer"


def test_are_lost_for_a_reason_of_the_agreement(sam: Client, deal: Deal) -> None:
    sam.post(reverse("deal_loss", args=[deal.id]), {"reason": "price", "note": "A third too much"})

    deal.refresh_from_db()
    assert (deal.state, deal.loss_reason) == ("lost", "price")
    assert "lost: Price" in board(sam)


def test_are_not_lost_without_a_reason(sam: Client, deal: Deal) -> None:
    response = sam.post(reverse("deal_loss", args=[deal.id]), {"reason": ""})

    deal.refresh_from_db()
    assert response.status_code == 422
    assert deal.state == "open"


def test_an_amount_that_is_none_is_refused_in_words(sam: Client, deal: Deal) -> None:
    response = sam.post(reverse("deal_win", args=[deal.id]), {"amount": "much"})

    assert response.status_code == 422
    assert "is not a number" in str(response.content)
