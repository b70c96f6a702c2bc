"""What comes to the doors is taken in at once, by whoever is at it, with all else that came."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, connections
from psycopg.errors import DeadlockDetected

from accord.flows.receive import Door, Incoming, receive
from accord.flows.record import record
from accord.flows.submit import submit
from accord.flows.take_in import take_in_one_by_one, take_in_rested, take_in_waiting
from accord.handoffs.models import Handoff
from accord.jobs import arrivals
from accord.jobs.arrivals import Arrivals
from accord.leads.actions.intake import MANY
from accord.leads.models import Activity, Fate, Submission
from accord.outbox.models import Notification
from accord.teams.models import User
from tests.config.test_up import soon
from tests.handoffs.office import demo, open_office

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def wait_at_the_door(name: str, *, at: datetime = AT, door: Door = Door.FORM):
    (receipt,) = receive(submissions=[Incoming(body=demo(name))], door=door, by=None, at=at)
    return receipt.id


@pytest.mark.django_db(transaction=True)
def test_a_worker_hears_of_what_comes_and_takes_it_in_within_a_second():
    open_office()
    wait_at_the_door("early")  # before anybody listens

    def take_in() -> None:
        while take_in_waiting(at=datetime.now(UTC)):
            pass

    listening = Arrivals(take_in)
    listening.start()
    try:
        assert soon(lambda: Handoff.objects.count() == 1)
        began = time.perf_counter()
        wait_at_the_door("dana")
        assert soon(lambda: Handoff.objects.count() == 2)
        assert time.perf_counter() - began < 10  # the clock alone would take up to fifteen
    finally:
        listening.stop()
    assert not listening.is_alive()


@pytest.mark.django_db(transaction=True)
def test_what_nobody_was_told_of_is_taken_in_all_the_same(monkeypatch):
    open_office()
    monkeypatch.setattr(arrivals, "LOOKS_EVERY", 0.5)
    listening = Arrivals(arrivals.take_in)
    listening.start()
    try:
        assert soon(lambda: listening.is_alive())
        # As by a process that was killed while it took in: whoever was told has forgotten it.
        kept = {"door": Door.API, "received_at": AT, "fate": Fate.WAITING}
        Submission.objects.create(body=demo("dana"), **kept)
        assert soon(lambda: Handoff.objects.count() == 1)
    finally:
        listening.stop()


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_database_goes_away_listens_again():
    open_office()
    listening = Arrivals(lambda: take_in_waiting(at=datetime.now(UTC)))
    listening.start()
    listens = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    try:
        with connection.cursor() as cursor:
            assert soon(lambda: cursor.execute(listens) or cursor.fetchall())
            cursor.execute(listens)
            for (pid,) in cursor.fetchall():
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        wait_at_the_door("dana")
        assert soon(lambda: Handoff.objects.count() == 1)
    finally:
        listening.stop()


@pytest.mark.django_db
class TestWhoTakesIn:
    def test_takes_in_along_what_others_sent(self):
        open_office()
        wait_at_the_door("anna", at=AT - SECOND)
        mine = wait_at_the_door("dana", door=Door.API)
        assert take_in_waiting(at=AT, first=[mine]) == 2
        assert set(Submission.objects.values_list("fate", flat=True)) == {Fate.CREATED}

    def test_does_nothing_when_somebody_else_has_taken_it_in(self):
        open_office()
        mine = wait_at_the_door("dana")
        take_in_waiting(at=AT)
        wait_at_the_door("anna")
        assert take_in_waiting(at=AT, first=[mine]) == 0
        assert Submission.objects.get(fate=Fate.WAITING).body["email"] == "anna@acme.example"

    def test_does_not_know_of_things_before_they_came(self):
        open_office()
        mine = wait_at_the_door("dana")
        wait_at_the_door("anna", at=AT + SECOND)
        take_in_waiting(at=AT, first=[mine])
        assert not Activity.objects.filter(known_at__lt=AT + SECOND).exists()
        assert {handoff.offered_at for handoff in Handoff.objects.all()} == {AT + SECOND}


@pytest.mark.django_db
class TestWhatCannotBeTakenIn:
    """Something that Accord fails at: a fault of ours, since what cannot be read is refused."""

    @pytest.fixture
    def office(self):
        return open_office()

    @pytest.fixture(autouse=True)
    def fails_at_dana(self, monkeypatch, office):

        def fails(*, entries, **given):
            if any(entry.facts.get("email") == "dana@acme.example" for entry in entries):
                raise ZeroDivisionError
            return record(entries=entries, **given)

        monkeypatch.setattr("accord.flows.take_in.record", fails)
        wait_at_the_door("dana", at=AT - SECOND)

    def test_holds_up_nobody_else(self, caplog):
        for name in ("anna", "ben"):
            wait_at_the_door(name)
        arrivals.take_in()
        assert Handoff.objects.count() == 2
        assert Submission.objects.get(fate=Fate.WAITING).body["email"] == "dana@acme.example"
        assert "could not be taken in; it still waits" in caplog.text
        assert "dana" not in caplog.text

    def test_holds_up_no_call(self):
        (done,) = submit(submissions=[Incoming(demo("anna"))], door=Door.API, by=None, at=AT)
        assert done.fate == Fate.CREATED

    def test_rests_longer_each_time_and_no_longer_than_an_hour(self):
        rests, at = [], AT
        for _ in range(12):
            take_in_one_by_one(at=at)
            take_in_rested(at=at)
            until = Submission.objects.get().rests_until_at
            rests.append(until - at)
            assert take_in_rested(at=until - SECOND) == 0
            at = until
        assert rests[:3] == [15 * SECOND, 30 * SECOND, 60 * SECOND]
        assert rests == sorted(rests)
        assert rests[-1] == 3600 * SECOND

    def test_no_longer_fails_a_set_while_it_rests(self, caplog):
        take_in_one_by_one(at=AT)
        caplog.clear()
        wait_at_the_door("anna")
        assert take_in_waiting(at=AT + SECOND) == 1
        assert not caplog.records

    def test_is_taken_in_once_it_can_be(self, monkeypatch):
        take_in_one_by_one(at=AT)
        monkeypatch.setattr("accord.flows.take_in.record", record)
        assert take_in_rested(at=AT + 15 * SECOND) == 1
        assert Handoff.objects.count() == 1
        assert take_in_rested(at=AT + 3600 * SECOND) == 0

    def test_is_told_to_admins_once_and_not_what_it_says(self, office):
        User.objects.filter(id=office.tom.id).update(roles=["admin"])
        for at in (AT, AT + 15 * SECOND):
            take_in_one_by_one(at=at)
            take_in_rested(at=at)
        told = Notification.objects.filter(kind="submission.failed", channel="app")
        assert {each.user_id for each in told} == {office.head.id, office.tom.id}
        assert len(told) == 2
        assert str(Submission.objects.get().id) in told[0].text
        assert "dana" not in f"{told[0].subject} {told[0].text}".lower()

    def test_whoever_was_locked_out_does_not_rest(self, monkeypatch):
        def gives_way(**given):
            raise OperationalError from DeadlockDetected()

        monkeypatch.setattr("accord.flows.take_in.record", gives_way)
        assert take_in_one_by_one(at=AT) == 1
        assert Submission.objects.get().rests_until_at is None
        assert not Notification.objects.filter(kind="submission.failed").exists()

    def test_that_nothing_which_waits_is_to_blame_for_is_an_error(self, monkeypatch):
        arrivals.take_in()
        monkeypatch.setattr("accord.flows.take_in.actions.have_turn", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            arrivals.take_in()


@pytest.mark.django_db
class TestWhereMuchComesIn:
    """Whoever sends is answered; a worker takes in, and its sets are large."""

    @pytest.fixture(autouse=True)
    def crowded(self):
        open_office()
        for number in range(MANY):
            wait_at_the_door(f"early{number}")

    def test_a_caller_leaves_it_to_the_worker(self):
        (done,) = submit(submissions=[Incoming(demo("dana"))], door=Door.API, by=None, at=AT)
        assert (done.fate, done.lead_id) == (Fate.WAITING, None)
        arrivals.take_in()
        assert Handoff.objects.count() == MANY + 1

    def test_a_caller_with_many_leads_is_no_crowd(self):
        arrivals.take_in()
        many = [Incoming(demo(f"late{number}")) for number in range(MANY * 2)]
        done = submit(submissions=many, door=Door.API, by=None, at=AT)
        assert {each.fate for each in done} == {Fate.CREATED}

    def test_a_caller_who_asks_again_is_told_what_became_of_it(self):
        sent = [Incoming(demo("dana"), nonce="one and the same")]
        submit(submissions=sent, door=Door.API, by=None, at=AT)
        arrivals.take_in()
        (done,) = submit(submissions=sent, door=Door.API, by=None, at=AT)
        assert (done.fate, done.is_new) == (Fate.CREATED, False)


@pytest.mark.django_db(transaction=True)
def test_many_who_send_at_once_are_taken_in_together():
    open_office()
    batches, starting = [], threading.Barrier(8)

    def send(number: int) -> None:
        try:
            starting.wait()
            mine = wait_at_the_door(f"dana{number}")
            if taken := take_in_waiting(at=AT, first=[mine]):
                batches.append(taken)
        finally:
            connections.close_all()

    senders = [threading.Thread(target=send, args=[number]) for number in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sum(batches) == Handoff.objects.count() == 8
    assert len(batches) < 8
