"""Handoffs through the API: seen, accepted, tried, qualified, passed back."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from accord.handoffs.models import Handoff, HandoffState
from accord.leads.models import Activity, Lead
from tests.api.conftest import Caller, Calls
from tests.api.test_leads import DANA

NOWHERE = uuid.UUID(int=1)


@pytest.fixture
def rep(calls: Calls) -> Caller:
    return calls("rep")


@pytest.fixture
def handoff(calls: Calls) -> str:
    """Dana asked for a demo, and the rep was handed the lead."""
    calls("marketer").post("/leads/", DANA)
    return str(Handoff.objects.get().id)


class TestSee:
    def test_the_rep_sees_whom_to_call_and_why(self, rep: Caller, handoff: str) -> None:
        (row,) = rep.get("/handoffs/").json()["rows"]

        assert row["id"] == handoff
        assert row["lead"]["name"] == "Dana Ruiz"
        assert row["trigger"] == "hand_raise"
        assert {each["kind"] for each in row["promises"]} == {
            *("first_attempt", "answer", "attempts")
        }
        assert row["brief"]
        assert rep.get(f"/handoffs/{handoff}/").json()["id"] == handoff

    @pytest.mark.parametrize(("show", "number"), [("mine", 0), ("all", 1), ("queue", 0)])
    def test_shows_what_is_asked_for(
        self, calls: Calls, handoff: str, show: str, number: int
    ) -> None:
        rows = calls("head_of_sales").get("/handoffs/", show=show).json()["rows"]

        assert len(rows) == number

    def test_marketing_sees_all_by_itself(self, calls: Calls, handoff: str) -> None:
        assert len(calls("marketer").get("/handoffs/").json()["rows"]) == 1

    def test_one_that_is_not_open_is_a_conflict(self, rep: Caller) -> None:
        assert rep.get(f"/handoffs/{NOWHERE}/").status_code == 409


class TestAnswer:
    def test_accepting_makes_it_sales_accepted(self, rep: Caller, handoff: str) -> None:
        said = rep.post(f"/handoffs/{handoff}/acceptance/").json()

        assert said["state"] == "accepted"
        assert Lead.objects.get(id=said["lead_id"]).stage == "sal"

    def test_accepting_twice_says_who_was_faster(self, rep: Caller, handoff: str) -> None:
        rep.post(f"/handoffs/{handoff}/acceptance/")
        response = rep.post(f"/handoffs/{handoff}/acceptance/")

        assert response.status_code == 409
        assert "Sam Okafor accepted this lead" in response.json()["detail"]

    def test_accepting_again_with_its_key_is_answered_again(
        self, rep: Caller, handoff: str
    ) -> None:
        answers = [rep.post(f"/handoffs/{handoff}/acceptance/", key="a1").json() for _ in "12"]

        assert answers[0] == answers[1]

    def test_a_conversation_accepts(self, rep: Caller, handoff: str) -> None:
        sent = {"channel": "call", "outcome": "connected", "note": "Wants a price"}
        response = rep.post(f"/handoffs/{handoff}/attempts/", sent)

        assert response.status_code == 201
        assert response.json()["state"] == "accepted"
        assert Activity.objects.get(kind="attempt.logged").text == "Wants a price"

    def test_an_attempt_that_is_sent_again_is_logged_once(self, rep: Caller, handoff: str) -> None:
        sent = {"channel": "call", "outcome": "no_answer"}
        for _ in range(2):
            assert rep.post(f"/handoffs/{handoff}/attempts/", sent, key="try-1").status_code == 201

        assert Activity.objects.filter(kind="attempt.logged").count() == 1
        other = sent | {"outcome": "connected"}
        assert rep.post(f"/handoffs/{handoff}/attempts/", other, key="try-1").status_code == 409

    def test_what_was_answered_is_kept_beside_many_others(self, rep: Caller, handoff: str) -> None:
        path, sent = f"/handoffs/{handoff}/attempts/", {"channel": "call", "outcome": "no_answer"}
        rep.post(path, sent, key="try-1")
        for number in range(400):
            cache.set(f"zzz:{number}", 1)
        rep.post(path, sent, key="try-1")

        assert Activity.objects.filter(kind="attempt.logged").count() == 1

    def test_the_key_of_an_attempt_that_failed_may_be_used_again(
        self, rep: Caller, handoff: str
    ) -> None:
        path = f"/handoffs/{handoff}/attempts/"
        sent = {"channel": "pigeon", "outcome": "no_answer"}
        assert rep.post(path, sent, key="try-1").json()["field"] == "channel"

        assert rep.post(path, sent | {"channel": "call"}, key="try-1").status_code == 201

    def test_a_day_that_they_asked_for_pauses(self, rep: Caller, handoff: str) -> None:
        day = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
        sent = {"channel": "call", "outcome": "connected", "until": day}
        rep.post(f"/handoffs/{handoff}/attempts/", sent)

        promises = rep.get(f"/handoffs/{handoff}/").json()["promises"]
        assert all(each["paused_until"] for each in promises)

    def test_a_day_that_has_passed_is_refused_and_nothing_is_logged(
        self, rep: Caller, handoff: str
    ) -> None:
        sent = {"channel": "call", "outcome": "connected", "until": "2020-01-01"}
        response = rep.post(f"/handoffs/{handoff}/attempts/", sent)

        assert response.status_code == 422
        assert response.json()["field"] == "until"
        assert not Activity.objects.filter(kind="attempt.logged").exists()

    def test_qualifying_needs_the_checklist_or_a_note(self, rep: Caller, handoff: str) -> None:
        path = f"/handoffs/{handoff}/qualification/"

        assert rep.post(path, {}).json()["field"] == "note"
        assert rep.post(path, {"note": "They have a date"}).status_code == 200
        assert Lead.objects.get().stage == "sql"


class TestPassBack:
    def test_goes_where_the_reason_says(self, rep: Caller, handoff: str) -> None:
        sent = {"reason": "no_need", "note": "Bought elsewhere", "asked": "x"}
        said = rep.post(f"/handoffs/{handoff}/pass-back/", sent).json()

        assert said["state"] == "passed_back"
        assert Lead.objects.get().stage in ("recycled", "disqualified")
        assert rep.get("/handoffs/").json()["rows"] == []

    @pytest.mark.parametrize(
        ("sent", "field"), [({"reason": "did not like it"}, "reason"), ({}, "reason")]
    )
    def test_needs_a_reason_of_the_agreement(
        self, rep: Caller, handoff: str, sent: dict[str, Any], field: str
    ) -> None:
        response = rep.post(f"/handoffs/{handoff}/pass-back/", sent)

        assert response.status_code == 422
        assert response.json()["field"] == field
        assert Handoff.objects.get().state == HandoffState.OFFERED


class TestOffer:
    @pytest.fixture
    def lead(self, calls: Calls) -> str:
        body = {key: value for key, value in DANA.items() if key not in ("asks_for", "need")}
        return str(calls("marketer").post("/leads/", body).json()["lead"]["id"])

    def test_marketing_hands_a_lead_over_with_a_reason(self, calls: Calls, lead: str) -> None:
        response = calls("marketer").post(f"/leads/{lead}/handoffs/", {"why": "Met at the fair"})

        assert response.status_code == 201
        assert response.json()["trigger"] == "manual"
        assert response.json()["owner"]["name"] == "Sam Okafor"

    def test_sent_again_with_its_key_it_is_offered_once(self, calls: Calls, lead: str) -> None:
        caller, why = calls("marketer"), {"why": "Met at the fair"}
        answers = [caller.post(f"/leads/{lead}/handoffs/", why, key="o1").json() for _ in "12"]

        assert answers[0] == answers[1]
        assert Handoff.objects.count() == 1

    def test_a_lead_that_is_with_sales_is_a_conflict(self, calls: Calls, lead: str) -> None:
        caller, why = calls("marketer"), {"why": "Met at the fair"}
        caller.post(f"/leads/{lead}/handoffs/", why)

        response = caller.post(f"/leads/{lead}/handoffs/", why)
        assert response.status_code == 409
        assert "with sales already" in response.json()["detail"]

    def test_needs_a_reason(self, calls: Calls, lead: str) -> None:
        response = calls("marketer").post(f"/leads/{lead}/handoffs/", {"why": " "})

        assert response.status_code == 422
        assert response.json()["field"] == "why"
