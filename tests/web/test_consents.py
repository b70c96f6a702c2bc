"""Consents by hand: either team writes down what a lead agreed to or took back."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accord.leads.models import Activity, Consent, Lead
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]
WORDS = "You may write to me about new sensors."
YES = {"purpose": "email", "word": "yes", "wording": WORDS, "how": "on the phone"}


@pytest.fixture
def lead(cast: object, sends: Sends) -> Lead:
    return sends()


def write_down(client: Client, lead: Lead, **said: str) -> str:
    response = client.post(reverse("lead_consents", args=[lead.id]), said, follow=True)
    return str(response.content, "utf-8")


@pytest.mark.parametrize("role", ["rep", "marketer"])
def test_either_team_writes_it_down_and_the_page_shows_it(
    lead: Lead, signed_in: SignedIn, role: str
) -> None:
    page = write_down(signed_in(role), lead, **YES)

    row = Consent.objects.get()
    assert (row.purpose, row.wording, row.source) == ("email", WORDS, "on the phone")
    assert f"<q>{WORDS}</q>" in page
    assert "Agreed to get e-mails (on the phone)" in page
    assert Activity.objects.get(kind="consent.given").by_id is not None

    page = write_down(signed_in(role), lead, purpose="email", word="no", how="by e-mail")

    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert row.withdrawal_source == "by e-mail"
    assert "Does not agree" in page
    assert f"<q>{WORDS}</q>" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"wording": ""}, "what exactly they agreed to"),
        ({"how": ""}, "how they told you"),
        ({"purpose": "fax"}, "Choose what it is about"),
        ({"word": ""}, "agreed or refused"),
        ({"said_at": "2099-01-01T10:00"}, "still to come"),
        ({"how": "x" * 101}, "at most 100"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(
    lead: Lead, signed_in: SignedIn, wrong: dict[str, str], sentence: str
) -> None:
    page = write_down(signed_in("rep"), lead, **YES | wrong)

    assert sentence in page
    assert wrong.get("wording", WORDS) in page
    assert not Consent.objects.exists()


def test_the_same_once_more_changes_nothing(lead: Lead, signed_in: SignedIn) -> None:
    write_down(signed_in("rep"), lead, **YES)
    page = write_down(signed_in("rep"), lead, **YES)

    assert "nothing changed" in page
    assert Consent.objects.count() == 1


def test_an_admin_reads_and_does_not_write(lead: Lead, signed_in: SignedIn) -> None:
    page = str(signed_in("admin").get(reverse("lead", args=[lead.id])).content, "utf-8")

    assert "Nobody has asked them yet" in page
    assert reverse("lead_consents", args=[lead.id]) not in page
