"""Possible duplicates: asked about once, side by side, merged and parted."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accord.flows.pass_back import Said, pass_back
from accord.handoffs.models import Handoff
from accord.leads.actions.suspecting import suspect_alike
from accord.leads.models import Lead, Merge, Suspect
from accord.leads.queries import lead_called
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


@pytest.fixture
def pair(sends: Sends) -> tuple[Lead, Lead]:
    """The same name at the same company, under two addresses."""
    plain = {"asks_for": "content", "phone": "", "need": "", "message": ""}
    one = sends(email="dana@acme-tools.example", **plain)
    return one, sends(email="d.ruiz@acme-tools.example", **plain)


@pytest.fixture
def mira(signed_in: SignedIn) -> Client:
    return signed_in("marketer")


def page(client: Client, address: str) -> str:
    return str(client.get(address).content, "utf-8")


class TestTheQueue:
    def test_is_empty_with_a_sentence(self, mira: Client) -> None:
        assert "No two leads look like one person" in page(mira, reverse("duplicates"))

    def test_shows_who_shares_a_name_and_a_company(
        self, mira: Client, pair: tuple[Lead, Lead]
    ) -> None:
        text = page(mira, reverse("duplicates"))
        assert "The same name at the same company" in text
        assert "d.ruiz@acme-tools.example" in text
        assert "May be the same person as" in page(mira, reverse("lead", args=[pair[0].id]))

    def test_merges_and_the_other_address_leads_to_the_winner(
        self, mira: Client, pair: tuple[Lead, Lead]
    ) -> None:
        one, other = pair
        given = {"loser": str(other.id), "next": reverse("duplicates")}
        answer = mira.post(reverse("lead_merging", args=[one.id]), given)
        assert answer["Location"] == reverse("duplicates")
        assert mira.get(reverse("lead", args=[other.id]))["Location"] == reverse(
            "lead", args=[one.id]
        )
        assert "No two leads look like one person" in page(mira, reverse("duplicates"))

        mira.post(reverse("merge_undoing", args=[Merge.objects.get().id]))
        assert mira.get(reverse("lead", args=[other.id])).status_code == 200
        assert "No two leads look like one person" in page(mira, reverse("duplicates"))

    def test_never_asks_again_about_two_people(self, mira: Client, pair: tuple[Lead, Lead]) -> None:
        mira.post(reverse("duplicate_answer", args=[pair[0].id]), {"other": str(pair[1].id)})
        assert suspect_alike(leads=None, at=pair[0].known_at) == 0
        assert "No two leads look like one person" in page(mira, reverse("duplicates"))


class TestFinding:
    def test_asks_where_one_form_names_two_leads(self, mira: Client, sends: Sends) -> None:
        sends(email="a@one.example", phone="+4930111111", name="A", company="One")
        sends(email="b@two.example", phone="+4930222222", name="B", company="Two")
        assert not Suspect.objects.exists()
        sends(email="a@one.example", phone="+4930222222", name="A", company="One")
        assert Suspect.objects.get().likeness == "identities"
        assert Lead.objects.count() == 2

    def test_asks_when_sales_says_that_it_repeats_another(
        self, mira: Client, handoff: Handoff, sends: Sends
    ) -> None:
        other = sends(email="karl@other.example", phone="", name="Karl", asks_for="content")
        said = Said("duplicate", asked="  KARL@other.example ")
        assert handoff.owner_id
        pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=handoff.offered_at)
        found = Suspect.objects.get()
        assert {found.lead_id, found.other_id} == {handoff.lead_id, other.id}
        assert "Sales says so" in page(mira, reverse("duplicates"))

    def test_finds_the_lead_that_a_text_names(self, pair: tuple[Lead, Lead]) -> None:
        one = pair[0]
        for text in (f"http://here/leads/{one.id}/", str(one.id), " DANA@acme-tools.example"):
            assert lead_called(text) == one.id
        assert lead_called("somebody else") is None


class TestMergingByHand:
    def test_says_first_what_it_would_do(self, mira: Client, pair: tuple[Lead, Lead]) -> None:
        one, other = pair
        address = reverse("lead_merging", args=[one.id])
        text = page(mira, f"{address}?with=d.ruiz@acme-tools.example")
        assert "What merging does" in text
        assert "2 ways to recognise them" in text or "1 ways to recognise them" in text
        assert "No other lead is called" in page(mira, f"{address}?with=nobody")
        assert mira.post(address, {"loser": "nonsense"}).status_code == 422
        mira.post(address, {"loser": str(other.id)})
        assert "Merged with Dana Ruiz" in page(mira, reverse("lead", args=[one.id]))
