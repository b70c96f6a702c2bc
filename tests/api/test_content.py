"""Content through the API: asked for, listed, taken on, answered, withdrawn."""

import uuid
from typing import Any

import pytest

from accord.content.models import ContentRequest
from accord.handoffs.models import Handoff
from tests.api.conftest import Caller, Calls
from tests.api.test_leads import DANA

PATH = "/content/requests/"
WANTED = {"piece": "comparison", "need": "We against spreadsheets"}
LINK = "https://example.com/comparison"


@pytest.fixture
def rep(calls: Calls) -> Caller:
    return calls("rep")


@pytest.fixture
def marketer(calls: Calls) -> Caller:
    return calls("marketer")


def asked(rep: Caller, **more: Any) -> dict[str, Any]:
    answer = rep.post(PATH, {**WANTED, **more})
    assert answer.status_code == 201, answer.content
    said: dict[str, Any] = answer.json()
    return said


def test_from_asking_to_delivery(rep: Caller, marketer: Caller) -> None:
    marketer.post("/leads/", DANA)
    lead = str(Handoff.objects.get().lead_id)
    request = asked(rep, lead_id=lead, needed_on="2099-01-31", is_reusable=True)
    assert request["state"] == "asked"
    assert request["lead"] == {"id": lead, "name": "Dana Ruiz"}
    assert request["due_at"]
    assert [row["id"] for row in marketer.get(PATH).json()["rows"]] == [request["id"]]

    path = f"{PATH}{request['id']}"
    assert marketer.post(f"{path}/taking/").json()["taken_by"]["name"] == "Mira Lind"
    answer = {"answer": "delivered", "link": LINK}
    said = marketer.post(f"{path}/answer/", answer).json()
    assert (said["state"], said["link"]) == ("delivered", LINK)
    assert rep.get(PATH).json() == {"rows": [], "next_begin": None}
    assert [row["state"] for row in rep.get(PATH, show="mine").json()["rows"]] == ["delivered"]
    assert marketer.post(f"{path}/answer/", answer).status_code == 409
    assert rep.post(f"{path}/withdrawal/").status_code == 409


def test_is_withdrawn_by_who_asked(rep: Caller) -> None:
    request = asked(rep)
    assert rep.post(f"{PATH}{request['id']}/withdrawal/").json()["state"] == "withdrawn"


def test_the_same_key_asks_once(rep: Caller) -> None:
    first = rep.post(PATH, WANTED, key="one").json()
    assert rep.post(PATH, WANTED, key="one").json() == first
    assert ContentRequest.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"piece": "sonnet"},
        {"need": " "},
        {"need": "a\0b"},
        {"needed_on": "2001-01-01"},
        {"needed_on": 3},
        {"lead_id": "me"},
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(rep: Caller, wrong: dict[str, Any]) -> None:
    answer = rep.post(PATH, {**WANTED, **wrong})
    assert answer.status_code == 422
    said = answer.json()
    fields = {said["field"], *(each["field"] for each in said["faults"])}
    assert set(wrong) & {str(field).split(".")[-1] for field in fields}, said
    assert not ContentRequest.objects.exists()


def test_what_is_not_there_is_missing(rep: Caller, marketer: Caller) -> None:
    nowhere = str(uuid.UUID(int=1))
    for body in ({**WANTED, "lead_id": nowhere}, {**WANTED, "deal_id": nowhere}):
        assert rep.post(PATH, body).status_code == 404
    assert marketer.post(f"{PATH}{nowhere}/taking/").status_code == 404


def test_a_page_begins_somewhere(rep: Caller) -> None:
    asked(rep)
    assert len(rep.get(PATH, begin=0).json()["rows"]) == 1
    assert rep.get(PATH, begin=1).json()["rows"] == []
    for wrong in (-1, 10**30, "x"):
        assert rep.get(PATH, begin=wrong).status_code == 422


def test_only_pages_are_links(rep: Caller, marketer: Caller) -> None:
    path = f"{PATH}{asked(rep)['id']}/answer/"
    for answer in (
        {"answer": "delivered", "link": "javascript:alert(1)"},
        {"answer": "delivered"},
        {"answer": "turned_down"},
        {"answer": "withdrawn"},
    ):
        assert marketer.post(path, answer).status_code == 422
    assert ContentRequest.objects.get().answered_at is None
