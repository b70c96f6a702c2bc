"""What comes in walks the way: kept, identified, recorded, judged, moved on, handed over."""

import threading
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accord.base.errors import Conflict
from accord.base.lifecycle import Side, Stage
from accord.flows import begin
from accord.flows.receive import Incoming, receive
from accord.flows.take_in import take_in_waiting
from accord.handoffs.models import Handoff, Trigger
from accord.leads.models import Activity, Door, Fate, Lead, StageEntry, Submission
from accord.outbox.models import Notification
from accord.qualification.models import Outcome, Verdict
from accord.teams.actions import Newcomer
from tests.leads.people import add_leads

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def set_up(at: datetime = AT - timedelta(days=400)):
    company = begin.Company(name="Halden", currency="EUR", time_zone="Europe/Berlin", week=WEEK)
    first = Newcomer(
        email="sofia@halden.example",
        name="Sofia",
        roles=["admin", "head_of_sales"],
        password="long-enough-for-all",
    )
    return begin.begin(company=company, first=first, at=at)


def send(*bodies: dict, at: datetime = AT, nonce: str | None = None) -> list[Submission]:
    receipts = receive(
        submissions=[Incoming(body=body, nonce=nonce) for body in bodies],
        door=Door.FORM,
        by=None,
        at=at,
    )
    take_in_waiting(at=at)
    return list(Submission.objects.filter(id__in=[r.id for r in receipts]).order_by("id"))


DEMO = {"email": "dana@acme.example", "name": "Dana Ruiz", "asks_for": "demo", "need": "a pump"}


@pytest.mark.django_db
class TestAHandRaise:
    def test_becomes_a_lead_that_is_handed_over_at_once(self):
        set_up()
        (submission,) = send(DEMO)
        lead = Lead.objects.get(id=submission.lead_id)
        handoff = Handoff.objects.get(lead_id=lead.id)
        assert submission.fate == Fate.CREATED
        assert lead.stage == Stage.MQL
        assert handoff.trigger == Trigger.HAND_RAISE
        assert handoff.owner is not None

    def test_leaves_each_stage_entry_with_cause_and_version(self):
        set_up()
        (submission,) = send(DEMO)
        entries = StageEntry.objects.filter(lead_id=submission.lead_id).order_by(
            "entered_at", "stage"
        )
        assert [(e.stage, e.cause, e.agreement_version) for e in entries] == [
            ("inquiry", "submission", None),
            ("mql", "evaluation", 1),
        ]

    def test_tells_its_story(self):
        set_up()
        (submission,) = send(DEMO)
        kinds = set(
            Activity.objects.filter(lead_id=submission.lead_id).values_list("kind", flat=True)
        )
        assert {"form.submitted", "stage.entered", "handoff.offered"} <= kinds


@pytest.mark.django_db
class TestWhatIsNotReady:
    def test_waits_with_marketing_and_says_what_is_missing(self):
        set_up()
        (submission,) = send({"email": "eva@acme.example", "asks_for": "content"})
        verdict = Verdict.objects.get(lead_id=submission.lead_id, definition="mql")
        lead = Lead.objects.get(id=submission.lead_id)
        assert (lead.stage, lead.holder) == (Stage.INQUIRY, Side.MARKETING)
        assert verdict.outcome == Outcome.CANNOT_TELL
        assert "employees" in verdict.missing
        assert not Handoff.objects.exists()

    def test_is_refused_with_its_field_when_it_cannot_be_read(self):
        set_up()
        (submission,) = send({"email": "not an address"})
        assert (submission.fate, submission.field) == (Fate.REFUSED, "email")
        assert not Lead.objects.exists()


@pytest.mark.django_db
class TestTheSameSubmissionSentAgain:
    def test_is_the_same_submission(self):
        set_up()
        first = send(DEMO, nonce="n1")
        again = send(DEMO, nonce="n1")
        assert first[0].id == again[0].id
        assert Activity.objects.filter(kind="form.submitted").count() == 1

    def test_with_another_body_is_a_conflict_and_keeps_nothing(self):
        set_up()
        send(DEMO, nonce="n1")
        with pytest.raises(Conflict):
            send({**DEMO, "name": "Eve"}, nonce="n1")
        assert Submission.objects.count() == 1


@pytest.mark.django_db
def test_only_verdicts_that_change_are_written():
    set_up()
    (submission,) = send(DEMO)
    before = set(Verdict.objects.values_list("definition", "evaluated_at"))
    from accord.flows.evaluate import evaluate

    assert evaluate(leads=[submission.lead_id], at=AT + timedelta(minutes=1)) == 0
    assert set(Verdict.objects.values_list("definition", "evaluated_at")) == before


@pytest.mark.django_db
def test_a_failure_on_the_way_leaves_all_waiting(monkeypatch):
    set_up()
    receive(submissions=[Incoming(body=DEMO)], door=Door.FORM, by=None, at=AT)

    def fail(**_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("accord.flows.take_in.hand_off", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        take_in_waiting(at=AT)
    assert Submission.objects.get().fate == Fate.WAITING
    assert not Lead.objects.exists()
    assert not Activity.objects.exists()


@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_the_set():
    set_up()
    counts = []
    for size in (3, 40):
        bodies = [{**DEMO, "email": f"p{n}@acme{size}-{n}.example"} for n in range(size)]
        receive(submissions=[Incoming(body=b) for b in bodies], door=Door.FORM, by=None, at=AT)
        with CaptureQueriesContext(connection) as captured:
            assert take_in_waiting(at=AT) == size
        counts.append(len(captured))
    assert counts[1] <= counts[0]


@pytest.mark.django_db
class TestWhatCameBySeveralDoors:
    @staticmethod
    def arrives(*names: str, door: Door, by: uuid.UUID | None) -> None:
        bodies = [{**DEMO, "email": f"{name}@acme.example"} for name in names]
        receive(submissions=[Incoming(body=b) for b in bodies], door=door, by=by, at=AT)

    def test_is_handed_over_together(self):
        head = set_up()
        self.arrives("anna", "ben", door=Door.FORM, by=None)
        self.arrives("cleo", door=Door.API, by=head.id)
        with CaptureQueriesContext(connection) as captured:
            assert take_in_waiting(at=AT) == 3
        offers = [each for each in captured if "INSERT INTO handoffs_handoff" in each["sql"]]
        assert len(offers) == 1
        assert Handoff.objects.count() == 3
        brought = Activity.objects.filter(kind="form.submitted").values_list("by_id", flat=True)
        assert Counter(brought) == {None: 2, head.id: 1}

    def test_and_is_one_person_is_one_lead_handed_over_once(self):
        head = set_up()
        self.arrives("dana", door=Door.FORM, by=None)
        self.arrives("dana", door=Door.API, by=head.id)
        take_in_waiting(at=AT)
        assert Handoff.objects.get().lead_id == Lead.objects.get().id
        fates = set(Submission.objects.values_list("fate", flat=True))
        assert fates == {Fate.CREATED, Fate.MERGED}


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_in_each_submission_once():
    set_up()
    bodies = [{**DEMO, "email": f"p{n}@acme.example"} for n in range(30)]
    receive(submissions=[Incoming(body=body) for body in bodies], door=Door.FORM, by=None, at=AT)
    failures: list[Exception] = []

    def work() -> None:
        try:
            while take_in_waiting(at=AT, limit=7):
                pass
        except Exception as error:  # noqa: BLE001 - told to the main thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Lead.objects.count() == Handoff.objects.count() == 30
    assert Activity.objects.filter(kind="form.submitted").count() == 30


@pytest.mark.django_db
class TestWhoeverOwnsALead:
    def test_is_told_when_it_writes_again_and_only_once(self):
        set_up()
        (first,) = send(DEMO)
        owner = Lead.objects.get(id=first.lead_id).owner_id
        later = AT + timedelta(hours=1)
        again = {"email": DEMO["email"], "message": "And how much are forty?"}
        send(again, at=later, nonce="one")
        send(again, at=later, nonce="one")
        told = Notification.objects.filter(kind="lead.wrote", channel="app")
        assert [(each.user_id, each.subject, each.text) for each in told] == [
            (owner, "Dana Ruiz wrote again", "And how much are forty?")
        ]

    def test_is_told_of_a_handoff_and_not_of_the_words_as_well(self):
        set_up()
        send(DEMO)
        assert not Notification.objects.filter(kind="lead.wrote").exists()

    def test_is_not_told_what_history_says(self):
        set_up()
        send(DEMO)
        entries = add_leads({**DEMO, "message": "Long ago"}, at=AT, door=Door.IMPORT)
        assert entries[0].fate == Fate.MERGED
        assert not Notification.objects.filter(kind="lead.wrote").exists()


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_of_one_address_are_one_lead():
    set_up()
    starting, failures = threading.Barrier(50), []

    def send_one(number: int) -> None:
        try:
            starting.wait()
            body = {"email": "dana@acme.example", "name": f"Dana {number}", "asks_for": "demo"}
            (receipt,) = receive(submissions=[Incoming(body=body)], door=Door.API, by=None, at=AT)
            take_in_waiting(at=AT, first=[receipt.id])
        except Exception as error:  # noqa: BLE001 - told by the main thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send_one, args=[n]) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    take_in_waiting(at=AT)
    assert failures == []
    lead = Lead.objects.get()
    fates = Counter(Submission.objects.values_list("fate", flat=True))
    assert fates == {Fate.CREATED: 1, Fate.MERGED: 49}
    assert Handoff.objects.filter(lead_id=lead.id, disposed_at=None).count() == 1
