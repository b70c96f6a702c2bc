"""The people and leads of the tests of pages, and keys for the API."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from accord.teams.actions import add_token
from accord.teams.models import User
from tests.api.conftest import Caller
from tests.web.conftest import cast, sends, signed_in

__all__ = ["cast", "sends", "signed_in"]


@pytest.fixture
def key_of(cast: dict[str, User]) -> Callable[[str], Caller]:
    def of_role(role: str) -> Caller:
        at = datetime.now(UTC)
        return Caller(add_token(user_id=cast[role].id, name="a test", at=at))

    return of_role
