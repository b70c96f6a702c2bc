"""Already in touch: a mail's link changes nothing, one tap on a channel stops the clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accord.handoffs.models import Clock, ClockKind, ClockState, Handoff
from accord.leads.models import Activity

HOUR = timedelta(hours=1)


@pytest.fixture
def sam(signed_in: Callable[[str], Client]) -> Client:
    return signed_in("rep")


@pytest.fixture
def page(handoff: Handoff) -> str:
    now = datetime.now(UTC)
    Handoff.objects.update(offered_at=now - HOUR, assigned_at=now - HOUR)
    Clock.objects.update(started_at=now - HOUR)
    Clock.objects.filter(kind=ClockKind.FIRST_ATTEMPT).update(warned_at=now)
    return reverse("handoff_in_touch", args=[handoff.id])


def first_attempt() -> Clock:
    return Clock.objects.get(kind=ClockKind.FIRST_ATTEMPT)


def test_the_link_of_a_mail_changes_nothing(sam: Client, page: str) -> None:
    assert "One tap says so" in str(sam.get(page).content)
    assert first_attempt().state == ClockState.RUNNING


def test_one_tap_on_a_channel_stops_the_clock(sam: Client, page: str) -> None:
    sam.post(page, {"channel": "email"})

    assert first_attempt().state == ClockState.STOPPED
    assert Handoff.objects.get().state == "offered"
    logged = Activity.objects.get(kind="attempt.logged")
    assert (logged.channel, logged.outcome) == ("email", "left_message")


def test_when_it_was_and_that_they_talked_may_be_said(sam: Client, page: str) -> None:
    tried_at = datetime.now(UTC) - timedelta(minutes=1)
    said = {"channel": "call", "tried_at": tried_at.isoformat(), "talked": "on", "note": "Yes."}
    sam.post(page, said)

    logged = Activity.objects.get(kind="attempt.logged")
    assert (logged.happened_at, logged.outcome, logged.text) == (tried_at, "connected", "Yes.")
    assert Handoff.objects.get().state == "accepted"
    assert first_attempt().stopped_at == tried_at


def test_what_was_before_it_was_handed_over_is_refused_in_words(sam: Client, page: str) -> None:
    early = (datetime.now(UTC) - 2 * HOUR).isoformat()
    response = sam.post(page, {"channel": "call", "tried_at": early})
    assert (response.status_code, "before this lead was handed over" in str(response.content)) == (
        422,
        True,
    )
    assert first_attempt().state == ClockState.RUNNING


@pytest.mark.parametrize(
    "said",
    [
        {"channel": "smoke"},
        {"channel": "call", "tried_at": "soon"},
        {"channel": "call", "tried_at": "2099-01-01T09:00"},
    ],
)
def test_what_cannot_be_is_refused(sam: Client, page: str, said: dict[str, str]) -> None:
    assert sam.post(page, said).status_code == 422
    assert first_attempt().state == ClockState.RUNNING


def test_the_inbox_offers_it_to_whoever_is_at_risk(sam: Client, page: str) -> None:
    inbox = str(sam.get(reverse("handoffs")).content)
    assert "at risk" in inbox
    assert page in inbox
