"""What triggers a handoff, who gets it, and what they read."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.base.errors import Conflict, Invalid
from accord.base.lifecycle import Stage
from accord.flows import begin, hand_off
from accord.handoffs.models import Assignment, Clock, ClockKind, Handoff, Trigger
from accord.handoffs.queries import why_them
from accord.leads.actions import record_activities
from accord.leads.actions.accounts import give_accounts
from accord.leads.models import Activity, Door, Lead
from accord.leads.rules import NewActivity
from accord.outbox.models import Channel, Notification
from accord.teams.actions import add_absence
from accord.teams.models import Role
from tests.handoffs.office import (
    AT,
    HOUR,
    WEEK,
    change_agreement,
    demo,
    hand_raise,
    open_office,
    person,
    send,
)


@pytest.mark.django_db
class TestAHandRaise:
    def test_is_offered_to_a_rep_who_is_told_in_accord_and_by_mail(self):
        office = open_office()
        handoff = hand_raise()
        told = Notification.objects.filter(user_id=handoff.owner_id, kind="handoff.offered")
        assert handoff.owner_id in office.reps
        assert {each.channel for each in told} == {Channel.APP, Channel.EMAIL}
        assert Lead.objects.get(id=handoff.lead_id).owner_id == handoff.owner_id

    def test_has_a_brief_with_reason_deeds_own_words_and_questions(self):
        open_office()
        brief = hand_raise(phone="+4930123456").brief
        assert brief["reason"] == "asked for a demo"
        assert "We know their e-mail address." in [line["text"] for line in brief["why"]]
        assert brief["did"][0]["text"] == "Filled in a form and asked for a demo"
        assert brief["words"] == ["to replace our spreadsheets before June"]
        assert len(brief["ask"]) == 3
        assert brief["first"]["channel"] == "call"

    def test_is_due_by_the_agreement_in_the_owners_working_hours(self):
        open_office()
        friday = AT + timedelta(days=4, hours=6, minutes=30)  # Friday 16:30 in Berlin
        handoff = hand_raise(at=friday)
        clock = Clock.objects.get(handoff_id=handoff.id, kind=ClockKind.FIRST_ATTEMPT)
        assert clock.due_at == AT + timedelta(days=7) - HOUR / 2  # Monday 09:30
        assert handoff.due_at == clock.due_at

    def test_waits_when_there_is_no_way_to_reach_them(self):
        open_office()
        (lead,) = send({"external_id": "7", "asks_for": "demo", "name": "Nobody"}, door=Door.API)
        assert not Handoff.objects.filter(lead_id=lead.id).exists()

    def test_again_while_open_tells_the_owner_and_offers_nothing_new(self):
        open_office()
        handoff = hand_raise()
        send(demo(asks_for="price"), at=AT + HOUR)
        told = Notification.objects.filter(user_id=handoff.owner_id, kind="lead.raised_a_hand")
        assert Handoff.objects.count() == 1
        assert told.filter(channel=Channel.APP).count() == 1

    def test_of_somebody_who_asked_us_to_stop_is_only_told_to_marketing(self):
        office = open_office()
        (lead,) = send(demo(do_not_contact=True))
        told = Notification.objects.filter(user_id=office.max.id, kind="lead.raised_a_hand")
        assert not Handoff.objects.filter(lead_id=lead.id).exists()
        assert told.filter(channel=Channel.APP).count() == 1

    def test_costs_the_same_statements_for_one_and_for_many(self):
        open_office()
        numbers = []
        for size in (1, 40):
            leads = [
                lead.id
                for lead in send(
                    *({"email": f"x{n}@a{size}.example", "name": "X"} for n in range(size))
                )
            ]
            rows = [
                (id, NewActivity("form.submitted", "prospect", AT, outcome="demo")) for id in leads
            ]
            record_activities(rows=rows, at=AT + size * HOUR)
            with CaptureQueriesContext(connection) as queries:
                hand_off.hand_off(leads=leads, at=AT + size * HOUR)
            numbers.append(len(queries))
        assert Handoff.objects.count() == 41
        assert numbers[0] == numbers[1]


@pytest.mark.django_db
class TestRouting:
    def test_takes_turns(self):
        office = open_office()
        send(*(demo(f"dana{n}") for n in range(10)))
        owners = list(Handoff.objects.values_list("owner_id", flat=True))
        assert {owners.count(rep) for rep in office.reps} == {5}

    def test_goes_to_a_head_of_sales_only_until_there_is_a_rep(self):
        company = begin.Company(name="Halden", currency="EUR", time_zone="Europe/Berlin", week=WEEK)
        roles = [Role.HEAD_OF_SALES, Role.HEAD_OF_MARKETING]
        head = begin.begin(company=company, first=person("sofia", roles), at=AT - 9 * HOUR)
        alone = hand_raise("dana")
        rep = begin.add_person(newcomer=person("tom", [Role.REP]), at=AT)
        another = begin.add_person(newcomer=person("ida", [Role.HEAD_OF_SALES]), at=AT)
        together = [hand_raise(f"eva{n}") for n in range(3)]
        assert (alone.owner_id, {each.owner_id for each in together}) == (head.id, {rep.id})
        assert another.id not in {each.owner_id for each in together}

    def test_goes_to_the_owner_of_the_account_and_says_so(self):
        office = open_office()
        (lead,) = send({"email": "eva@acme.example", "asks_for": "content"})
        give_accounts(owners={lead.company_id: office.tom.id})
        handoffs = [hand_raise(f"dana{n}") for n in range(3)]
        assert {handoff.owner_id for handoff in handoffs} == {office.tom.id}
        assert why_them(handoffs[0].id) == ["Tom owns the account acme.example."]

    def test_skips_who_is_away_and_says_so(self):
        office = open_office()
        add_absence(
            user_id=office.tom.id, absent_from=AT - HOUR, absent_until=AT + HOUR, reason="dentist"
        )
        handoffs = [hand_raise(f"dana{n}") for n in range(3)]
        assert {handoff.owner_id for handoff in handoffs} == {office.mira.id}
        assert why_them(handoffs[0].id) == ["Tom was skipped: away.", "Mira was next in turn."]

    def test_leaves_it_in_the_queue_when_nobody_is_there_and_tells_the_head(self):
        office = open_office()
        for rep in office.reps:
            add_absence(user_id=rep, absent_from=AT - HOUR, absent_until=AT + HOUR)
        handoff = hand_raise()
        told = Notification.objects.filter(user_id=office.head.id, kind="handoff.queued")
        assert handoff.owner_id is None
        assert not Clock.objects.exists()
        assert told.count() == 2

    def test_leaves_a_reps_own_lead_with_them(self):
        office = open_office()
        (lead,) = send(
            {"email": "own@acme.example", "name": "Own"}, door=Door.REP, by=office.tom.id
        )
        handoff = Handoff.objects.get(lead_id=lead.id)
        assert (handoff.trigger, handoff.owner_id) == (Trigger.BROUGHT, office.tom.id)
        assert Assignment.objects.get(handoff_id=handoff.id).rule == "brought"


@pytest.mark.django_db
class TestALeadThatMeetsTheDefinition:
    def test_is_offered_when_its_need_becomes_known(self):
        open_office()
        body = {"email": "eva@acme.example", "employees": 200, "event": "pricing.visited"}
        (lead,) = send(body)
        assert not Handoff.objects.exists()
        send({"email": "eva@acme.example", "need": "a pump"}, at=AT + HOUR)
        handoff = Handoff.objects.get(lead_id=lead.id)
        assert handoff.trigger == Trigger.READY

    def test_is_offered_without_a_need_once_both_heads_have_made_it_a_should(self):
        office = open_office()
        must = """        - any:
            - key: need-stated
              text: They said what they need.
              fact: need
              known: true
            - key: hand-raised
              text: They raised a hand and asked for us.
              count: hand_raises
              within_days: 90
              at_least: 1
    should:
      - key: authority
"""
        should = """    should:
      - key: need-stated
        text: They said what they need.
        fact: need
        known: true
      - key: authority
"""
        change_agreement(office, (must, should))
        send({"email": "eva@acme.example", "employees": 200, "event": "pricing.visited"})
        assert Handoff.objects.get().trigger == Trigger.READY

    def test_is_offered_under_the_version_that_runs(self):
        office = open_office()
        change_agreement(
            office, ("hand_raise: {working_hours: 1}", "hand_raise: {working_hours: 2}")
        )
        handoff = hand_raise()
        clock = Clock.objects.get(handoff_id=handoff.id, kind=ClockKind.FIRST_ATTEMPT)
        assert handoff.agreement_version == 2
        assert clock.due_at == AT + 2 * HOUR


@pytest.mark.django_db
class TestAnOfferByHand:
    def test_carries_the_marketers_reason(self):
        office = open_office()
        (lead,) = send({"email": "eva@acme.example", "asks_for": "content"})
        (handoff,) = hand_off.offer(leads={lead.id}, by=office.max.id, why="met at the fair", at=AT)
        story = Activity.objects.get(lead_id=lead.id, kind="handoff.offered")
        assert handoff.trigger == Trigger.MANUAL
        assert handoff.brief["from_marketing"] == story.text == "met at the fair"

    def test_needs_a_reason(self):
        office = open_office()
        (lead,) = send({"email": "eva@acme.example"})
        with pytest.raises(Invalid, match="why sales should call now"):
            hand_off.offer(leads={lead.id}, by=office.max.id, why=" ", at=AT)

    def test_is_refused_while_a_handoff_is_open(self):
        office = open_office()
        handoff = hand_raise()
        with pytest.raises(Conflict, match="its handoff is open"):
            hand_off.offer(leads={handoff.lead_id}, by=office.max.id, why="now", at=AT)

    def test_sent_twice_is_one(self):
        office = open_office()
        (lead,) = send({"email": "eva@acme.example"})
        for _ in range(2):
            Handoff.objects.filter(lead_id=lead.id).update(disposed_at=AT)
            hand_off.offer(leads={lead.id}, by=office.max.id, why="now", at=AT, nonce="n1")
        assert Handoff.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_hand_over_once():
    office = open_office()
    (lead,) = send({"email": "eva@acme.example"})
    gate = threading.Barrier(20)

    def offer(number: int) -> None:
        try:
            gate.wait()
            hand_off.offer(
                leads={lead.id}, by=office.max.id, why="now", at=AT + timedelta(seconds=number)
            )
        except Conflict:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=offer, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Handoff.objects.count() == 1
    assert Activity.objects.filter(kind="handoff.offered").count() == 1
    assert Clock.objects.count() == 3
    assert Lead.objects.get(id=lead.id).stage == Stage.INQUIRY
