"""The leads list and a lead's page."""

from collections.abc import Callable

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accord.base.errors import Invalid
from accord.leads.models import Activity, Lead
from accord.leads.queries import LeadFilters
from accord.web.filters import query_of, read_filters
from accord.web.nonces import new_nonce
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


def page_of(client: Client, address: str, **query: str) -> str:
    return str(client.get(address, query).content, "utf-8")


class TestFilters:
    def test_stand_in_the_address_and_come_back_out_of_it(self) -> None:
        query = "stage=mql&source=paid+search&owner=018f0000-0000-7000-8000-000000000001"
        query += "&contact_from=2026-01-01T00%3A00%3A00%2B00%3A00"

        assert query_of(read_filters(QueryDict(query))) == query

    def test_that_are_empty_leave_the_address_empty(self) -> None:
        assert query_of(LeadFilters()) == ""

    @pytest.mark.parametrize("query", ["owner=nobody", "contact_from=yesterday"])
    def test_that_cannot_be_read_are_named(self, query: str) -> None:
        with pytest.raises(Invalid, match="remove that filter"):
            read_filters(QueryDict(query))


class TestList:
    def test_shows_who_fits_and_nobody_else(self, signed_in: SignedIn, sends: Sends) -> None:
        sends()
        sends(name="Karl Other", email="karl@other.example", source="trade show", phone="")

        page = page_of(signed_in("marketer"), reverse("leads"), source="webinar")

        assert "Dana Ruiz" in page
        assert "Karl Other" not in page
        assert "1 lead" in page

    def test_finds_by_a_part_of_the_name(self, signed_in: SignedIn, sends: Sends) -> None:
        sends()

        assert "Dana Ruiz" in page_of(signed_in("rep"), reverse("leads"), text="dan")

    def test_says_what_to_do_when_nothing_fits(self, signed_in: SignedIn, sends: Sends) -> None:
        sends()

        assert "No lead fits" in page_of(signed_in("rep"), reverse("leads"), stage="customer")

    def test_gives_htmx_the_list_alone(self, signed_in: SignedIn, sends: Sends) -> None:
        sends()
        page = str(signed_in("rep").get(reverse("leads"), headers={"HX-Request": "true"}).content)

        assert "Dana Ruiz" in page
        assert "<html" not in page


class TestLead:
    def test_says_who_it_is_what_happened_and_why(self, signed_in: SignedIn, sends: Sends) -> None:
        page = page_of(signed_in("rep"), reverse("lead", args=[sends().id]))

        assert "Head of Operations" in page
        assert "Filled in a form and asked for a demo" in page
        assert "Sales-ready lead" in page
        assert "We need to replace our spreadsheets before June" in page

    def test_keeps_a_note_once_however_often_it_is_sent(
        self, signed_in: SignedIn, sends: Sends
    ) -> None:
        lead, client = sends(), signed_in("rep")
        note = {"kind": "note.added", "text": "Prefers mornings", "nonce": new_nonce("activity")}
        for _ in range(2):
            client.post(reverse("lead_activities", args=[lead.id]), note)

        kept = Activity.objects.filter(lead_id=lead.id, kind="note.added")
        assert [(note.text, note.side) for note in kept] == [("Prefers mornings", "sales")]

    def test_a_question_is_the_prospects(self, signed_in: SignedIn, sends: Sends) -> None:
        lead = sends()
        asked = {"kind": "question.asked", "text": "SAP import?", "nonce": new_nonce("activity")}
        signed_in("rep").post(reverse("lead_activities", args=[lead.id]), asked)

        assert Activity.objects.get(lead_id=lead.id, kind="question.asked").side == "prospect"


class TestFacts:
    def test_that_are_changed_are_judged_anew(self, signed_in: SignedIn, sends: Sends) -> None:
        lead = sends(asks_for="", need="", message="")
        client = signed_in("marketer")
        assert "No handoff is open" in page_of(client, reverse("lead", args=[lead.id]))

        facts = {
            "name": "Dana Ruiz",
            "budget": "25000",
            "need": "Forty sensors",
            "authority": "decides",
        }
        response = client.post(reverse("lead_facts", args=[lead.id]), facts)

        lead.refresh_from_db()
        assert response.status_code == 302
        assert (lead.budget, lead.need) == (25000, "Forty sensors")

    def test_that_do_not_fit_are_said_in_place(self, signed_in: SignedIn, sends: Sends) -> None:
        lead = sends()
        response = signed_in("marketer").post(
            reverse("lead_facts", args=[lead.id]),
            {"budget": "a lot"},
            headers={"HX-Request": "true"},
        )

        assert response.status_code == 422
        assert "is not a number" in str(response.content)

    def test_an_address_of_another_lead_is_refused(self, signed_in: SignedIn, sends: Sends) -> None:
        sends()
        other = sends(name="Karl Other", email="karl@other.example", phone="")
        given = {"email": "dana@acme-tools.example"}
        response = signed_in("marketer").post(reverse("lead_facts", args=[other.id]), given)

        assert "belongs to another lead" in str(response.content)
        assert Lead.objects.get(id=other.id).email == "karl@other.example"
