"""Missed promises: never early, each step once, and never from a rep who has tried."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from accord.flows import follow_up, stand_in
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Clock, ClockKind, ClockState, Escalation, Handoff, Pause
from accord.leads.models import Activity, Lead
from accord.outbox.models import Channel, Notification
from accord.teams.actions import add_absence
from tests.handoffs.office import AT, HOUR, MINUTE, change_agreement, hand_raise, open_office

DUE = AT + HOUR  # of the first attempt after a hand-raise
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def told(user_id, kind: str = "clock.missed") -> int:
    return Notification.objects.filter(user_id=user_id, kind=kind, channel=Channel.APP).count()


@pytest.mark.django_db
class TestAMissedPromise:
    def test_is_not_missed_at_the_moment_due(self):
        open_office()
        hand_raise()
        assert watch_clocks(at=DUE).steps == 0
        assert not Clock.objects.filter(state=ClockState.MISSED).exists()

    def test_is_told_to_the_rep_once(self):
        open_office()
        handoff = hand_raise()
        for n in range(3):
            watch_clocks(at=DUE + (n + 1) * SECOND)
        story = Activity.objects.get(kind="clock.missed")
        assert told(handoff.owner_id) == 1
        assert story.happened_at == DUE
        assert Clock.objects.get(kind=ClockKind.FIRST_ATTEMPT).state == ClockState.MISSED

    def test_is_told_to_the_head_after_the_agreed_time(self):
        office = open_office()
        hand_raise()
        watch_clocks(at=DUE + SECOND)
        assert told(office.head.id) == 0
        watch_clocks(at=DUE + HOUR + SECOND)
        assert told(office.head.id) == 1

    def test_goes_to_somebody_else_in_the_end(self):
        open_office()
        handoff = hand_raise()
        watch_clocks(at=DUE + 4 * HOUR)
        after = Handoff.objects.get()
        running = Clock.objects.filter(state=ClockState.RUNNING)
        assert after.owner_id != handoff.owner_id
        assert {clock.user_id for clock in running} == {after.owner_id}
        assert running.get(kind=ClockKind.FIRST_ATTEMPT).started_at == DUE + 4 * HOUR
        assert Lead.objects.get(id=handoff.lead_id).owner_id == after.owner_id
        assert told(handoff.owner_id, "handoff.reassigned") == 1
        assert told(after.owner_id, "handoff.offered") == 1

    def test_stays_the_first_reps_miss(self):
        open_office()
        handoff = hand_raise()
        watch_clocks(at=DUE + 4 * HOUR)
        missed = Clock.objects.get(state=ClockState.MISSED)
        assert (missed.user_id, missed.stopped_at) == (handoff.owner_id, None)

    def test_is_never_taken_from_a_rep_who_has_tried(self):
        open_office()
        handoff = hand_raise()
        watch_clocks(at=DUE + SECOND)
        follow_up.log_attempts(
            attempts=[Attempt(handoff.lead_id, "call", "no_answer")],
            by=handoff.owner_id,
            at=DUE + MINUTE,
        )
        watch_clocks(at=DUE + timedelta(days=2))
        assert Handoff.objects.get().owner_id == handoff.owner_id
        assert Clock.objects.get(kind=ClockKind.ANSWER).state == ClockState.MISSED

    def test_is_late_when_done_after_all(self):
        open_office()
        handoff = hand_raise()
        watch_clocks(at=DUE + SECOND)
        follow_up.log_attempts(
            attempts=[Attempt(handoff.lead_id, "call", "no_answer")],
            by=handoff.owner_id,
            at=DUE + MINUTE,
        )
        clock = Clock.objects.get(kind=ClockKind.FIRST_ATTEMPT)
        assert clock.state == ClockState.STOPPED
        assert clock.stopped_at > clock.due_at
        watch_clocks(at=DUE + 2 * HOUR)
        assert Escalation.objects.filter(clock_id=clock.id).count() == 1

    def test_stays_with_the_rep_when_nobody_else_is_there(self):
        office = open_office()
        handoff = hand_raise()
        (other,) = office.reps - {handoff.owner_id}
        add_absence(user_id=other, absent_from=AT, absent_until=AT + timedelta(days=3))
        before = told(office.head.id)
        for n in range(2):
            assert watch_clocks(at=DUE + 4 * HOUR + n * MINUTE).moved == 0
        assert Handoff.objects.get().owner_id == handoff.owner_id
        subjects = Notification.objects.filter(user_id=office.head.id, channel=Channel.APP)
        assert told(office.head.id) == before + 2  # a promise is past due; nobody else is there
        assert subjects.filter(subject__contains="nobody else is there").count() == 1

    def test_follows_the_steps_of_the_agreement_it_was_offered_under(self):
        office = open_office()
        change_agreement(
            office,
            (
                "{step: tell_head, after: {working_hours: 1}}",
                "{step: tell_head, after: {working_minutes: 5}}",
            ),
        )
        hand_raise()
        watch_clocks(at=DUE + 5 * MINUTE)
        assert told(office.head.id) == 1

    def test_catches_up_after_a_standstill_with_each_step_once(self):
        office = open_office()
        handoff = hand_raise()
        watched = watch_clocks(at=DUE + 4 * HOUR)
        assert (watched.steps, watched.moved) == (3, 1)
        assert told(handoff.owner_id) == told(office.head.id) == 1


@pytest.mark.django_db
class TestThePause:
    def test_ends_on_the_day_and_the_rep_is_told_once(self):
        open_office()
        handoff = hand_raise()
        follow_up.pause(
            until={handoff.id: date(2026, 11, 10)}, by=handoff.owner_id, at=AT + 10 * MINUTE
        )
        morning = AT + timedelta(days=8) - 10 * HOUR  # midnight in Berlin
        assert watch_clocks(at=morning - SECOND).resumed == 0
        assert watch_clocks(at=morning).resumed == 1
        assert watch_clocks(at=morning + SECOND).resumed == 0
        assert told(handoff.owner_id, "handoff.resumed") == 1
        assert watch_clocks(at=AT + timedelta(days=8)).steps == 1

    def test_keeps_promises_from_being_missed(self):
        open_office()
        handoff = hand_raise()
        follow_up.pause(
            until={handoff.id: date(2026, 11, 10)}, by=handoff.owner_id, at=AT + 10 * MINUTE
        )
        assert watch_clocks(at=AT + timedelta(days=3)).steps == 0

    def test_keeps_what_was_missed_from_being_told_and_taken_away(self):
        office = open_office()
        handoff = hand_raise()
        watch_clocks(at=DUE + SECOND)
        thursday = {handoff.id: date(2026, 11, 5)}
        follow_up.pause(until=thursday, by=handoff.owner_id, at=DUE + 10 * MINUTE)
        for hours in (1, 4, 24):
            watch_clocks(at=DUE + hours * HOUR + SECOND)
        assert told(office.head.id) == 0
        assert Handoff.objects.get().owner_id == handoff.owner_id
        # Ten minutes of the hour till the head hears of it had passed; the rest is left.
        opens = AT + timedelta(days=3) - HOUR
        watch_clocks(at=opens + 50 * MINUTE - SECOND)
        assert told(office.head.id) == 0
        watch_clocks(at=opens + 50 * MINUTE + SECOND)
        assert told(office.head.id) == 1

    def test_ends_when_somebody_talks_with_them_before(self):
        open_office()
        handoff = hand_raise()
        next_week = {handoff.id: date(2026, 11, 10)}
        follow_up.pause(until=next_week, by=handoff.owner_id, at=AT + 10 * MINUTE)
        talked = Attempt(handoff.lead_id, "call", "connected")
        follow_up.log_attempts(attempts=[talked], by=handoff.owner_id, at=AT + DAY)
        clock = Clock.objects.get(kind=ClockKind.DISPOSITION)
        assert (clock.state, clock.started_at) == (ClockState.RUNNING, AT + DAY)
        assert [pause.paused_until for pause in Pause.objects.all()] == [AT + DAY]
        assert watch_clocks(at=AT + timedelta(days=8)).resumed == 0


@pytest.mark.django_db
class TestTheQueue:
    def test_is_told_each_time_that_one_begins_to_wait(self):
        office = open_office()
        for rep in office.reps:
            add_absence(user_id=rep, absent_from=AT - HOUR, absent_until=AT + HOUR)
        handoff = hand_raise()
        assert told(office.head.id, "handoff.queued") == 1
        watch_clocks(at=AT + HOUR)
        handoff.refresh_from_db()
        for rep in office.reps:
            stand_in.add_absence(
                user_id=rep,
                absent_from=AT + 2 * HOUR,
                absent_until=AT + DAY,
                reason="",
                stand_in=None,
                hands_over="untouched",
                by=office.head.id,
                at=AT + 2 * HOUR,
            )
        stand_in.hand_over_work(at=AT + 2 * HOUR)
        assert Handoff.objects.get().owner_id is None
        assert told(office.head.id, "handoff.queued") == 2

    def test_is_given_to_the_first_who_is_back(self):
        office = open_office()
        add_absence(user_id=office.mira.id, absent_from=AT - HOUR, absent_until=AT + 3 * HOUR)
        add_absence(user_id=office.tom.id, absent_from=AT - HOUR, absent_until=AT + 2 * HOUR)
        handoff = hand_raise()
        assert watch_clocks(at=AT + HOUR).released == 0
        assert watch_clocks(at=AT + 2 * HOUR).released == 1
        clock = Clock.objects.get(kind=ClockKind.FIRST_ATTEMPT)
        assert Handoff.objects.get().owner_id == office.tom.id
        assert (clock.started_at, handoff.ready_at) == (AT + 2 * HOUR, AT)
        assert told(office.tom.id, "handoff.offered") == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_take_each_step_once():
    office = open_office()
    handoffs = [hand_raise(f"dana{n}") for n in range(6)]
    gate = threading.Barrier(2)

    def sweep() -> None:
        try:
            gate.wait()
            watch_clocks(at=DUE + HOUR)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Escalation.objects.filter(step="tell_rep").count() == len(handoffs)
    assert Activity.objects.filter(kind="clock.missed").count() == len(handoffs)
    assert told(office.head.id) == len(handoffs)
