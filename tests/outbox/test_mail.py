"""Mails go out over a real mail server: at least once, recognisable, retried, given up."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from accord.outbox import actions, queries
from accord.outbox.actions import Telling, send_due, tell
from accord.outbox.mail import message_id
from accord.outbox.models import Channel, DeliveryState, Notification
from accord.outbox.rules import LEASE, MOST_ATTEMPTS, rest_after
from accord.teams.actions import Newcomer, add_user
from tests.outbox.servers import mail_server

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with mail_server(settings) as running:
        yield running


@pytest.fixture
def sam():
    return add_user(newcomer=Newcomer("sam@halden.example", "Sam Okafor", ["rep"]), at=AT)


def telling(user, event=None, **said) -> Telling:
    """Something that Sam is told."""
    given = {"kind": "handoff.offered", "subject": "Dana Ruiz asks for a demo", **said}
    return Telling(event_id=event or uuid.uuid4(), user_id=user.id, **given)


def the_mail() -> Notification:
    return Notification.objects.get(channel=Channel.EMAIL)


class TestTelling:
    def test_tells_in_accord_and_by_mail(self, sam):
        assert tell(tellings=[telling(sam)], at=AT) == 1
        (told,) = queries.unseen(sam)
        assert (told.subject, told.sent_at) == ("Dana Ruiz asks for a demo", AT)
        assert the_mail().state == DeliveryState.DUE

    def test_the_same_event_is_told_once(self, sam):
        event = uuid.uuid4()
        tell(tellings=[telling(sam, event)], at=AT)
        assert tell(tellings=[telling(sam, event, subject="Again")], at=AT) == 0
        assert Notification.objects.count() == 2

    def test_a_set_takes_two_statements_and_a_job(self, sam, django_assert_num_queries):
        with django_assert_num_queries(3):
            tell(tellings=[telling(sam) for _ in range(50)], at=AT)

    def test_what_was_seen_is_no_longer_new(self, sam):
        tell(tellings=[telling(sam), telling(sam)], at=AT)
        first, _ = queries.unseen(sam)
        assert actions.mark_seen(user=sam.id, ids=[first.id], at=AT) == 1
        assert queries.unseen_count(sam) == 1
        assert actions.mark_seen(user=sam.id, at=AT) == 1
        assert len(queries.told(sam)) == 2


class TestSending:
    def test_the_mail_says_what_happened_and_where(self, sam, server):
        tell(tellings=[telling(sam, text="Call her today.", link="/handoffs/")], at=AT)
        assert send_due(at=AT) == 1
        (mail,) = server.mails
        assert (mail["To"], mail["Subject"]) == ("sam@halden.example", "Dana Ruiz asks for a demo")
        body = mail.get_payload(decode=True).decode()
        assert "Call her today." in body
        assert "http://testserver/handoffs/" in body

    def test_the_message_id_belongs_to_the_notification(self, sam, server):
        tell(tellings=[telling(sam)], at=AT)
        send_due(at=AT)
        assert server.mails[0]["Message-ID"] == message_id(the_mail().id)

    def test_what_is_sent_is_not_sent_again(self, sam, server):
        tell(tellings=[telling(sam)], at=AT)
        send_due(at=AT)
        assert send_due(at=AT + timedelta(days=1)) == 0
        assert (len(server.mails), the_mail().state) == (1, DeliveryState.SENT)

    def test_a_line_break_in_a_name_does_not_forge_a_header(self, sam, server):
        tell(tellings=[telling(sam, subject="Dana\r\nBcc: all@halden.example")], at=AT)
        send_due(at=AT)
        assert server.mails[0]["Bcc"] is None
        assert "Bcc: all" in server.mails[0]["Subject"]

    def test_a_mail_that_another_sender_has_in_hand_is_left_alone(self, sam, server):
        tell(tellings=[telling(sam)], at=AT)
        Notification.objects.filter(channel=Channel.EMAIL).update(lease_until=AT + LEASE)
        assert send_due(at=AT) == 0
        assert send_due(at=AT + LEASE) == 1


class TestTrouble:
    def test_a_mail_that_the_server_refuses_is_sent_later(self, sam, server):
        server.refuse = ["451 Try again later"]
        tell(tellings=[telling(sam)], at=AT)
        assert send_due(at=AT) == 0
        assert "451" in the_mail().trouble
        assert send_due(at=AT) == 0
        assert send_due(at=AT + rest_after(1)) == 1
        assert (len(server.mails), the_mail().attempts) == (1, 2)

    def test_one_refused_mail_does_not_hold_up_the_others(self, sam, server):
        server.refuse = ["554 No"]
        tell(tellings=[telling(sam), telling(sam), telling(sam)], at=AT)
        assert send_due(at=AT) == 2

    def test_a_server_that_is_away_is_tried_until_it_is_back(self, sam, settings):
        tell(tellings=[telling(sam)], at=AT)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        assert send_due(at=AT) == 0
        with mail_server(settings) as server:
            assert send_due(at=AT + timedelta(minutes=1)) == 1
            assert len(server.mails) == 1

    def test_a_mail_is_given_up_in_the_end(self, sam, server):
        tell(tellings=[telling(sam)], at=AT)
        server.refuse = ["451 No"] * MOST_ATTEMPTS
        for number in range(MOST_ATTEMPTS):
            assert the_mail().state == DeliveryState.DUE
            send_due(at=AT + timedelta(hours=4 * number))
        assert the_mail().state == DeliveryState.DEAD
        assert send_due(at=AT + timedelta(days=9)) == 0

    def test_an_address_that_is_none_is_given_up_at_once_and_holds_up_nobody(self, sam, server):
        server.nobody = {sam.email: "550 5.1.1 No such user"}
        other = add_user(newcomer=Newcomer("mo@halden.example", "Mo", ["rep"]), at=AT)
        tell(tellings=[telling(sam), telling(other)], at=AT)
        assert send_due(at=AT) == 1
        refused = Notification.objects.get(channel=Channel.EMAIL, user_id=sam.id)
        assert (refused.state, refused.attempts) == (DeliveryState.DEAD, 1)
        assert refused.trouble == "SMTPRecipientsRefused: 550"

    def test_a_mailbox_that_is_busy_is_tried_again(self, sam, server):
        server.nobody = {sam.email: "450 4.2.1 Greylisted"}
        tell(tellings=[telling(sam)], at=AT)
        assert send_due(at=AT) == 0
        assert the_mail().state == DeliveryState.DUE
        server.nobody = {}
        assert send_due(at=AT + rest_after(1)) == 1

    def test_a_fault_in_how_we_send_is_no_reason_to_give_up(self, sam, server):
        server.refuse = ["554 5.7.1 Sign in first"]
        tell(tellings=[telling(sam)], at=AT)
        send_due(at=AT)
        assert the_mail().state == DeliveryState.DUE

    def test_a_day_without_a_mail_server_loses_nothing(self, sam, settings):
        tell(tellings=[telling(sam)], at=AT)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        is_back = AT + timedelta(days=1)
        while the_mail().send_after < is_back:
            send_due(at=the_mail().send_after)
        with mail_server(settings):
            assert send_due(at=is_back + timedelta(hours=4)) == 1

    def test_somebody_who_has_left_gets_no_mail(self, sam, server):
        sam.is_active = False
        sam.save()
        tell(tellings=[telling(sam)], at=AT)
        send_due(at=AT)
        assert (server.mails, the_mail().state) == ([], DeliveryState.DEAD)


def test_the_rests_between_attempts_grow_to_four_hours_and_span_more_than_a_day():
    rests = [rest_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]
    assert rests[:3] == [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8)]
    assert rests == sorted(rests)
    assert max(rests) == timedelta(hours=4)
    assert timedelta(hours=26) < sum(rests, timedelta()) < timedelta(hours=27)
    assert rest_after(MOST_ATTEMPTS) is None


def test_what_tells_of_the_past_is_seen_and_not_sent(sam, server):
    tell(tellings=[telling(sam)], at=AT)
    tell(tellings=[telling(sam)], at=AT + timedelta(days=2))
    actions.settle_past(before=AT + timedelta(days=1), at=AT + timedelta(days=2))
    assert send_due(at=AT + timedelta(days=3)) == 1
    assert (queries.unseen_count(sam), len(server.mails)) == (1, 1)
