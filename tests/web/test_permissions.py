"""The permission table: every address is in it, and it is obeyed."""

import uuid
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from accord.teams.models import Role
from accord.web import permissions, urls
from accord.web.permissions import PUBLIC, ROLES, TABLE

NAMES = sorted(pattern.name for pattern in urls.urlpatterns)
SignedIn = Callable[[str], Client]
PATTERNS = {pattern.name: pattern.pattern for pattern in urls.urlpatterns}
# By the name of a part of an address, else by its kind: a thing that is not there.
NOT_THERE: dict[str, object] = {
    "whose": "team",
    "slug": "contact",
    "UUIDConverter": uuid.UUID(int=1),
    "IntConverter": 1,
    "SlugConverter": "no-such-thing",
    "StringConverter": "no-such-secret",
}


def address(name: str) -> str:
    """The address of a page; those about a thing get a thing that is not there."""
    parts = PATTERNS[name].converters.items()
    return reverse(
        name,
        kwargs={
            part: NOT_THERE.get(part, NOT_THERE[type(converter).__name__])
            for part, converter in parts
        },
    )


class TestTable:
    def test_names_exactly_the_addresses_there_are(self) -> None:
        assert sorted(TABLE) == NAMES

    def test_knows_the_roles_of_the_people(self) -> None:
        assert set(ROLES) == set(Role.values)

    def test_allows_every_role_only_what_it_names(self) -> None:
        for name, allowed in TABLE.items():
            assert allowed == PUBLIC or allowed <= set(ROLES), name

    def test_leaves_nothing_public_that_shows_leads(self) -> None:
        public = {name for name, allowed in TABLE.items() if allowed == PUBLIC}
        assert public == {
            *("sign_in", "sign_out", "theme", "set_up", "sample_company", "invitation", "form"),
            "sample_company_role",  # refuses everybody where people are real or have passwords
        }


def test_nobody_opens_a_page_without_signing_in(cast: object) -> None:
    for name in NAMES:
        if TABLE[name] == PUBLIC:
            continue
        for method in ("get", "post"):
            response = getattr(Client(), method)(address(name))
            assert response.status_code == 302, name
            assert response["Location"].startswith(reverse("sign_in")), name


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_opens_only_what_the_table_allows(role: str, signed_in: SignedIn) -> None:
    client = signed_in(role)
    for name in NAMES:
        is_refused = client.get(address(name)).status_code == 403
        assert is_refused == (not permissions.may({role}, name)), name


def test_a_view_outside_the_table_is_refused(monkeypatch: pytest.MonkeyPatch, cast: object) -> None:
    from accord.web.guard import Guard

    monkeypatch.delitem(TABLE, "leads")
    request = RequestFactory().get("/leads/")
    request.resolver_match = resolve("/leads/")

    with pytest.raises(PermissionDenied, match="not in the permission table"):
        Guard(lambda request: None).process_view(request, lambda request: None, (), {})  # type: ignore[arg-type,return-value]
