"""The hosted form: what the world sends in is kept once, and programs raise no hands."""

import time

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accord.leads.models import Submission
from accord.web.nonces import new_nonce

pytestmark = pytest.mark.usefixtures("cast")
FILLED = {
    "name": "Dana Ruiz",
    "email": "dana@acme.example",
    "asks_for": "demo",
    "message": "By June",
}


@pytest.fixture
def nonce(monkeypatch: pytest.MonkeyPatch) -> str:
    """The hidden field of a form that was shown a minute ago."""
    with monkeypatch.context() as patch:
        now = time.time()
        patch.setattr(signing.time, "time", lambda: now - 60)
        return new_nonce("form:contact")


def send(nonce: str, **more: str) -> HttpResponse:
    given = FILLED | {"nonce": nonce} | more
    return Client().post(reverse("form", args=["contact"]), given)


def test_the_form_needs_nobody_to_sign_in() -> None:
    response = Client().get(reverse("form", args=["contact"]))

    assert response.status_code == 200
    assert "Halden Instruments" in str(response.content)


def test_a_form_that_does_not_exist_is_not_found() -> None:
    assert Client().get("/f/nothing/").status_code == 404


class TestSending:
    def test_keeps_what_was_said(self, nonce: str) -> None:
        response = send(nonce)

        kept = Submission.objects.get()
        assert response.status_code == 200
        assert kept.body["email"] == "dana@acme.example"
        assert kept.body["asks_for"] == "demo"
        assert kept.body["need"] == "By June"

    def test_keeps_a_second_tap_once(self, nonce: str) -> None:
        send(nonce)
        send(nonce)

        assert Submission.objects.count() == 1

    def test_says_which_field_does_not_fit_and_keeps_what_was_typed(self, nonce: str) -> None:
        response = send(nonce, email="not an address", message="A long story")

        page = str(response.content, "utf-8")
        assert response.status_code == 422
        assert "is not an e-mail address" in page
        assert "A long story" in page
        assert Submission.objects.count() == 0

    def test_takes_no_form_that_was_not_shown(self) -> None:
        response = send("made-up:nonce:here")

        assert response.status_code == 422
        assert Submission.objects.count() == 0


class TestPrograms:
    def test_whoever_fills_the_hidden_field_is_kept_but_raises_no_hand(self, nonce: str) -> None:
        send(nonce, homepage="https://spam.example")

        assert "asks_for" not in Submission.objects.get().body

    def test_whoever_is_too_quick_is_kept_but_raises_no_hand(self) -> None:
        send(new_nonce("form:contact"))

        assert "asks_for" not in Submission.objects.get().body

    def test_too_many_from_one_address_are_asked_to_wait(self, nonce: str) -> None:
        for _ in range(30):
            send(nonce)

        assert "Try again in ten minutes" in str(send(nonce).content)


class TestConsents:
    def test_a_ticked_box_is_kept_with_its_very_words(self, nonce: str) -> None:
        page = str(Client().get(reverse("form", args=["contact"])).content, "utf-8")
        words = "Halden Instruments may call me about its products and offers."
        assert words in page
        assert " checked" not in page.split('type="checkbox"', 1)[1]

        send(nonce, consent_phone="yes")

        (said,) = Submission.objects.get().body["consents"]
        assert said["purpose"] == "phone"
        assert said["wording"].startswith(words)
        assert said["source"] == "/f/contact"

    def test_what_is_not_ticked_says_nothing(self, nonce: str) -> None:
        send(nonce)

        assert "consents" not in Submission.objects.get().body

    def test_a_box_stays_ticked_when_something_else_does_not_fit(self, nonce: str) -> None:
        page = str(send(nonce, email="no address", consent_email="yes").content, "utf-8")

        assert 'name="consent_email" value="yes" checked' in page
        assert 'name="consent_phone" value="yes">' in page

    def test_a_program_agrees_to_nothing(self, nonce: str) -> None:
        send(nonce, homepage="https://spam.example", consent_email="yes")

        assert "consents" not in Submission.objects.get().body
