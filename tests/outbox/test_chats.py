"""Slack and Teams get what they take, once within a lease, later when they ask for it."""

import json
import logging
import os
import signal
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection

from accord.base.errors import Invalid, Missing
from accord.outbox import sealing
from accord.outbox.actions import (
    NewChat,
    connect_chat,
    disconnect_chat,
    drop,
    send_due,
    tell,
    try_again,
)
from accord.outbox.actions.sending import POSTS
from accord.outbox.models import Chat, DeliveryState, Notification
from accord.outbox.rules import LEASE, MOST_ATTEMPTS, asked_rest, rest_after
from tests.outbox.people import AT, of_channel, own_chat, somebody, team_chat, telling
from tests.outbox.receivers import LOOPBACK, receiver, slack_faults, teams_faults

pytestmark = pytest.mark.django_db
FAULTS = {"slack": slack_faults, "teams": teams_faults}
NASTY = "<!channel> <https://evil.example|click> A & B *bold* [x](https://evil.example) "


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.EGRESS = LOOPBACK


@pytest.fixture
def sam(db):
    return somebody()


@pytest.fixture
def there():
    with receiver() as running:
        yield running


def post(at=AT, **more):
    return send_due(channels=POSTS, at=at, **more)


@pytest.mark.parametrize("service", ["slack", "teams"])
class TestWhatTheyTake:
    def test_what_prospects_wrote_is_text_and_nothing_else(self, service, sam, there):
        own_chat(sam, there.url, service)
        tell(tellings=[telling(sam, subject=NASTY, text=NASTY * 3, link="/handoffs/")], at=AT)
        assert post() == 1
        assert FAULTS[service](there.bodies[0]) == []
        assert b"http://testserver/handoffs/" in there.bodies[0]

    def test_much_that_is_long_is_cut_to_what_they_take(self, service, sam, there):
        own_chat(sam, there.url, service)
        long = [telling(sam, subject="&" * 200, text="ü&<>" * 2_000) for _ in range(60)]
        tell(tellings=long, at=AT)
        posted = [post(at=AT + timedelta(seconds=2 * n), limit=25) for n in range(4)]
        assert sum(posted) == len(there.bodies) == 3
        assert [FAULTS[service](body) for body in there.bodies] == [[]] * 3
        assert {row.state for row in of_channel("chat")} == {"sent"}

    def test_a_chat_gets_no_more_than_a_message_a_second(self, service, sam, there):
        own_chat(sam, there.url, service)
        tell(tellings=[telling(sam) for _ in range(21)], at=AT)
        assert (post(), post(), post(at=AT + timedelta(seconds=1))) == (1, 0, 1)


class TestTrouble:
    @pytest.fixture(autouse=True)
    def _told(self, sam, there):
        own_chat(sam, there.url)
        tell(tellings=[telling(sam)], at=AT)

    def one(self):
        (row,) = of_channel("chat")
        return row

    def test_too_many_requests_is_waited_for_as_long_as_they_ask(self, there):
        there.answers = [(429, {"retry-after": "90"})]
        assert post() == 0
        assert self.one().send_after == AT + timedelta(seconds=90)
        assert post(at=AT + timedelta(seconds=89)) == 0
        assert post(at=AT + timedelta(seconds=90)) == 1

    def test_a_fault_of_theirs_is_tried_again_under_the_same_key(self, there):
        there.answers = [(500, {}), (503, {})]
        post()
        post(at=AT + rest_after(1))
        assert post(at=AT + timedelta(minutes=3)) == 1
        assert len({each["idempotency-key"] for each in there.headers}) == 1

    def test_an_address_that_is_not_good_is_given_up_at_once_and_said(self, there):
        there.answers = [(404, {})]
        post()
        row = self.one()
        assert (row.state, row.attempts) == (DeliveryState.DEAD, 1)
        assert "Slack answered 404" in row.trouble

    def test_a_redirect_is_given_up_and_not_followed(self, there):
        with receiver() as elsewhere:
            there.answers = [(307, {"location": elsewhere.url})]
            post()
        assert (self.one().state, elsewhere.bodies) == ("dead", [])

    def test_what_hangs_is_tried_again(self, there, monkeypatch):
        monkeypatch.setattr("accord.outbox.egress.SECONDS", 0.3)
        there.answers = ["hang"]
        assert post() == 0
        assert self.one().state == "due"

    def test_it_is_given_up_in_the_end_tried_again_by_hand_or_dropped(self, there):
        there.answers = [(500, {})] * MOST_ATTEMPTS
        for number in range(MOST_ATTEMPTS):
            post(at=AT + timedelta(hours=4 * number))
        row = self.one()
        assert row.state == "dead"
        later = AT + timedelta(days=2)
        assert try_again(ids=[row.id], at=later) == 1
        assert post(at=later) == 1
        assert drop(ids=[row.id]) == 0

    def test_what_is_dropped_is_not_sent(self, there):
        there.answers = [(404, {})]
        post()
        assert drop(ids=[self.one().id]) == 1
        assert try_again(ids=[self.one().id], at=AT) == 0
        assert post(at=AT + timedelta(days=1)) == 0

    def test_the_address_is_in_no_log_and_no_row(self, there, caplog):
        there.answers = [(404, {"location": there.url})]
        with caplog.at_level(logging.DEBUG):
            post()
        assert "secret" not in caplog.text
        assert "secret" not in self.one().trouble
        assert "secret" not in Chat.objects.get().sealed_url

    def test_a_name_that_leads_inside_is_refused_when_it_is_sent(self, settings, there):
        settings.EGRESS = []
        post()
        assert (self.one().state, there.bodies) == ("dead", [])
        assert "80 and 443" in self.one().trouble

    def test_somebody_who_has_left_gets_nothing(self, sam, there):
        sam.is_active = False
        sam.save()
        post()
        assert (self.one().state, there.bodies) == ("dead", [])


def test_a_chat_is_greeted_so_that_one_sees_whether_it_arrives(sam, there):
    chat = NewChat("Mine", "teams", there.url)
    connect_chat(chat=chat, user=sam.id, by=sam.id, at=AT)
    assert post() == 1
    assert "Accord is connected." in there.bodies[0].decode()


class TestTeams:
    def test_a_team_hears_each_event_of_its_kinds_once(self, sam, there):
        tom, event = somebody("tom"), uuid.uuid4()
        team_chat(tom, there.url)
        told = [telling(each, event, kind="clock.missed") for each in (sam, tom)]
        tell(tellings=[*told, telling(sam, kind="handoff.reassigned")], at=AT)
        assert len(of_channel("chat")) == 1
        assert post() == 1

    def test_it_hears_nothing_that_is_said_to_one_person(self, sam):
        chat = NewChat("#sales", "slack", "https://hooks.slack.com/x", "sales", ["note.mentioned"])
        with pytest.raises(Invalid, match="cannot hear"):
            connect_chat(chat=chat, user=None, by=sam.id, at=AT)

    def test_it_is_disconnected_by_those_whose_it_is(self, sam, there):
        id = team_chat(sam, there.url)
        with pytest.raises(Missing):
            disconnect_chat(id=id, user=sam.id)
        with pytest.raises(Missing):
            disconnect_chat(id=id, user=None, sides=["marketing"])
        disconnect_chat(id=id, user=None, sides=["sales"])
        assert not Chat.objects.exists()


class TestSealing:
    def test_a_key_from_before_still_opens(self, settings):
        sealed = sealing.seal("https://hooks.slack.com/x")
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
        assert sealing.unseal(sealed) == "https://hooks.slack.com/x"
        settings.SECRET_KEY_FALLBACKS = []
        assert sealing.unseal(sealed) is None

    def test_without_its_key_a_chat_is_said_to_be_connected_anew(self, sam, there, settings):
        own_chat(sam, there.url)
        tell(tellings=[telling(sam)], at=AT)
        settings.SECRET_KEY = "another"
        post()
        (row,) = of_channel("chat")
        assert (row.state, there.bodies) == ("dead", [])
        assert "connect it anew" in row.trouble


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("30", timedelta(seconds=30)),
        ("Mon, 02 Nov 2026 09:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 02 Nov 2026 08:00:00 GMT", timedelta()),
        ("999999999", timedelta(days=1)),
        ("soon", None),
        ("", None),
    ],
)
def test_what_retry_after_asks_for(said, rest):
    assert asked_rest(said, AT) == rest


@pytest.mark.django_db(transaction=True)
class TestSenders:
    def test_two_at_once_send_each_message_once(self, there, settings):
        for n in range(12):
            user = somebody(f"rep{n}")
            own_chat(user, there.url)
            tell(tellings=[telling(user)], at=AT)
        counts, begin = [], threading.Barrier(3)

        def work():
            begin.wait()
            while sent := post(limit=3):
                counts.append(sent)
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(3)]
        [worker.start() for worker in workers]
        [worker.join() for worker in workers]
        assert (sum(counts), len(there.bodies)) == (12, 12)
        assert len({each["idempotency-key"] for each in there.headers}) == 12

    def test_a_killed_one_is_followed_by_another_with_the_same_key(self, there):
        sam = somebody()
        own_chat(sam, there.url)
        tell(tellings=[telling(sam), telling(sam)], at=AT)
        there.answers = ["hang"]
        connection.close()
        child = os.fork()
        if child == 0:
            post()
            os._exit(0)
        for _ in range(500):
            if there.bodies:
                break
            time.sleep(0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert post() == 0  # the lease of the killed one still holds
        assert post(at=AT + LEASE) == 1
        assert len(there.bodies) == 2
        assert len({each["idempotency-key"] for each in there.headers}) == 1
        assert json.loads(there.bodies[0]) == json.loads(there.bodies[1])
        assert {row.state for row in Notification.objects.filter(channel="chat")} == {"sent"}
