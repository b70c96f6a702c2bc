"""Signing in: with the right password, not too often, and back to where one wanted to go."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from tests.web.fill import PASSWORD

pytestmark = pytest.mark.usefixtures("cast")


def sign_in(client: Client, password: str = PASSWORD, **more: str) -> object:
    given = {"email": "Sam@Example.org", "password": password} | more
    return client.post(reverse("sign_in"), given)


class TestSignIn:
    def test_opens_with_the_right_password_whatever_the_case_of_the_address(self) -> None:
        client = Client()
        response = sign_in(client)

        assert response.status_code == 302  # type: ignore[attr-defined]
        assert SESSION_KEY in client.session

    def test_goes_on_to_where_one_wanted_to_go(self) -> None:
        response = sign_in(Client(), next="/handoffs/?show=queue")

        assert response["Location"] == "/handoffs/?show=queue"  # type: ignore[index]

    def test_never_goes_on_to_somewhere_else(self) -> None:
        response = sign_in(Client(), next="https://elsewhere.example/")

        assert response["Location"] == "/"  # type: ignore[index]

    def test_says_that_address_and_password_do_not_belong_together(self) -> None:
        client = Client()
        response = sign_in(client, password="not this one")

        assert response.status_code == 422  # type: ignore[attr-defined]
        assert "do not belong together" in str(response.content)  # type: ignore[attr-defined]
        assert SESSION_KEY not in client.session

    def test_is_refused_after_too_many_tries_even_with_the_right_password(self) -> None:
        client = Client()
        for _ in range(8):
            sign_in(client, password="not this one")

        response = sign_in(client)

        assert "too many tries" in str(response.content)  # type: ignore[attr-defined]
        assert SESSION_KEY not in client.session


def test_signing_out_ends_the_session() -> None:
    client = Client()
    sign_in(client)

    client.post(reverse("sign_out"))

    assert client.get(reverse("today")).status_code == 302
