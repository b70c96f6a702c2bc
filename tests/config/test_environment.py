"""Settings that are not understood are refused, never guessed."""

import pytest

from accord.base.errors import Invalid
from accord.config import environment


@pytest.mark.parametrize(
    ("said", "meant"), [("yes", True), ("1", True), ("Off", False), ("", True)]
)
def test_reads_a_yes_or_no(monkeypatch: pytest.MonkeyPatch, said: str, meant: bool) -> None:
    monkeypatch.setenv("ACCORD_DEBUG", said)

    assert environment.flag("ACCORD_DEBUG", default=True) is meant


def test_refuses_an_unknown_yes_or_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_DEBUG", "maybe")

    with pytest.raises(Invalid, match="ACCORD_DEBUG is “maybe”; it can be yes or no"):
        environment.flag("ACCORD_DEBUG", default=False)


def test_refuses_a_number_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_WEB_PROCESSES", "0")

    with pytest.raises(Invalid, match="a whole number from 1 up"):
        environment.number("ACCORD_WEB_PROCESSES", default=2)


def test_reads_the_mail_server() -> None:
    told = environment.mail_server("smtp+tls://mira%40example.org:se%3Acret@mail.example.org")

    assert told["EMAIL_HOST"] == "mail.example.org"
    assert told["EMAIL_HOST_USER"] == "mira@example.org"
    assert told["EMAIL_HOST_PASSWORD"] == "se:cret"
    assert (told["EMAIL_PORT"], told["EMAIL_USE_TLS"], told["EMAIL_USE_SSL"]) == (587, True, False)


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://", "mail.example.org"])
def test_refuses_a_mail_server_it_does_not_understand(url: str) -> None:
    with pytest.raises(Invalid, match="ACCORD_SMTP_URL"):
        environment.mail_server(url)
