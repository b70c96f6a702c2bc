"""What the heads have signed is what Accord does: the document alone changes behaviour."""

from datetime import timedelta

import pytest
import yaml

from accord.agreement import actions, queries
from accord.base.lifecycle import Stage
from accord.flows.pass_back import Said, pass_back
from accord.flows.recheck import re_evaluate, recheck
from accord.handoffs.models import Clock, ClockKind, Handoff, Trigger
from accord.leads.models import Lead
from accord.qualification.models import Outcome, Verdict
from tests.handoffs.office import (
    AT,
    HOUR,
    Office,
    change_agreement,
    demo,
    hand_raise,
    open_office,
    send,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def visitor(name: str = "kim") -> dict[str, object]:
    """Somebody of the right kind who came to an event and has said nothing of a need."""
    return {
        "email": f"{name}@acme.example",
        "company": "Acme",
        "employees": 120,
        "event": "event.attended",
        "event_name": "Leak detection webinar",
    }


def due_of(handoff: Handoff):
    return Clock.objects.get(handoff_id=handoff.id, kind=ClockKind.FIRST_ATTEMPT).due_at


def outcome(lead: Lead, definition: str) -> str:
    return Verdict.objects.get(lead_id=lead.id, definition=definition).outcome


def sign_document(office: Office, document: dict) -> None:
    """Propose and sign a document."""
    number = actions.propose(document=yaml.safe_dump(document), by=None, at=AT, reason="A test")
    actions.sign(number=number, seat="sales", by=office.head.id, at=AT)
    actions.sign(number=number, seat="marketing", by=office.max.id, at=AT)


class TestTheFirstAttemptsLimit:
    def test_is_the_documents(self):
        office = open_office()
        assert due_of(hand_raise("dana")) == AT + HOUR
        change_agreement(
            office, ("hand_raise: {working_hours: 1}", "hand_raise: {working_minutes: 5}")
        )
        assert due_of(hand_raise("lee")) == AT + timedelta(minutes=5)

    def test_of_an_open_handoff_stays_what_it_was_offered_under(self):
        office = open_office()
        handoff = hand_raise("dana")
        change_agreement(
            office, ("hand_raise: {working_hours: 1}", "hand_raise: {working_minutes: 5}")
        )
        assert due_of(handoff) == AT + HOUR
        assert handoff.agreement_version == 1


class TestAMust:
    def test_made_a_should_lets_leads_through(self):
        office = open_office()
        (before,) = send(visitor("kim"))
        assert (before.stage, Handoff.objects.count()) == (Stage.MQL, 0)
        document = yaml.safe_load(actions.default_document())
        need = document["definitions"]["sales_ready"]["must"]["all"].pop()
        document["definitions"]["sales_ready"]["should"].extend(need["any"])
        sign_document(office, document)
        (after,) = send(visitor("lee"))
        assert Handoff.objects.get().lead_id == after.id
        assert Handoff.objects.get().trigger == Trigger.READY

    def test_that_changes_is_judged_anew_for_all_leads_and_hands_over_no_flood(self):
        office = open_office()
        (kim,) = send(visitor())
        assert outcome(kim, "mql") == Outcome.MET
        change_agreement(office, ("at_least: 20", "at_least: 500"))
        re_evaluate(at=AT + HOUR)
        assert outcome(kim, "mql") == Outcome.NOT_MET
        assert not Handoff.objects.exists()

    def test_that_is_loosened_moves_leads_on_and_hands_over_no_flood(self):
        office = open_office()
        (small,) = send({**visitor(), "employees": 12, "need": "a sensor"})
        assert small.stage == Stage.INQUIRY
        change_agreement(office, ("at_least: 20", "at_least: 10"))
        re_evaluate(at=AT + HOUR)
        assert Lead.objects.get(id=small.id).stage == Stage.MQL
        assert not Handoff.objects.exists()


class TestAReason:
    @pytest.mark.parametrize(
        ("changed", "stage"), [(False, Stage.RECYCLED), (True, Stage.DISQUALIFIED)]
    )
    def test_sends_the_lead_where_the_document_says(self, changed, stage):
        office = open_office()
        if changed:
            document = yaml.safe_load(actions.default_document())
            reason = document["pass_back"]["reasons"]["no_need"]
            reason["destination"] = "disqualify"
            del reason["re_enter_after"]
            sign_document(office, document)
        handoff = hand_raise()
        pass_back(handoffs=[handoff.id], said=Said("no_need"), by=handoff.owner_id, at=AT + HOUR)
        assert Lead.objects.get(id=handoff.lead_id).stage == stage


class TestAHandRaise:
    def test_is_what_the_document_calls_one(self):
        office = open_office()
        change_agreement(office, ("asks_for: [contact, demo, price, order]", "asks_for: [order]"))
        (dana,) = send(demo("dana", asks_for="price", need=None))
        (lee,) = send(demo("lee", asks_for="order", need=None))
        assert [each.lead_id for each in Handoff.objects.all()] == [lee.id]
        assert outcome(dana, "mql") != Outcome.MET


class TestTime:
    def test_alone_ends_what_was_met_within_so_many_days(self):
        open_office()
        (kim,) = send(visitor())
        assert recheck(at=AT + 89 * DAY) == 0
        assert recheck(at=AT + 91 * DAY) >= 1
        assert outcome(kim, "mql") != Outcome.MET
        assert recheck(at=AT + 91 * DAY) == 0

    def test_alone_does_not_take_back_a_stage(self):
        open_office()
        (kim,) = send(visitor())
        recheck(at=AT + 91 * DAY)
        assert Lead.objects.get(id=kim.id).stage == Stage.MQL
        assert queries.running().number == 1
