"""How people are told is theirs to choose; what was not delivered is seen without what it says."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import reverse

from accord.handoffs.models import Handoff
from accord.outbox.actions import Telling, mark_seen, tell
from accord.outbox.models import Chat, Listener, Notification, Wish
from accord.teams.models import User

SignedIn = Callable[[str], Client]
SETTINGS = "notification_settings"
URL = "https://hooks.slack.com/services/T0/B0/secret"


def listener_form(**more: str) -> dict[str, str]:
    return {"quiet": "outside_work", "lets_urgent": "yes", "gets_digest": "yes", **more}


def text_of(client: Client, name: str) -> str:
    return client.get(reverse(name)).content.decode()


class TestSettings:
    def test_a_choice_is_kept_for_the_person_alone(
        self, signed_in: SignedIn, cast: dict[str, User]
    ) -> None:
        said = listener_form(**{"handoff.offered:email": "off", "clock.missed:email": "at_once"})
        assert signed_in("rep").post(reverse(SETTINGS), said).status_code == 302
        wish = Wish.objects.get()
        assert (wish.user_id, wish.kind, wish.timing) == (cast["rep"].id, "handoff.offered", "off")
        assert Listener.objects.get().push_says is False

    def test_what_there_is_not_is_refused_and_said(self, signed_in: SignedIn) -> None:
        client = signed_in("rep")
        for said in (
            listener_form(quiet="sometimes"),
            listener_form(quiet="own"),
            listener_form(quiet="own", quiet_from="25:00", quiet_until="08:00"),
            listener_form(**{"handoff.offered:email": "hourly"}),
        ):
            answer = client.post(reverse(SETTINGS), said)
            assert answer.status_code == 422
            assert "alert-danger" in answer.content.decode()
        assert not Wish.objects.exists()

    def test_nobody_chooses_what_they_are_never_told(self, signed_in: SignedIn) -> None:
        offered, came_back, failed = (
            "handoff.offered:email",
            "handoff.passed_back:email",
            "submission.failed:email",
        )
        shown = {
            role: [
                each in text_of(signed_in(role), SETTINGS) for each in (offered, came_back, failed)
            ]
            for role in ("rep", "marketer", "admin")
        }
        assert shown == {
            "rep": [True, False, False],
            "marketer": [False, True, False],
            "admin": [False, False, True],
        }

    def test_accord_itself_is_no_choice(self, signed_in: SignedIn) -> None:
        assert ":app" not in text_of(signed_in("rep"), SETTINGS)


class TestChats:
    def test_ones_own_is_connected_greeted_and_its_address_not_shown(
        self, signed_in: SignedIn, cast: dict[str, User]
    ) -> None:
        client = signed_in("rep")
        client.post(reverse("notification_chats"), {"service": "slack", "url": URL})
        chat = Chat.objects.get()
        assert chat.user_id == cast["rep"].id
        assert Notification.objects.get(channel="chat").kind == "chat.connected"
        assert "secret" not in text_of(client, SETTINGS)
        client.post(reverse("notification_chat_removal", args=[chat.id]))
        assert not Chat.objects.exists()

    def test_an_address_within_is_refused(self, signed_in: SignedIn) -> None:
        client = signed_in("rep")
        for url in ("ftp://x.example", "https://a:b@hooks.slack.com/x", "https://x.example:22/"):
            answer = client.post(reverse("notification_chats"), {"service": "slack", "url": url})
            assert answer.status_code == 422
        assert not Chat.objects.exists()

    def test_a_teams_chat_is_its_heads(self, signed_in: SignedIn) -> None:
        said = {
            "name": "#sales",
            "side": "sales",
            "service": "teams",
            "url": URL,
            "kinds": ["clock.missed", "handoff.queued"],
        }
        for role in ("rep", "marketer", "head_of_marketing"):
            answer = signed_in(role).post(reverse("notification_chats"), said)
            assert answer.status_code == 422
        signed_in("head_of_sales").post(reverse("notification_chats"), said)
        chat = Chat.objects.get()
        assert (chat.user_id, chat.kinds) == (None, ["clock.missed", "handoff.queued"])
        removal = reverse("notification_chat_removal", args=[chat.id])
        for role in ("rep", "head_of_marketing"):
            assert signed_in(role).post(removal, {"team": "yes"}).status_code == 404
        signed_in("admin").post(removal, {"team": "yes"})
        assert not Chat.objects.exists()

    def test_a_browser_that_says_nonsense_is_refused(self, signed_in: SignedIn) -> None:
        answer = signed_in("rep").post(reverse("notification_browsers"), {"subscription": "{}"})
        assert answer.status_code == 422


class TestNotDelivered:
    def given_up(self, user: User) -> Notification:
        at = datetime.now(UTC)
        said = Telling(uuid.uuid4(), user.id, "handoff.offered", "A lead for you: Dana Ruiz", "Hm")
        tell(tellings=[said], at=at)
        mails = Notification.objects.filter(channel="email", subject__contains="Dana")
        mails.update(state="dead", trouble="The server says no.", attempts=8)
        return mails.get()

    def test_shows_whom_why_and_the_kind_but_not_what_it_says(
        self, signed_in: SignedIn, cast: dict[str, User]
    ) -> None:
        self.given_up(cast["rep"])
        page = text_of(signed_in("admin"), "outbox")
        assert "The server says no." in page
        assert cast["rep"].name in page
        assert "A lead is yours" in page
        assert "Dana" not in page

    def test_waits_for_admins_on_today(self, signed_in: SignedIn, cast: dict[str, User]) -> None:
        client = signed_in("admin")
        assert reverse("outbox") + '" data-row' not in text_of(client, "today")
        self.given_up(cast["rep"])
        page = text_of(client, "today")
        assert "1 message was not delivered" in page
        assert reverse("outbox") + '" data-row' in page
        assert "was not delivered" not in text_of(signed_in("rep"), "today")

    def test_says_what_is_tried_again_and_when(
        self, signed_in: SignedIn, cast: dict[str, User]
    ) -> None:
        assert "Everything was delivered" in text_of(signed_in("admin"), "outbox")
        row, later = self.given_up(cast["rep"]), datetime.now(UTC) + timedelta(minutes=40)
        Notification.objects.filter(id=row.id).update(state="due", send_after=later, attempts=2)
        page = text_of(signed_in("admin"), "outbox")
        assert "1 failed and is tried again, next" in page
        assert later.isoformat(timespec="seconds") in page
        assert "Everything was delivered" not in page

    def test_is_tried_again_or_dropped(self, signed_in: SignedIn, cast: dict[str, User]) -> None:
        client, row = signed_in("head_of_sales"), self.given_up(cast["rep"])
        client.post(reverse("outbox"), {"ids": [row.id], "what": "again"})
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("due", 0)
        Notification.objects.filter(id=row.id).update(state="dead")
        client.post(reverse("outbox"), {"ids": [row.id], "what": "drop"})
        row.refresh_from_db()
        assert row.state == "dropped"

    def test_is_for_admins_and_heads(self, signed_in: SignedIn) -> None:
        assert signed_in("rep").get(reverse("outbox")).status_code == 403
        answer = signed_in("admin").post(reverse("outbox"), {"ids": ["x"]})
        assert answer.status_code == 422


class TestLive:
    def test_says_the_counts_and_the_latest(
        self, signed_in: SignedIn, cast: dict[str, User], handoff: Handoff
    ) -> None:
        client = signed_in("rep")
        before = client.get(reverse("live")).json()
        said = Telling(uuid.uuid4(), cast["rep"].id, "handoff.offered", "A lead for you: Kim", "")
        tell(tellings=[said], at=datetime.now(UTC))
        found = client.get(reverse("live")).json()
        assert found["unseen"] == before["unseen"] + 1
        assert found["counts"]["handoffs"] == 1
        assert found["news"][0]["sentence"] == "A lead for you: Kim"

    def test_answers_that_nothing_changed(
        self, signed_in: SignedIn, cast: dict[str, User], handoff: Handoff
    ) -> None:
        client = signed_in("rep")
        first = client.get(reverse("live"))
        again = client.get(reverse("live"), headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        mark_seen(user=cast["rep"].id, at=datetime.now(UTC))
        Handoff.objects.update(owner=None)
        third = client.get(reverse("live"), headers={"If-None-Match": first["ETag"]})
        assert third.json()["counts"]["handoffs"] == 0

    def test_takes_two_statements_beside_signing_in(
        self, signed_in: SignedIn, django_assert_num_queries: Callable[..., object]
    ) -> None:
        client = signed_in("rep")
        with django_assert_num_queries(4):  # session, person, what is new, what waits
            client.get(reverse("live"))

    def test_somebody_who_is_signed_out_is_told_to_sign_in(self, cast: dict[str, User]) -> None:
        answer = Client().get(reverse("live"), headers={"HX-Request": "true"})
        assert answer.status_code == 204
