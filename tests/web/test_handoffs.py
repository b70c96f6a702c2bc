"""The inbox: accept, log, qualify, pass back and undo, with htmx and without."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accord.handoffs.models import Clock, Handoff, PassBack
from accord.leads.models import Activity
from accord.teams.models import User
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/handoffs/"}


@pytest.fixture
def sam(signed_in: SignedIn) -> Client:
    return signed_in("rep")


def act(client: Client, name: str, handoff: Handoff, *, htmx: bool = True, **given: Any) -> Any:
    headers = HTMX if htmx else {}
    return client.post(reverse(name, args=[handoff.id]), given, headers=headers)


class TestInbox:
    def test_says_whom_to_call_why_and_how_much_time_is_left(
        self, sam: Client, handoff: Handoff
    ) -> None:
        page = str(sam.get(reverse("handoffs")).content, "utf-8")

        assert "Dana Ruiz" in page
        assert "We need to replace our spreadsheets before June" in page
        assert "Ready because" in page
        assert 'class="clock' in page

    def test_is_empty_with_a_sentence(self, sam: Client) -> None:
        assert "Nobody waits for you" in str(sam.get(reverse("handoffs")).content)

    def test_comes_by_fifteen_and_says_how_many_are_left(
        self, sam: Client, sends: Sends, cast: dict[str, User]
    ) -> None:
        for number in range(17):
            sends(email=f"person{number}@acme.example", phone="")
        Handoff.objects.update(owner=cast["rep"])

        first = str(sam.get(reverse("handoffs")).content, "utf-8")
        assert (first.count("<article"), "Show more (2 left)" in first) == (15, True)
        address = reverse("handoffs") + "?show=mine&begin=15"
        rest = str(sam.get(address, headers={"HX-Request": "true"}).content, "utf-8")
        assert (rest.count("<article"), "Show more" in rest) == (2, False)
        seen = re.findall(r'id="handoff-([\w-]+)"', first + rest)
        assert len(set(seen)) == 17


class TestAccepting:
    def test_shows_the_handoff_as_it_is_now_in_its_place(
        self, sam: Client, handoff: Handoff
    ) -> None:
        response = act(sam, "handoff_acceptance", handoff)

        page = str(response.content, "utf-8")
        handoff.refresh_from_db()
        assert handoff.state == "accepted"
        assert page.startswith("\n\n<article") or "<article" in page
        assert 'hx-swap-oob="beforeend:#notices"' in page
        assert "Qualify" in page

    def test_works_as_a_plain_form(self, sam: Client, handoff: Handoff) -> None:
        response = act(sam, "handoff_acceptance", handoff, htmx=False, next="/handoffs/")

        handoff.refresh_from_db()
        assert (response.status_code, response["Location"]) == (302, "/handoffs/")
        assert handoff.state == "accepted"

    def test_a_second_tap_says_what_became_of_it(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_acceptance", handoff)

        response = act(sam, "handoff_acceptance", handoff)

        assert response.status_code == 409
        assert 'role="alert"' in str(response.content)

    def test_never_leads_elsewhere_afterwards(self, sam: Client, handoff: Handoff) -> None:
        response = act(sam, "handoff_acceptance", handoff, htmx=False, next="//elsewhere.example/")

        assert "elsewhere" not in response["Location"]


class TestAttempts:
    def test_open_in_place_with_the_number_to_call(self, sam: Client, handoff: Handoff) -> None:
        address = reverse("handoff_attempts", args=[handoff.id])
        page = str(sam.get(address, headers=HTMX).content, "utf-8")

        assert 'href="tel:+4930123456"' in page
        assert "<html" not in page

    def test_that_did_not_connect_stop_the_first_clock_only(
        self, sam: Client, handoff: Handoff
    ) -> None:
        act(
            sam, "handoff_attempts", handoff, channel="call", outcome="no_answer", note="Voice mail"
        )

        clocks = dict(Clock.objects.filter(handoff_id=handoff.id).values_list("kind", "state"))
        assert clocks == {"first_attempt": "stopped", "answer": "running"}
        assert Activity.objects.get(kind="attempt.logged").text == "Voice mail"

    def test_a_conversation_accepts(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_attempts", handoff, channel="call", outcome="connected")

        handoff.refresh_from_db()
        assert handoff.state == "accepted"


class TestPassingBack:
    def test_opens_in_place_and_says_what_each_reason_does(
        self, sam: Client, handoff: Handoff
    ) -> None:
        address = reverse("handoff_pass_back", args=[handoff.id])
        page = str(sam.get(address, headers=HTMX).content, "utf-8")

        assert "No budget" in page
        assert "When is the next budget decided?" in page
        assert "It may return after" in page

    def test_takes_the_row_away_and_offers_to_undo(self, sam: Client, handoff: Handoff) -> None:
        response = act(
            sam, "handoff_pass_back", handoff, reason="no_need", note="Not before spring"
        )

        page = str(response.content, "utf-8")
        assert PassBack.objects.get().note == "Not before spring"
        assert "<article" not in page
        assert reverse("handoff_pass_back_undoing", args=[handoff.id]) in page

    def test_can_be_taken_back(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_pass_back", handoff, reason="no_need")

        act(sam, "handoff_pass_back_undoing", handoff, htmx=False)

        handoff.refresh_from_db()
        assert handoff.disposed_at is None
        assert PassBack.objects.get().undone_at is not None

    def test_without_what_the_reason_asks_for_is_refused_in_words(
        self, sam: Client, handoff: Handoff
    ) -> None:
        response = act(sam, "handoff_pass_back", handoff, reason="competitor")

        assert response.status_code == 422
        assert "Which one?" in str(response.content)

    def test_is_read_by_marketing_in_the_rep_s_words(
        self, sam: Client, handoff: Handoff, signed_in: SignedIn
    ) -> None:
        act(sam, "handoff_pass_back", handoff, reason="no_need", note="Not before spring")

        for place in ("came_back", "today"):
            page = str(signed_in("marketer").get(reverse(place)).content, "utf-8")
            assert "Not before spring" in page


class TestQualifying:
    def test_without_the_whole_checklist_asks_why(self, sam: Client, handoff: Handoff) -> None:
        act(sam, "handoff_acceptance", handoff)

        response = act(sam, "handoff_qualification", handoff)

        assert response.status_code == 422

    def test_goes_on_to_the_lead_where_a_deal_can_be_opened(
        self, sam: Client, handoff: Handoff
    ) -> None:
        act(sam, "handoff_attempts", handoff, channel="call", outcome="connected")
        response = act(sam, "handoff_qualification", handoff, note="A date and a budget line")

        handoff.refresh_from_db()
        assert handoff.qualified_at is not None
        assert response["HX-Redirect"] == reverse("lead", args=[handoff.lead_id])
