"""What somebody was told: counted at the bell, seen once opened, nobody else's business."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from accord.handoffs.models import Handoff
from accord.outbox.actions import Telling, tell
from accord.outbox.models import Notification
from accord.teams.models import User
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


def told(handoff: Handoff) -> Notification:
    return Notification.objects.filter(channel="app", kind="handoff.offered").earliest("created_at")


def client_of(note: Notification) -> Client:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(id=note.user_id))
    return client


def test_a_handoff_is_told_and_counted_at_the_bell(sends: Sends, handoff: Handoff) -> None:
    note = told(handoff)
    page = str(client_of(note).get(reverse("notifications")).content, "utf-8")

    assert note.subject in page
    assert "1 new notification" in page


def test_opening_one_goes_to_what_it_is_about_and_marks_it_seen(handoff: Handoff) -> None:
    note = told(handoff)
    response = client_of(note).post(reverse("notification", args=[note.id]))

    note.refresh_from_db()
    assert response["Location"] == note.link
    assert note.seen_at is not None


def test_nobody_opens_what_another_was_told(handoff: Handoff, signed_in: SignedIn) -> None:
    note = told(handoff)

    response = signed_in("marketer").post(reverse("notification", args=[note.id]))

    note.refresh_from_db()
    assert response.status_code == 404
    assert note.seen_at is None


def test_what_one_rep_misses_at_once_is_one_line_and_seen_as_one(
    cast: dict[str, User], signed_in: SignedIn
) -> None:
    head, at = cast["head_of_sales"], datetime.now(UTC)
    tellings = [
        Telling(uuid4(), head.id, "clock.missed", f"Jonas: {name} waits", "", link)
        for name, link in (("Dana", "/handoffs/"), ("Kim", "/handoffs/"), ("Eva", "/leads/"))
    ]
    tell(tellings=tellings, at=at)
    client = signed_in("head_of_sales")
    page = " ".join(client.get(reverse("notifications")).content.decode().split())
    assert page.count("waits") == 2
    assert "waits, and 1 more" in page
    notes = Notification.objects.filter(channel="app", user_id=head.id, kind="clock.missed")
    client.post(reverse("notification", args=[notes.filter(link="/handoffs/")[0].id]))
    assert [each.link for each in notes.filter(seen_at=None)] == ["/leads/"]


def test_all_can_be_marked_as_seen(handoff: Handoff) -> None:
    note = told(handoff)
    client_of(note).post(reverse("notifications"))

    note.refresh_from_db()
    assert note.seen_at is not None
