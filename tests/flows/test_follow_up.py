"""The rep's answers: each leaves state, fact and activity, or none of them."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from accord.base.errors import Conflict, Invalid, Missing
from accord.base.ids import new_id
from accord.base.lifecycle import LeadStatus, Stage
from accord.flows import follow_up
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.models import (
    Assignment,
    Clock,
    ClockKind,
    ClockState,
    Escalation,
    Handoff,
    HandoffState,
)
from accord.handoffs.queries import Show, kept_today, open_handoff, shown
from accord.insights.metrics import Scope, metric
from accord.leads.models import Activity, Lead, StageEntry
from accord.outbox.models import Notification
from accord.teams.actions import add_absence
from accord.teams.models import User
from tests.handoffs.office import AT, HOUR, MINUTE, hand_raise, open_office, send

SOON = AT + 10 * MINUTE


def clock(handoff: Handoff, kind: ClockKind) -> Clock:
    """The handoff's clock of a kind that was started last."""
    found = Clock.objects.filter(handoff_id=handoff.id, kind=kind).order_by("started_at").last()
    assert found
    return found


def attempt(handoff: Handoff, outcome: str, channel: str = "call") -> Attempt:
    return Attempt(handoff.lead_id, channel, outcome, note="a note")


@pytest.mark.django_db
class TestAccepting:
    def test_makes_the_lead_sales_accepted_and_starts_the_next_clock(self):
        open_office()
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=SOON)
        handoff.refresh_from_db()
        entry = StageEntry.objects.get(lead_id=handoff.lead_id, left_at=None)
        assert (handoff.state, handoff.accepted_by_id) == (HandoffState.ACCEPTED, handoff.owner_id)
        assert (entry.stage, entry.cause, entry.agreement_version) == ("sal", "act", 1)
        assert clock(handoff, ClockKind.ANSWER).stopped_at == SOON
        assert clock(handoff, ClockKind.DISPOSITION).started_at == SOON
        assert Activity.objects.filter(kind="handoff.accepted", handoff_id=handoff.id).count() == 1

    def test_twice_says_who_did_and_when_on_the_readers_clock(self):
        open_office()
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=SOON)
        with pytest.raises(Conflict, match=rf"{handoff.owner.name} accepted this lead at 10:10\."):
            follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=SOON + MINUTE)

    def test_belongs_to_the_owner(self):
        office = open_office()
        handoff = hand_raise()
        other = office.tom if handoff.owner_id == office.mira.id else office.mira
        with pytest.raises(Conflict, match=f"is with {handoff.owner.name}"):
            follow_up.accept(handoffs=[handoff.id], by=other.id, at=SOON)

    def test_of_several_is_all_or_none(self):
        open_office()
        handoff = hand_raise()
        with pytest.raises(Missing):
            follow_up.accept(handoffs=[handoff.id, new_id()], by=handoff.owner_id, at=SOON)
        handoff.refresh_from_db()
        assert handoff.state == HandoffState.OFFERED

    def test_takes_it_out_of_the_queue(self):
        office = open_office()
        for rep in office.reps:
            add_absence(user_id=rep, absent_from=AT - HOUR, absent_until=AT + HOUR)
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=office.tom.id, at=SOON)
        assert Lead.objects.get(id=handoff.lead_id).owner_id == office.tom.id


@pytest.mark.django_db
class TestTakingOneOutOfTheQueue:
    @pytest.fixture
    def queued(self):
        office = open_office()
        for rep in office.reps:
            add_absence(user_id=rep, absent_from=AT - HOUR, absent_until=AT + HOUR)
        return hand_raise()

    @pytest.mark.parametrize("by_head", [False, True])
    def test_is_done_once_and_whoever_is_too_slow_learns_who_was_faster(self, queued, by_head):
        tom, mira, head = (User.objects.get(name=name) for name in ("Tom", "Mira", "Sofia"))
        (taken,) = follow_up.claim(handoffs=[queued.id], by=mira.id, at=SOON)
        assert taken.owner_id == mira.id
        with pytest.raises(Conflict, match="with Mira"):
            follow_up.claim(handoffs=[queued.id], by=(head if by_head else tom).id, at=SOON)
        assert Handoff.objects.get().owner_id == mira.id

    def test_twice_by_the_same_person_changes_nothing(self, queued):
        tom = User.objects.get(name="Tom")
        for _tap in range(2):
            follow_up.claim(handoffs=[queued.id], by=tom.id, at=SOON)
        assert Assignment.objects.filter(handoff_id=queued.id).count() == 1

    def test_of_several_is_all_or_none(self, queued):
        by = User.objects.get(name="Tom").id
        with pytest.raises(Missing):
            follow_up.claim(handoffs=[queued.id, new_id()], by=by, at=SOON)
        assert Handoff.objects.get().owner_id is None


@pytest.mark.django_db
class TestAnAttempt:
    def test_without_an_answer_stops_the_first_clock_only(self):
        open_office()
        handoff = hand_raise()
        follow_up.log_attempts(
            attempts=[attempt(handoff, "no_answer")], by=handoff.owner_id, at=SOON
        )
        handoff.refresh_from_db()
        assert handoff.first_attempt_at == SOON
        assert handoff.state == HandoffState.OFFERED
        assert clock(handoff, ClockKind.FIRST_ATTEMPT).state == ClockState.STOPPED
        assert clock(handoff, ClockKind.ANSWER).state == ClockState.RUNNING
        assert handoff.due_at == clock(handoff, ClockKind.ANSWER).due_at
        assert Lead.objects.get(id=handoff.lead_id).status == LeadStatus.ATTEMPTING

    def test_that_connects_also_accepts(self):
        open_office()
        handoff = hand_raise()
        follow_up.log_attempts(
            attempts=[attempt(handoff, "connected")], by=handoff.owner_id, at=SOON
        )
        handoff.refresh_from_db()
        lead = Lead.objects.get(id=handoff.lead_id)
        assert handoff.state == HandoffState.ACCEPTED
        assert (lead.stage, lead.status) == (Stage.SAL, LeadStatus.CONNECTED)

    def test_stands_in_the_story_with_channel_outcome_and_note(self):
        open_office()
        handoff = hand_raise()
        follow_up.log_attempts(
            attempts=[attempt(handoff, "left_message")], by=handoff.owner_id, at=SOON
        )
        told = Activity.objects.get(kind="attempt.logged")
        assert (told.channel, told.outcome, told.text) == ("call", "left_message", "a note")
        assert told.handoff_id == handoff.id

    @pytest.mark.parametrize(("channel", "outcome"), [("fax", "connected"), ("call", "maybe")])
    def test_of_an_unknown_kind_is_refused_and_leaves_nothing(self, channel, outcome):
        open_office()
        handoff = hand_raise()
        with pytest.raises(Invalid, match="use one of"):
            follow_up.log_attempts(
                attempts=[attempt(handoff, outcome, channel)], by=handoff.owner_id, at=SOON
            )
        assert not Activity.objects.filter(kind="attempt.logged").exists()


@pytest.mark.django_db
class TestAnAttemptOfWhichIsSaidLater:
    """The first one is due after an hour."""

    @pytest.fixture
    def said_at(self):
        return AT + HOUR + MINUTE

    def say(self, handoff: Handoff, tried_at, at, outcome="left_message", channel="email"):
        tried = Attempt(handoff.lead_id, channel, outcome, tried_at=tried_at)
        follow_up.log_attempts(attempts=[tried], by=handoff.owner_id, at=at)

    def test_keeps_what_was_missed_meanwhile_and_what_was_told_stays_told(self, said_at):
        open_office()
        handoff = hand_raise()
        watch_clocks(at=said_at)
        missed_at = clock(handoff, ClockKind.FIRST_ATTEMPT).missed_at
        steps, told = Escalation.objects.count(), Notification.objects.count()
        scope = Scope(at=said_at, begins_at=AT, ends_at=AT + 2 * HOUR)
        assert metric("first_attempt_missed").count(scope) == 1

        self.say(handoff, SOON, said_at)

        first = clock(handoff, ClockKind.FIRST_ATTEMPT)
        assert (first.state, first.stopped_at, first.missed_at) == (
            *(ClockState.STOPPED, SOON, missed_at),
        )
        counts = [metric(f"first_attempt_{fate}").count(scope) for fate in ("kept", "late")]
        assert (counts, metric("first_attempt_missed").count(scope)) == ([1, 0], 0)
        handoff.refresh_from_db()
        assert handoff.first_attempt_at == SOON
        watch_clocks(at=said_at + HOUR)
        assert (Escalation.objects.count(), Notification.objects.count()) == (steps, told)

    @pytest.mark.parametrize(
        ("tried_at", "stopped_at"), [(AT - 3 * HOUR, AT), (AT + 9 * HOUR, AT + HOUR + MINUTE)]
    )
    def test_counts_neither_before_it_was_promised_nor_in_the_future(
        self, said_at, tried_at, stopped_at
    ):
        open_office()
        handoff = hand_raise()
        self.say(handoff, tried_at, said_at)
        handoff.refresh_from_db()
        first = clock(handoff, ClockKind.FIRST_ATTEMPT)
        assert first.stopped_at == handoff.first_attempt_at == stopped_at

    def test_ends_attempts_over_days_with_the_newest_of_them(self):
        open_office()
        handoff = hand_raise()
        for hour in (1, 2, 3, 5, 6):
            self.say(handoff, None, AT + hour * HOUR)
        self.say(handoff, AT + 4 * HOUR, AT + 9 * HOUR)
        assert clock(handoff, ClockKind.ATTEMPTS).stopped_at == AT + 6 * HOUR

    def test_leaves_what_an_earlier_owner_missed(self, said_at):
        office = open_office()
        handoff = hand_raise()
        watch_clocks(at=said_at)
        (other,) = office.reps - {handoff.owner_id}
        give = {"owners": {handoff.id: other}, "why": "x", "by": office.head.id}
        follow_up.reassign(at=said_at + MINUTE, **give)
        self.say(handoff, SOON, said_at + HOUR)
        kept = Clock.objects.filter(kind=ClockKind.FIRST_ATTEMPT).values_list(
            "user_id", "stopped_at"
        )
        assert dict(kept) == {handoff.owner_id: None, other: said_at + MINUTE}


@pytest.mark.django_db
class TestQualifying:
    def test_disposes_of_the_handoff(self):
        open_office()
        handoff = hand_raise()
        by = handoff.owner_id
        follow_up.log_attempts(attempts=[attempt(handoff, "connected")], by=by, at=SOON)
        follow_up.qualify(handoffs=[handoff.id], by=by, at=SOON + HOUR)
        handoff.refresh_from_db()
        assert handoff.disposed_at == handoff.qualified_at == SOON + HOUR
        assert clock(handoff, ClockKind.DISPOSITION).state == ClockState.STOPPED
        assert Lead.objects.get(id=handoff.lead_id).stage == Stage.SQL
        assert handoff.due_at is None

    def test_asks_for_a_note_where_the_checklist_is_open(self):
        open_office()
        handoff = hand_raise()
        with pytest.raises(Invalid, match="in a note") as refused:
            follow_up.qualify(handoffs=[handoff.id], by=handoff.owner_id, at=SOON)
        assert refused.value.field == "note"
        follow_up.qualify(
            handoffs=[handoff.id], by=handoff.owner_id, at=SOON, note="met them at the fair"
        )
        told = Activity.objects.get(kind="lead.qualified")
        assert told.text == "met them at the fair"


@pytest.mark.django_db
class TestWithdrawing:
    def test_closes_it_and_gives_the_lead_back(self):
        office = open_office()
        handoff = hand_raise()
        follow_up.withdraw(handoffs=[handoff.id], why="a test", by=office.max.id, at=SOON)
        handoff.refresh_from_db()
        lead = Lead.objects.get(id=handoff.lead_id)
        assert handoff.state == HandoffState.WITHDRAWN
        assert (lead.stage, lead.owner_id) == (Stage.MQL, None)
        assert Notification.objects.filter(kind="handoff.withdrawn").count() == 2
        assert not Clock.objects.filter(state=ClockState.RUNNING).exists()


@pytest.mark.django_db
class TestWaitingForTheDateTheyAskedFor:
    def test_lets_the_clocks_rest_and_leaves_what_was_left(self):
        open_office()
        handoff = hand_raise()
        tuesday_week = date(2026, 11, 10)
        follow_up.pause(until={handoff.id: tuesday_week}, by=handoff.owner_id, at=SOON)
        first = clock(handoff, ClockKind.FIRST_ATTEMPT)
        assert first.state == ClockState.PAUSED
        assert first.due_at == AT + timedelta(days=8) - 10 * MINUTE  # 09:50 on that day
        assert Lead.objects.get(id=handoff.lead_id).status == LeadStatus.WAITING

    def test_is_refused_for_a_day_that_has_begun(self):
        open_office()
        handoff = hand_raise()
        with pytest.raises(Invalid, match="has passed"):
            follow_up.pause(until={handoff.id: AT.date()}, by=handoff.owner_id, at=SOON)

    def test_is_refused_for_a_day_more_than_a_year_ahead(self):
        open_office()
        handoff = hand_raise()
        with pytest.raises(Invalid, match="up to 2027-11-03") as refused:
            follow_up.pause(until={handoff.id: date(2099, 1, 1)}, by=handoff.owner_id, at=SOON)
        assert refused.value.field == "until"
        follow_up.pause(until={handoff.id: date(2027, 11, 3)}, by=handoff.owner_id, at=SOON)

    def test_can_be_moved_to_another_day(self):
        open_office()
        handoff = hand_raise()
        for day in (date(2026, 11, 10), date(2026, 11, 4)):
            follow_up.pause(until={handoff.id: day}, by=handoff.owner_id, at=SOON)
        first = clock(handoff, ClockKind.FIRST_ATTEMPT)
        assert first.due_at == AT + timedelta(days=2) - 10 * MINUTE


@pytest.mark.django_db
class TestReassigning:
    def test_keeps_the_handoff_and_starts_new_clocks_for_the_next_rep(self):
        office = open_office()
        handoff = hand_raise()
        other = office.tom if handoff.owner_id == office.mira.id else office.mira
        follow_up.reassign(
            owners={handoff.id: other.id}, why="speaks Danish", by=office.head.id, at=SOON
        )
        running = Clock.objects.filter(handoff_id=handoff.id, state=ClockState.RUNNING)
        assert Handoff.objects.get().owner_id == other.id
        assert {(each.user_id, each.started_at) for each in running} == {(other.id, SOON)}
        assert Lead.objects.get(id=handoff.lead_id).owner_id == other.id
        assert Activity.objects.get(kind="handoff.reassigned").text == "speaks Danish"
        assert Notification.objects.filter(kind="handoff.reassigned").count() == 2

    @pytest.mark.parametrize(
        ("to", "why", "field"), [("tom", " ", "why"), ("max", "x", "owner"), ("gone", "x", "owner")]
    )
    def test_needs_a_reason_and_somebody_who_works_leads(self, to, why, field):
        office = open_office()
        handoffs = [hand_raise(name) for name in ("dana", "eva")]
        people = {"tom": office.tom.id, "max": office.max.id, "gone": new_id()}
        owners = {handoffs[0].id: people[to], handoffs[1].id: office.mira.id}
        with pytest.raises(Invalid) as refused:
            follow_up.reassign(owners=owners, why=why, by=office.head.id, at=SOON)
        assert refused.value.field == field
        User.objects.filter(id=office.tom.id).update(is_active=False)
        owners = dict.fromkeys(owners, office.tom.id)
        with pytest.raises(Invalid, match="has to be here"):
            follow_up.reassign(owners=owners, why="x", by=office.head.id, at=SOON)
        assert not Activity.objects.filter(kind="handoff.reassigned").exists()


@pytest.mark.django_db
class TestTheInbox:
    def test_shows_what_is_due_first_on_top_with_the_working_time_left(self):
        office = open_office()
        (lead,) = send(
            {"email": "eva@acme.example", "need": "x", "employees": 99, "event": "pricing.visited"}
        )
        hand_raise()
        items = [
            item
            for user in (office.mira, office.tom)
            for item in shown(Show.MINE, user=user, at=SOON)
        ]
        raised = next(item for item in items if item.lead.id != lead.id)
        assert raised.first.label == "First attempt"
        assert raised.first.left == 50 * MINUTE
        assert [promise.kind for promise in raised.promises] == [
            *("first_attempt", "answer", "attempts")
        ]

    def test_counts_the_promises_kept_today(self):
        open_office()
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=SOON)
        follow_up.log_attempts(
            attempts=[attempt(handoff, "no_answer")], by=handoff.owner_id, at=AT + 2 * HOUR
        )
        kept = kept_today(handoff.owner, AT + 3 * HOUR)
        assert (kept.kept, kept.total) == (1, 2)

    def test_costs_the_same_queries_however_long_it_is(self, django_assert_num_queries):
        office = open_office()
        send(*({"email": f"d{n}@acme.example", "asks_for": "demo"} for n in range(12)))
        with django_assert_num_queries(8):
            assert len(shown(Show.MINE, user=office.mira, at=SOON)) == 6

    def test_finds_the_open_handoff_of_a_lead(self):
        open_office()
        handoff = hand_raise()
        item = open_handoff(handoff.lead_id, at=SOON)
        assert item
        assert item.id == handoff.id


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_at_once_accept_once():
    office = open_office()
    for rep in office.reps:
        add_absence(user_id=rep, absent_from=AT - HOUR, absent_until=AT + HOUR)
    handoff = hand_raise()
    gate, refused = threading.Barrier(2), []

    def accept(user_id) -> None:
        try:
            gate.wait()
            follow_up.accept(handoffs=[handoff.id], by=user_id, at=SOON)
        except Conflict as refusal:
            refused.append(refusal.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[rep]) for rep in office.reps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Activity.objects.filter(kind="handoff.accepted").count() == 1
