"""Mails that people copy to Accord, from the address on their page to the lead's page."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accord.flows.take_mail import take_mail
from accord.handoffs.models import Handoff
from accord.leads import queries
from accord.leads.actions import renew_address
from accord.leads.models import Activity, KeptMail, Lead
from accord.outbox.models import Notification
from accord.teams.models import User
from accord.web.nonces import new_nonce
from tests.leads.test_letters import GMAIL, mail
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]
AT = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _copies_have_an_address(settings: Any) -> None:
    settings.COPY_ADDRESS = "log@example.org"


def own_address(user: User) -> str:
    token = queries.copy_token(user) or renew_address(user=user.id, at=AT)
    return f"log+{token}@example.org"


def copy(user: User, to: str = "dana@acme-tools.example", **headers: str) -> bytes:
    said = {"From": user.email, "To": to, "Subject": "Your demo", "Bcc": own_address(user)}
    return mail("Shall we say Tuesday?", **{**said, **headers}).as_bytes()


def mails_on_leads() -> list[tuple[str, str, str | None]]:
    found = Activity.objects.filter(kind__startswith="mail.")
    return list(found.order_by("id").values_list("kind", "side", "text"))


def test_a_copy_stands_on_the_lead_once_and_is_the_first_attempt(
    cast: dict[str, User], handoff: Handoff
) -> None:
    raw = copy(cast["rep"])
    assert take_mail(raw=[raw, raw], at=datetime.now(UTC)) == 1
    assert take_mail(raw=[raw], at=datetime.now(UTC)) == 0

    assert mails_on_leads() == [("mail.sent", "sales", "Shall we say Tuesday?")]
    handoff.refresh_from_db()
    assert handoff.first_attempt_at is not None
    assert KeptMail.objects.get().text == ""


def test_what_a_lead_wrote_is_forwarded_to_its_page(cast: dict[str, User], sends: Sends) -> None:
    sends()
    raw = mail(
        GMAIL, From=cast["rep"].email, To=own_address(cast["rep"]), Subject="Fwd: Forty sensors"
    ).as_bytes()
    take_mail(raw=[raw], at=datetime.now(UTC))

    assert mails_on_leads() == [("mail.received", "prospect", "Could you send a price?")]


def test_the_owner_is_told_what_a_colleague_forwards(
    cast: dict[str, User], handoff: Handoff
) -> None:
    raw = mail(
        GMAIL,
        From=cast["marketer"].email,
        To=own_address(cast["marketer"]),
        Subject="Fwd: Forty sensors",
    ).as_bytes()
    take_mail(raw=[raw], at=datetime.now(UTC))

    told = Notification.objects.get(kind="lead.wrote", channel="app")
    assert (told.user_id, told.text) == (cast["rep"].id, "Could you send a price?")


def test_a_machine_that_answers_is_no_attempt(cast: dict[str, User], handoff: Handoff) -> None:
    take_mail(raw=[copy(cast["rep"], Auto_Submitted="auto-replied")], at=datetime.now(UTC))

    handoff.refresh_from_db()
    assert handoff.first_attempt_at is None


def test_who_does_not_own_the_address_is_kept_out(
    cast: dict[str, User], sends: Sends, caplog: pytest.LogCaptureFixture
) -> None:
    sends()
    stranger = copy(cast["rep"], From="stranger@elsewhere.example")
    assert take_mail(raw=[stranger], at=datetime.now(UTC)) == 0
    old = copy(cast["rep"])
    renew_address(user=cast["rep"].id, at=datetime.now(UTC))
    assert take_mail(raw=[old], at=datetime.now(UTC)) == 0

    assert "kept out" in caplog.text
    assert "@" not in caplog.text
    assert not mails_on_leads()


def test_a_mail_without_a_lead_waits_and_makes_one(
    cast: dict[str, User], signed_in: SignedIn
) -> None:
    take_mail(raw=[copy(cast["rep"], to="new@bright.example")], at=datetime.now(UTC))
    client = signed_in("rep")
    page = str(client.get(reverse("mail")).content, "utf-8")
    assert "new@bright.example" in page
    assert own_address(cast["rep"]) in page

    waiting = KeptMail.objects.get()
    refused = signed_in("marketer").post(
        reverse("mail_lead", args=[waiting.id]), {"address": "new@bright.example"}
    )
    assert refused.status_code == 404
    client.post(reverse("mail_lead", args=[waiting.id]), {"address": "new@bright.example"})

    assert Lead.objects.filter(email="new@bright.example").count() == 1
    assert mails_on_leads() == [("mail.sent", "sales", "Shall we say Tuesday?")]
    assert "new@bright.example" not in str(client.get(reverse("mail")).content, "utf-8")


def test_who_is_mentioned_in_a_note_is_told_with_a_link(
    cast: dict[str, User], signed_in: SignedIn, sends: Sends
) -> None:
    lead = sends()
    signed_in("marketer").post(
        reverse("lead_activities", args=[lead.id]),
        {
            "kind": "note.added",
            "text": f"@{cast['rep'].name} they know Kim",
            "nonce": new_nonce("activity"),
        },
    )

    told = Notification.objects.filter(kind="note.mentioned")
    assert set(told.values_list("user_id", "link")) == {(cast["rep"].id, f"/leads/{lead.id}/")}
    assert set(told.values_list("channel", flat=True)) == {"app", "email"}


def test_every_mail_of_the_owner_counts_as_an_attempt(
    cast: dict[str, User], handoff: Handoff
) -> None:
    for subject in ("Your demo", "Once more"):
        take_mail(raw=[copy(cast["rep"], Subject=subject)], at=datetime.now(UTC))
    take_mail(raw=[copy(cast["marketer"], Subject="News")], at=datetime.now(UTC))

    tried = Activity.objects.filter(kind="attempt.logged", handoff_id=handoff.id)
    assert [(each.channel, each.by_id) for each in tried] == [("email", cast["rep"].id)] * 2


def test_links_to_mails_carry_the_copy_address_of_whoever_looks(
    signed_in: Callable[[str], Client], cast: dict[str, User], handoff: Handoff
) -> None:
    Lead.objects.filter(id=handoff.lead_id).update(phone=None)
    places = (
        reverse("lead", args=[handoff.lead_id]),
        reverse("handoff_attempts", args=[handoff.id]),
        reverse("handoffs"),
    )
    for address in places:
        page = str(signed_in("rep").get(address).content, "utf-8")
        assert 'href="mailto:dana@acme-tools.example"' in page
    copies = own_address(cast["rep"]).replace("+", "%2B")
    for address in places:
        page = str(signed_in("rep").get(address).content, "utf-8")
        assert f'href="mailto:dana@acme-tools.example?bcc={copies}"' in page
        assert 'href="mailto:dana@acme-tools.example"' not in page
        assert "data-beside" not in page
