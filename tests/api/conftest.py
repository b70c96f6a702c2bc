"""People with keys, and a short way to call the API as one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accord.api import auth
from accord.handoffs.actions.pools import default_pool, leave_pool
from accord.teams.actions import add_token
from accord.teams.models import User
from tests.web.conftest import A_MONTH_AGO
from tests.web.fill import people

BASE = "/api/v1"


@dataclass
class Caller:
    """Calls as the person of a key; without one, as a stranger."""

    secret: str | None

    def get(self, path: str, **query: Any) -> HttpResponse:
        return Client().get(BASE + path, query, headers=self._headers(None))

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> HttpResponse:
        client = Client(enforce_csrf_checks=True)
        sent = {} if body is None else body
        kind = "application/json"
        return client.post(BASE + path, sent, content_type=kind, headers=self._headers(key))

    def _headers(self, key: str | None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        return headers | ({"Idempotency-Key": key} if key else {})


Calls = Callable[[str], Caller]


@pytest.fixture(autouse=True)
def _no_calls_counted() -> None:
    auth._counts.clear()


@pytest.fixture
def cast(db: None) -> dict[str, User]:
    """A person for each role; the rep alone takes turns."""
    found = people(A_MONTH_AGO)
    pool = default_pool()
    assert pool
    leave_pool(pool=pool, users={found["head_of_sales"].id}, at=A_MONTH_AGO)
    return found


@pytest.fixture
def calls(cast: dict[str, User]) -> Calls:
    def as_role(role: str) -> Caller:
        at = datetime.now(UTC)
        return Caller(add_token(user_id=cast[role].id, name="a test", at=at))

    return as_role
