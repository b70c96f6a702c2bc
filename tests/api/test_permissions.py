"""Who may call what: every operation is in the table, and the table is obeyed."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from accord.api import auth
from accord.api.permissions import EVERYONE, TABLE, may
from accord.api.urls import api
from accord.teams import actions as teams
from accord.teams.models import Role, Token, User
from accord.web.permissions import TABLE as PAGES
from tests.api.conftest import BASE, Caller, Calls

# What can be done on a page and by a call is allowed to the same people.
SAME = {
    "list_leads": "leads",
    "read_lead": "lead",
    "read_timeline": "lead_timeline",
    "offer_handoff": "lead_offer",
    "list_handoffs": "handoffs",
    "accept_handoff": "handoff_acceptance",
    "log_attempt": "handoff_attempts",
    "qualify_handoff": "handoff_qualification",
    "pass_back_handoff": "handoff_pass_back",
    "list_content_requests": "content_requests",
    "ask_for_content": "content_request_new",
    "take_content_request": "content_request_taking",
    "answer_content_request": "content_request_answer",
    "withdraw_content_request": "content_request_withdrawal",
    "read_report": "scoreboard",
    "submit_leads": "imports",
}


def operations() -> Iterator[tuple[str, str, str]]:
    """Every operation there is: its name, method and path."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            filled = path.replace("{id}", str(uuid.UUID(int=1))).replace("{name}", "funnel")
            yield operation["operationId"], method, filled.removeprefix(BASE)


def call(caller: Caller, method: str, path: str) -> int:
    return (caller.get(path) if method == "get" else caller.post(path)).status_code


class TestTable:
    def test_names_exactly_the_operations_there_are(self) -> None:
        assert sorted(name for name, _method, _path in operations()) == sorted(TABLE)

    def test_knows_the_roles_of_the_people(self) -> None:
        assert set(Role.values) == EVERYONE
        assert all(roles <= EVERYONE for roles in TABLE.values())

    def test_allows_what_the_pages_allow(self) -> None:
        assert {name: TABLE[name] for name in SAME} == {n: PAGES[p] for n, p in SAME.items()}
        assert TABLE["submit_lead"] >= PAGES["lead_new"]

    def test_every_operation_asks_for_a_key(self) -> None:
        schema = api.get_openapi_schema()
        for methods in schema["paths"].values():
            assert all(operation["security"] for operation in methods.values())


def test_nobody_calls_anything_without_a_key(cast: object) -> None:
    for name, method, path in operations():
        for caller in (Caller(None), Caller("accord_no_such_key"), Caller("")):
            auth._counts.clear()
            assert call(caller, method, path) == 401, name


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_role_calls_only_what_the_table_allows(role: str, calls: Calls) -> None:
    caller = calls(role)
    for name, method, path in operations():
        is_refused = call(caller, method, path) == 403
        assert is_refused == (not may({role}, name)), name


def test_a_refusal_says_why(calls: Calls) -> None:
    stranger = Caller(None).get("/leads/")
    rep = calls("rep").post("/leads/batch/", [])

    assert stranger["WWW-Authenticate"].startswith("Bearer")
    assert "Authorization: Bearer" in stranger.json()["detail"]
    assert "roles" in rep.json()["detail"]
    assert {stranger["Content-Type"], rep["Content-Type"]} == {"application/problem+json"}


def test_a_key_that_was_revoked_is_worth_nothing(cast: dict[str, User]) -> None:
    at = datetime.now(UTC)
    caller = Caller(teams.add_token(user_id=cast["rep"].id, name="old", at=at))
    assert caller.get("/leads/").status_code == 200

    teams.revoke_token(token_id=Token.objects.get().id, at=at)
    assert caller.get("/leads/").status_code == 401


def test_who_is_signed_in_needs_a_key_all_the_same(cast: dict[str, User]) -> None:
    client = Client()
    client.force_login(cast["admin"])

    assert client.get(f"{BASE}/leads/").status_code == 401


def test_too_many_calls_wait(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "CALLS", 2)
    caller, other = calls("rep"), calls("marketer")
    answers = [caller.get("/reports/funnel/") for _ in range(3)]

    # A minute may end between two calls.
    assert answers[0].status_code == 200
    if answers[2].status_code == 429:
        assert answers[2]["Retry-After"] == "60"
        assert other.get("/leads/").status_code == 200


def test_strangers_wait_sooner(cast: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "STRANGERS", 1)

    assert {Caller("guess").get("/leads/").status_code for _ in range(4)} == {401, 429}


def test_what_is_not_there_is_a_problem(calls: Calls) -> None:
    for path in ("/nothing/", "/leads/no-id/", "/", "/leads/no%0Aid/"):
        response = calls("rep").get(path)
        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"


def test_a_mistake_of_ours_is_a_problem(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("accord.leads.queries.lead_page", broken)
    caller = calls("rep")
    headers = {"Authorization": f"Bearer {caller.secret}"}

    response = Client(raise_request_exception=False).get(f"{BASE}/leads/", headers=headers)

    assert response.status_code == 500
    assert "nothing was saved" in response.json()["detail"]
