"""How people want to be told: kind by kind, quiet hours, and browsers."""

import base64
import json
import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from accord.base.errors import Invalid, Missing
from accord.flows.send_out import quiet_until, send_mail, send_posts
from accord.outbox import kinds
from accord.outbox.actions import (
    Listening,
    add_browser,
    push_key,
    remove_browser,
    send_due,
    set_listener,
    set_wishes,
    tell,
)
from accord.outbox.actions.sending import POSTS
from accord.outbox.mail import message_id
from accord.outbox.models import Browser, PushKey, Wish
from accord.outbox.rules import end_of_quiet
from tests.handoffs.office import HOUR, open_office
from tests.outbox.people import AT, of_channel, own_chat, somebody, telling
from tests.outbox.receivers import LOOPBACK, receiver
from tests.outbox.servers import mail_server

pytestmark = pytest.mark.django_db
EVENING = AT + timedelta(hours=10)  # 20:00 in Berlin
MORNING = AT + timedelta(hours=23)  # 9:00 the next day


@pytest.fixture
def server(settings):
    with mail_server(settings) as running:
        yield running


@pytest.fixture
def mira():
    return open_office().mira


class TestWishes:
    def test_without_any_mail_goes_at_once_and_small_things_wait_for_the_digest(self):
        sam = somebody()
        tell(tellings=[telling(sam), telling(sam, kind="handoff.withdrawn")], at=AT)
        assert [row.state for row in of_channel("email")] == ["due", "kept"]
        assert len(of_channel("app")) == 2

    def test_what_is_off_is_still_told_in_accord(self):
        sam = somebody()
        every = {(kind, "email"): "off" for kind in kinds.registered()}
        set_wishes(user=sam.id, wishes=every)
        tell(tellings=[telling(sam, kind=kind) for kind in kinds.registered()], at=AT)
        assert of_channel("email") == []
        assert len(of_channel("app")) == len(kinds.registered())

    def test_accord_itself_cannot_be_off(self):
        with pytest.raises(Invalid):
            set_wishes(user=somebody().id, wishes={("handoff.offered", "app"): "off"})

    @pytest.mark.parametrize(
        "wish",
        [
            {("handoff.sung", "email"): "off"},
            {("handoff.offered", "pigeon"): "off"},
            {("handoff.offered", "push"): "digest"},
            {("handoff.offered", "email"): "never"},
        ],
    )
    def test_there_is_no_such_choice(self, wish):
        with pytest.raises(Invalid):
            set_wishes(user=somebody().id, wishes=wish)

    def test_what_is_as_by_default_is_not_kept(self):
        sam = somebody()
        set_wishes(user=sam.id, wishes={("handoff.offered", "email"): "digest"})
        set_wishes(user=sam.id, wishes={("handoff.offered", "email"): "at_once"})
        assert not Wish.objects.exists()

    def test_who_wants_no_digest_gets_nothing_kept_for_it(self):
        sam = somebody()
        set_listener(user=sam.id, listening=Listening(gets_digest=False))
        tell(tellings=[telling(sam, kind="handoff.withdrawn")], at=AT)
        assert of_channel("email") == []

    def test_chats_and_browsers_ring_for_what_cannot_wait(self):
        sam = somebody()
        own_chat(sam, "https://hooks.slack.com/services/x")
        tell(tellings=[telling(sam), telling(sam, kind="handoff.reassigned")], at=AT)
        assert [row.kind for row in of_channel("chat")] == ["handoff.offered"]
        assert of_channel("push") == []

    def test_telling_many_people_many_things_takes_two_statements_and_the_jobs(
        self, django_assert_num_queries
    ):
        people = [somebody(f"rep{n}") for n in range(20)]
        for each in people:
            own_chat(each, "https://hooks.slack.com/services/x")
        many = [telling(each) for each in people for _ in range(10)]
        with django_assert_num_queries(4):
            tell(tellings=many, at=AT)


class TestQuiet:
    def test_what_comes_in_the_evening_goes_out_in_the_morning_in_one_mail(self, mira, server):
        tell(tellings=[telling(mira, subject=f"Lead {n}") for n in range(3)], at=EVENING)
        assert send_mail(at=EVENING) == 0
        tell(tellings=[telling(mira, subject="Lead 3")], at=EVENING + HOUR)
        assert send_mail(at=EVENING + HOUR) == 0
        assert send_mail(at=MORNING - timedelta(seconds=1)) == 0
        assert send_mail(at=MORNING) == 1
        (mail,) = server.mails
        assert mail["Subject"] == "4 things for you in Accord"
        body = mail.get_payload(decode=True).decode()
        assert all(f"Lead {n}" in body for n in range(4))
        (bundle,) = {row.bundle_id for row in of_channel("email")}
        assert mail["Message-ID"] == message_id(bundle)

    def test_a_bundle_is_not_parted_by_the_limit_and_is_the_same_when_repeated(self, mira, server):
        tell(tellings=[telling(mira) for _ in range(30)], at=EVENING)
        send_mail(at=EVENING)
        server.refuse = ["451 later"]
        assert send_mail(at=MORNING) == 0
        assert send_due(at=MORNING + timedelta(minutes=1), limit=5) == 1
        assert len(server.mails) == 1
        assert {row.state for row in of_channel("email")} == {"sent"}

    def test_a_hand_raise_comes_through_unless_the_person_says_otherwise(self, mira, server):
        tell(tellings=[telling(mira, is_urgent=True)], at=EVENING)
        assert send_mail(at=EVENING) == 1
        set_listener(user=mira.id, listening=Listening(lets_urgent=False))
        tell(tellings=[telling(mira, is_urgent=True)], at=EVENING)
        assert send_mail(at=EVENING) == 0
        assert send_mail(at=MORNING) == 1

    def test_within_working_hours_and_for_who_is_never_quiet_it_goes_at_once(self, mira, server):
        tell(tellings=[telling(mira)], at=AT)
        assert send_mail(at=AT) == 1
        set_listener(user=mira.id, listening=Listening(quiet="never"))
        tell(tellings=[telling(mira)], at=EVENING)
        assert send_mail(at=EVENING) == 1

    def test_a_weekend_is_quiet_until_monday(self, mira):
        saturday = AT + timedelta(days=5)
        assert quiet_until([mira.id], at=saturday) == {
            mira.id: (AT + timedelta(days=6, hours=23), False)
        }

    def test_own_quiet_hours(self, mira):
        listening = Listening("own", time(12), time(13, 30), lets_urgent=False)
        set_listener(user=mira.id, listening=listening)
        noon = AT + timedelta(hours=2)
        assert quiet_until([mira.id], at=noon) == {mira.id: (noon + timedelta(minutes=90), True)}
        assert quiet_until([mira.id], at=EVENING) == {}

    def test_quiet_hours_need_their_times(self, mira):
        for begins, ends in ((None, time(8)), (time(18), None), (time(8), time(8))):
            with pytest.raises(Invalid):
                set_listener(user=mira.id, listening=Listening("own", begins, ends))

    def test_a_teams_chat_is_never_quiet(self, mira):
        assert quiet_until([uuid.uuid4()], at=EVENING) == {}

    def test_before_set_up_it_is_quiet_for_nobody(self, server):
        sam = somebody("sam")
        tell(tellings=[telling(sam)], at=EVENING)
        assert quiet_until([sam.id], at=EVENING) == {}
        assert send_mail(at=EVENING) == 1

    def test_holding_is_a_fixed_number_of_statements(self, django_assert_max_num_queries):
        open_office()
        people = [somebody(f"rep{n}") for n in range(12)]
        tell(tellings=[telling(each) for each in people for _ in range(3)], at=EVENING)
        with django_assert_max_num_queries(10):
            assert send_mail(at=EVENING) == 0


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-03-28T23:00", "2026-03-29T06:00"),  # the night in which the clock is put forward
        ("2026-03-29T05:59", "2026-03-29T06:00"),
        ("2026-03-29T06:00", None),
        ("2026-10-24T22:00", "2026-10-25T07:00"),
    ],
)
def test_quiet_hours_over_midnight_are_of_the_wall_clock(now, ends):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    until = datetime.fromisoformat(ends).replace(tzinfo=UTC) if ends else None
    assert end_of_quiet(time(20), time(8), "Europe/Berlin", at) == until


class FakeBrowser:
    """Subscribes and opens what is pushed to it, as RFC 8291 has it."""

    def __init__(self, endpoint):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"0123456789abcdef"
        public = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.public = public
        keys = {"p256dh": plain(public), "auth": plain(self.secret)}
        self.said = json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": keys})

    def open(self, body):
        salt, size, sender = body[:16], int.from_bytes(body[16:20]), body[21 : 21 + body[20]]
        assert size <= 4096
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), theirs)
        first = derived(shared, self.secret, b"WebPush: info\0" + self.public + sender, 32)
        key = derived(first, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(first, salt, b"Content-Encoding: nonce\0", 12)
        opened = AESGCM(key).decrypt(nonce, body[21 + body[20] :], None)
        return json.loads(opened.rstrip(b"\0")[:-1])


def derived(secret, salt, info, length):
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def plain(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class TestBrowsers:
    @pytest.fixture(autouse=True)
    def _loopback(self, settings):
        settings.EGRESS = LOOPBACK

    @pytest.fixture
    def there(self):
        with receiver() as running:
            yield running

    @pytest.fixture
    def browser(self, there, mira):
        push_key(at=AT)
        made = FakeBrowser(there.url)
        add_browser(user=mira.id, said=made.said, name="Firefox on Linux", at=AT)
        return made

    def test_a_push_can_be_opened_by_that_browser_and_says_one_sentence(self, browser, mira, there):
        tell(tellings=[telling(mira, text="Their own words", link="/handoffs/")], at=AT)
        assert send_posts(at=AT) == 1
        opened = browser.open(there.bodies[0])
        (row,) = of_channel("push")
        assert opened == {
            "id": str(row.id),
            "text": "Dana Ruiz asks for a demo",
            "link": "/handoffs/",
        }
        assert there.headers[0]["authorization"].startswith("vapid t=")
        assert there.headers[0]["authorization"].endswith(f"k={push_key(at=AT)}")
        assert there.headers[0]["topic"] == row.id.hex

    def test_it_says_nothing_of_the_lead_where_the_person_wants_that(self, browser, mira, there):
        set_listener(user=mira.id, listening=Listening(push_says=False))
        tell(tellings=[telling(mira)], at=AT)
        send_posts(at=AT)
        assert browser.open(there.bodies[0])["text"] == "Something new for you."

    def test_long_sentences_are_cut(self, browser, mira, there):
        tell(tellings=[telling(mira, subject="Dana " * 60)], at=AT)
        send_posts(at=AT)
        assert len(browser.open(there.bodies[0])["text"]) == 120

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_browser_that_is_gone_is_forgotten(self, browser, mira, there, status):
        there.answers = [(status, {})]
        tell(tellings=[telling(mira)], at=AT)
        assert send_posts(at=AT) == 0
        assert not Browser.objects.exists()
        assert of_channel("push")[0].state == "dead"
        tell(tellings=[telling(mira)], at=AT)
        assert len(of_channel("push")) == 1

    def test_one_of_two_browsers_that_has_it_is_enough(self, browser, mira, there):
        with receiver() as second:
            other = FakeBrowser(second.url)
            add_browser(user=mira.id, said=other.said, name="Chrome", at=AT)
            there.answers = [(500, {})]
            tell(tellings=[telling(mira)], at=AT)
            assert send_posts(at=AT) == 1
            assert len(second.bodies) == 1

    def test_the_evening_is_quiet_and_the_morning_has_one_push(self, browser, mira, there):
        tell(tellings=[telling(mira), telling(mira)], at=EVENING)
        assert send_posts(at=EVENING) == 0
        assert send_posts(at=MORNING) == 1
        assert browser.open(there.bodies[0])["text"] == "2 things for you in Accord"

    def test_the_key_is_made_once_and_its_private_half_is_sealed(self):
        first = push_key(at=AT)
        assert push_key(at=AT + HOUR) == first
        assert "PRIVATE" not in PushKey.objects.get().sealed_private

    def test_subscribing_again_changes_nothing_and_another_person_takes_it_over(
        self, browser, there
    ):
        tom = somebody("other")
        add_browser(user=tom.id, said=browser.said, name="Firefox", at=AT)
        assert Browser.objects.get().user_id == tom.id
        assert there.url not in Browser.objects.get().sealed

    def test_what_is_no_subscription_is_refused(self, mira, settings):
        for said in ("", "{}", '{"endpoint": "x", "keys": {}}'):
            with pytest.raises(Invalid):
                add_browser(user=mira.id, said=said, name="", at=AT)
        settings.EGRESS = []
        made = FakeBrowser("https://push.example:8443/x")
        with pytest.raises(Invalid):
            add_browser(user=mira.id, said=made.said, name="", at=AT)
        no_key = made.said.replace(plain(made.public), plain(b"no point of the curve"))
        with pytest.raises(Invalid):
            add_browser(user=mira.id, said=no_key.replace(":8443", ""), name="", at=AT)

    def test_one_can_be_taken_off_by_its_person_alone(self, browser, mira):
        kept = Browser.objects.get()
        with pytest.raises(Missing):
            remove_browser(user=somebody("other").id, id=kept.id)
        remove_browser(user=mira.id, id=kept.id)
        assert not Browser.objects.exists()
        assert POSTS == ("push", "chat")
