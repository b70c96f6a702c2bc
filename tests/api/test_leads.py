"""Leads through the API: created, updated, listed, read; the same way as through every door."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from accord.handoffs.models import Handoff
from accord.leads.models import Door, Fate, Lead, Submission
from accord.teams.models import User
from tests.api.conftest import Caller, Calls

DANA = {
    "email": "Dana@Acme-Tools.example",
    "name": "Dana Ruiz",
    "company": "Acme Tools",
    "need": "to replace our spreadsheets",
    "asks_for": "demo",
    "source": "webinar",
}


@pytest.fixture
def marketer(calls: Calls) -> Caller:
    return calls("marketer")


class TestSubmit:
    def test_creates_a_lead_and_says_where_it_stands(self, marketer: Caller) -> None:
        response = marketer.post("/leads/", DANA)

        assert response.status_code == 201
        said = response.json()
        assert said["fate"] == "created"
        assert said["lead"]["email"] == "dana@acme-tools.example"
        assert said["lead"]["company"]["name"] == "Acme Tools"
        assert said["lead"]["stage"] == "mql"
        found = marketer.get(f"/leads/{said['lead']['id']}/").json()
        gate = found["verdicts"][0]
        assert (gate["key"], gate["outcome"], gate["is_gate"]) == ("sales_ready", "met", True)
        assert gate["questions"]

    def test_hands_over_who_raises_a_hand(self, marketer: Caller) -> None:
        lead = marketer.post("/leads/", DANA).json()["lead"]

        assert Handoff.objects.get().lead_id == uuid.UUID(lead["id"])

    def test_adds_to_a_known_lead(self, marketer: Caller) -> None:
        first = marketer.post("/leads/", DANA).json()["lead"]
        response = marketer.post("/leads/", {"email": DANA["email"], "job_title": "Buyer"})

        assert response.status_code == 200
        said = response.json()
        assert said["fate"] == "merged"
        assert said["lead"]["id"] == first["id"]
        assert said["lead"]["job_title"] == "Buyer"
        assert said["lead"]["name"] == "Dana Ruiz"

    def test_keeps_consents_and_tells_them(self, marketer: Caller) -> None:
        words = {"purpose": "email", "wording": "Send me news.", "source": "/newsletter"}
        given = {**words, "given_at": "2026-05-01T10:00:00+02:00"}
        sent = marketer.post("/leads/", DANA | {"consents": [given]}).json()["lead"]
        lead = marketer.get(f"/leads/{sent['id']}/").json()

        (consent,) = lead["consents"]
        assert lead["agreed"] == {"email": True}
        assert consent["wording"] == "Send me news."
        assert consent["given_at"] == "2026-05-01T08:00:00Z"
        assert consent["withdrawn_at"] is None

        gone = {"purpose": "email", "withdrawn_at": "2026-05-02T10:00:00+02:00"}
        marketer.post("/leads/", {"email": DANA["email"], "consents": [gone]})
        lead = marketer.get(f"/leads/{sent['id']}/").json()
        assert lead["agreed"] == {"email": False}
        assert lead["consents"][0]["withdrawn_at"] == "2026-05-02T08:00:00Z"

    def test_refuses_a_consent_without_its_words(self, marketer: Caller) -> None:
        response = marketer.post("/leads/", DANA | {"consents": [{"purpose": "email"}]})

        assert response.status_code == 422
        assert response.json()["field"] == "consents"
        assert not Lead.objects.exists()

    def test_keeps_what_was_sent_verbatim(self, marketer: Caller) -> None:
        sent = DANA | {"employees": "120", "utm": {"term": "grüße", "n": [1, 2.5, None]}}
        marketer.post("/leads/", sent)

        kept = Submission.objects.get()
        assert kept.body == sent
        assert kept.door == Door.API

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"email": "dana at acme"}, "email"),
            ({"name": "Dana"}, "email"),
            ({"email": "d@acme.example", "phone": "call me"}, "phone"),
            ({"email": "d@acme.example", "needed_by_on": "soon"}, "needed_by_on"),
            ({"email": "d@acme.example", "asks_for": "money"}, "asks_for"),
            ({"email": "d@acme.example", "budget": "lots"}, "budget"),
            ({"email": "d@acme.example", "name": "x" * 201}, "name"),
            ({"email": ["d@acme.example"]}, "email"),
            ({"email": "d@acme.example", "utm": "\0"}, "utm"),
            ({"email": "d@acme.example", "utm": {"deep": "\ud800"}}, "utm"),
        ],
    )
    def test_refuses_what_does_not_fit_naming_the_field(
        self, marketer: Caller, body: dict[str, Any], field: str
    ) -> None:
        response = marketer.post("/leads/", body)

        assert response.status_code == 422
        assert response["Content-Type"] == "application/problem+json"
        said = response.json()
        assert said["field"] == field
        assert said["detail"]
        assert not Submission.objects.exists()

    @pytest.mark.parametrize("text", ["", "{", "[]", "nil", '{"email": NaN}', "[" * 100_000])
    def test_refuses_what_is_no_lead_at_all(self, marketer: Caller, text: str) -> None:
        response = marketer.post("/leads/", text)

        assert response.status_code in (400, 422)
        assert response["Content-Type"] == "application/problem+json"

    def test_refuses_what_is_too_much(self, marketer: Caller) -> None:
        response = marketer.post("/leads/", DANA | {"blob": "x" * 6 * 1024 * 1024})

        assert response.status_code == 413
        assert "parts" in response.json()["detail"]


class TestKeyOfACall:
    def test_a_call_that_is_sent_again_is_done_once(self, marketer: Caller) -> None:
        first = marketer.post("/leads/", DANA, key="order-1").json()
        again = marketer.post("/leads/", DANA, key="order-1")

        assert again.status_code == 201
        assert again.json()["submission_id"] == first["submission_id"]
        assert (first["is_new"], again.json()["is_new"]) == (True, False)
        assert Submission.objects.count() == 1

    def test_the_same_key_with_another_body_is_a_conflict(self, marketer: Caller) -> None:
        marketer.post("/leads/", DANA, key="order-1")
        response = marketer.post("/leads/", DANA | {"name": "Dan"}, key="order-1")

        assert response.status_code == 409
        assert Lead.objects.get().name == "Dana Ruiz"

    def test_two_keys_of_the_api_may_use_the_same_key_of_a_call(self, calls: Calls) -> None:
        calls("marketer").post("/leads/", DANA, key="1")
        response = calls("rep").post("/leads/", {"email": "eli@acme.example"}, key="1")

        assert response.status_code == 201

    @pytest.mark.parametrize("key", ["x" * 201, "a b", "ü"])
    def test_a_key_that_cannot_be_kept_is_refused(self, marketer: Caller, key: str) -> None:
        response = marketer.post("/leads/", DANA, key=key)

        assert response.status_code == 422
        assert response.json()["field"] == "Idempotency-Key"


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def send(self, caller: Caller, keys: list[str | None]) -> list[int]:
        def post(key: str | None) -> int:
            try:
                return caller.post("/leads/", DANA, key=key).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(post, keys))

    def test_twenty_identical_calls_make_one_lead(self, calls: Calls) -> None:
        answers = self.send(calls("marketer"), [None] * 20)

        assert set(answers) <= {200, 201, 202}
        assert Lead.objects.count() == 1
        assert Submission.objects.count() == 20
        assert not Submission.objects.filter(fate=Fate.REFUSED).exists()
        assert Handoff.objects.filter(disposed_at=None).count() == 1

    def test_twenty_calls_with_one_key_are_one_submission(self, calls: Calls) -> None:
        answers = self.send(calls("marketer"), ["order-1"] * 20)

        assert set(answers) <= {201, 202}
        assert Submission.objects.count() == 1
        assert Lead.objects.count() == 1


class TestBatch:
    def test_says_of_each_what_became_of_it(self, marketer: Caller) -> None:
        marketer.post("/leads/", DANA)
        sent = [{"email": "eli@acme.example"}, {"email": "nobody"}, DANA | {"job_title": "Buyer"}]

        said = marketer.post("/leads/batch/", sent).json()

        assert [row["fate"] for row in said["rows"]] == ["created", "refused", "merged"]
        assert (said["created"], said["merged"], said["refused"]) == (1, 1, 1)
        assert said["rows"][1]["field"] == "email"
        assert said["rows"][1]["lead_id"] is None
        assert said["rows"][2]["lead_id"] == str(Lead.objects.get(name="Dana Ruiz").id)

    def test_takes_a_thousand_and_no_more(self, marketer: Caller) -> None:
        sent = [{"email": f"person{number}@acme.example"} for number in range(1_001)]

        assert marketer.post("/leads/batch/", sent).status_code == 422
        assert marketer.post("/leads/batch/", sent[:1_000]).json()["created"] == 1_000
        assert marketer.post("/leads/batch/", []).status_code == 422

    def test_one_person_twice_in_a_batch_is_one_lead(self, marketer: Caller) -> None:
        said = marketer.post("/leads/batch/", [DANA, DANA]).json()

        assert [row["fate"] for row in said["rows"]] == ["created", "merged"]
        assert Lead.objects.count() == 1

    def test_sent_again_with_its_key_changes_nothing(self, marketer: Caller) -> None:
        sent = [DANA, {"email": "eli@acme.example"}]
        first = marketer.post("/leads/batch/", sent, key="b1").json()

        assert marketer.post("/leads/batch/", sent, key="b1").json() == first
        assert Submission.objects.count() == 2


class TestList:
    @pytest.fixture(autouse=True)
    def _some_leads(self, marketer: Caller) -> None:
        sent = [
            {"email": f"p{n:02}@acme.example", "name": f"Person {n}", "source": "fair"}
            for n in range(60)
        ]
        marketer.post("/leads/batch/", [*sent, DANA])

    def test_goes_on_behind_the_cursor(self, marketer: Caller) -> None:
        first = marketer.get("/leads/").json()
        second = marketer.get("/leads/", cursor=first["next_cursor"] or "").json()

        assert (len(first["rows"]), len(second["rows"])) == (50, 11)
        assert second["next_cursor"] is None
        assert len({row["id"] for row in first["rows"] + second["rows"]}) == 61

    @pytest.mark.parametrize(
        ("query", "number"),
        [
            ({"source": "webinar"}, 1),
            ({"source": "-"}, 0),
            ({"text": "dana"}, 1),
            ({"text": "acme tools"}, 1),
            ({"stage": "mql"}, 1),
            ({"stage": "customer"}, 0),
            ({"entered": "inquiry", "source": "webinar"}, 1),
            ({"contact_until": "2020-01-01T00:00:00Z"}, 0),
            ({"owner": "00000000-0000-7000-8000-000000000001"}, 0),
        ],
    )
    def test_is_narrowed(self, marketer: Caller, query: dict[str, str], number: int) -> None:
        assert len(marketer.get("/leads/", **query).json()["rows"]) == number

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"stage": "lukewarm"}, "stage"),
            ({"owner": "sam"}, "owner"),
            ({"contact_from": "yesterday"}, "contact_from"),
            ({"contact_from": "2026-01-01T00:00"}, "contact_from"),
            ({"text": "\0"}, "text"),
        ],
    )
    def test_refuses_a_filter_that_cannot_be_read(
        self, marketer: Caller, query: dict[str, str], field: str
    ) -> None:
        response = marketer.get("/leads/", **query)

        assert response.status_code == 422
        assert response.json()["field"] == field

    def test_takes_the_same_queries_for_more_rows(
        self, marketer: Caller, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(4):
            assert len(marketer.get("/leads/").json()["rows"]) == 50


class TestRead:
    def test_shows_the_lead_with_its_verdicts(self, marketer: Caller) -> None:
        lead = marketer.post("/leads/", DANA | {"budget": "1200.50"}).json()["lead"]

        found = marketer.get(f"/leads/{lead['id']}/").json()
        assert next(verdict["key"] for verdict in found.pop("verdicts")) == "sales_ready"
        assert (found.pop("agreed"), found.pop("consents")) == ({}, [])
        assert found == lead
        assert lead["budget"] == "1200.50"

    def test_what_is_not_there_is_missing(self, marketer: Caller) -> None:
        for path in (f"/leads/{uuid.UUID(int=1)}/", f"/leads/{uuid.UUID(int=1)}/timeline/"):
            response = marketer.get(path)
            assert response.status_code == 404
            assert "no such lead" in response.json()["detail"]

    def test_a_merged_lead_is_answered_by_what_it_became(self, marketer: Caller) -> None:
        dana, eli = (
            marketer.post("/leads/", body).json()["lead"]["id"]
            for body in (DANA, {"email": "eli@acme.example"})
        )
        Lead.objects.filter(id=eli).update(merged_into_id=dana)

        assert marketer.get(f"/leads/{eli}/").json()["id"] == dana
        assert eli not in {row["id"] for row in marketer.get("/leads/").json()["rows"]}

    def test_tells_the_story_in_sentences(self, marketer: Caller, cast: dict[str, User]) -> None:
        lead = marketer.post("/leads/", DANA).json()["lead"]["id"]

        rows = marketer.get(f"/leads/{lead}/timeline/").json()["rows"]
        forms = marketer.get(f"/leads/{lead}/timeline/", kind="form.submitted").json()["rows"]

        assert {"form.submitted", "stage.entered", "handoff.offered"} <= {r["kind"] for r in rows}
        assert [row["sentence"] for row in forms] == ["Filled in a form and asked for a demo"]
        assert forms[0]["by"]["name"] == cast["marketer"].name

    def test_somebody_who_left_sees_nothing(self, calls: Calls, cast: dict[str, User]) -> None:
        rep = calls("rep")
        User.objects.filter(id=cast["rep"].id).update(is_active=False)

        assert rep.get("/leads/").status_code == 401

    def test_times_are_told_in_utc(self, marketer: Caller) -> None:
        lead = marketer.post("/leads/", DANA | {"happened_at": "2026-01-02T10:00+02:00"}).json()

        moment = datetime.fromisoformat(lead["lead"]["first_contact_at"])
        assert moment == datetime(2026, 1, 2, 8, tzinfo=UTC)
