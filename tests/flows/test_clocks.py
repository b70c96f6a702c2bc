"""Clocks: warned of once and in time, attempts over days, pauses, and hours that change."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from accord.criteria.metrics import Scope
from accord.flows import follow_up, stand_in
from accord.flows import watch_clocks as watching
from accord.flows.reschedule import reschedule
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.leaks import never_attempted
from accord.handoffs.models import Clock, ClockKind, ClockState, Escalation, Handoff, Pause
from accord.handoffs.queries import Show, shown
from accord.outbox.models import Channel, Notification
from accord.teams import actions as teams
from accord.teams.models import Calendar, User
from tests.handoffs.office import (
    AT,
    HOUR,
    MINUTE,
    change_agreement,
    hand_raise,
    open_office,
    send,
)

DUE = AT + HOUR
WARNS = AT + 45 * MINUTE  # three quarters of the hour
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def told(user_id, kind: str) -> int:
    return Notification.objects.filter(user_id=user_id, kind=kind, channel=Channel.APP).count()


def clock(kind: ClockKind = ClockKind.FIRST_ATTEMPT, **more) -> Clock:
    return Clock.objects.get(kind=kind, **more)


def attempt(handoff: Handoff, channel: str, at, outcome: str = "no_answer") -> None:
    attempts = [Attempt(handoff.lead_id, channel, outcome)]
    follow_up.log_attempts(attempts=attempts, by=handoff.owner_id, at=at)


LIMITS_OF_SEGMENTS = (
    "      brought: {working_days: 5}\n",
    """      brought: {working_days: 5}
    segments:
      - definition: decision_maker
        within: {hand_raise: {working_minutes: 15}}
      - definition: ideal_customer
        within: {hand_raise: {working_minutes: 30}, manual: {working_hours: 2}}
""",
)


@pytest.mark.django_db
class TestASegmentWithLimitsOfItsOwn:
    @pytest.fixture(autouse=True)
    def company(self):
        office = open_office()
        change_agreement(office, LIMITS_OF_SEGMENTS)
        return office

    def test_has_less_time_and_the_first_that_is_met_counts(self):
        decides = hand_raise("dana", authority="decides", employees=50)
        fits = hand_raise("eva", employees=50)
        other = hand_raise("ida", email="ida@other.example")
        assert (decides.segment, fits.segment, other.segment) == (
            *("decision_maker", "ideal_customer", ""),
        )
        due = {h.lead_id: clock(handoff_id=h.id).due_at for h in (decides, fits, other)}
        assert due == {
            decides.lead_id: AT + 15 * MINUTE,
            fits.lead_id: AT + 30 * MINUTE,
            other.lead_id: AT + HOUR,
        }

    def test_keeps_its_limits_when_facts_and_hours_change(self):
        handoff = hand_raise("eva", employees=50)
        send({"email": "eva@acme.example", "authority": "decides"}, at=AT + MINUTE)
        late = {"mon": [["10:00", "10:10"]], "tue": [["09:00", "17:00"]]}
        short = teams.add_calendar(name="short", time_zone="Europe/Berlin", week=late)
        teams.set_calendar(user_id=handoff.owner_id, calendar_id=short.id)
        reschedule(users=[handoff.owner_id])
        assert clock().due_at == AT + DAY - HOUR + 20 * MINUTE  # 10 of 30 minutes on Monday

    def test_slips_from_the_queue_after_its_own_time(self, company):
        User.objects.filter(id__in=company.reps).update(is_active=False)
        hand_raise("eva", employees=50)
        hand_raise("ida", email="ida@other.example")
        slipping = [never_attempted(Scope(at=AT + n * MINUTE)).count() for n in (29, 32, 59, 62)]
        assert slipping == [0, 1, 1, 2]

    def test_slips_after_the_time_of_all_once_no_version_knows_the_segment(self, company):
        User.objects.filter(id__in=company.reps).update(is_active=False)
        hand_raise("eva", employees=50)
        change_agreement(company, ("target: 40", "target: 41"), at=AT + MINUTE)
        slipping = [never_attempted(Scope(at=AT + n * MINUTE)).count() for n in (32, 62)]
        assert slipping == [0, 1]


@pytest.mark.django_db
class TestTheWarning:
    def test_comes_once_and_never_early(self):
        open_office()
        handoff = hand_raise()
        assert watch_clocks(at=WARNS).warned == 0
        assert watch_clocks(at=WARNS + SECOND).warned == 1
        assert watch_clocks(at=WARNS + 2 * SECOND).warned == 0
        assert told(handoff.owner_id, "clock.at_risk") == 1
        assert (clock().state, clock().warned_at) == (ClockState.RUNNING, WARNS + SECOND)
        assert Escalation.objects.get().step == "warn"

    def test_leads_to_a_page_where_one_tap_says_that_one_is_in_touch(self):
        open_office()
        handoff = hand_raise()
        watch_clocks(at=WARNS + SECOND)
        note = Notification.objects.get(kind="clock.at_risk", channel=Channel.EMAIL)
        assert note.link == f"/handoffs/{handoff.id}/in-touch/"
        assert "11:00" in note.subject  # on the rep's own clock

    def test_does_not_come_once_somebody_has_tried(self):
        open_office()
        handoff = hand_raise()
        attempt(handoff, "call", AT + MINUTE)
        watch_clocks(at=DUE)
        assert told(handoff.owner_id, "clock.at_risk") == 0

    def test_is_skipped_when_it_is_too_late_for_it(self):
        open_office()
        handoff = hand_raise()
        assert watch_clocks(at=DUE + SECOND).warned == 0
        assert told(handoff.owner_id, "clock.at_risk") == 0
        assert told(handoff.owner_id, "clock.missed") == 1

    def test_may_come_so_long_before_the_moment_due(self):
        office = open_office()
        change_agreement(office, ("{at_share: 0.75}", "{before: {working_minutes: 10}}"))
        hand_raise()
        assert clock().warns_at == DUE - 10 * MINUTE

    def test_is_none_where_the_agreement_says_nothing_of_it(self):
        office = open_office()
        change_agreement(office, ("  warn: {at_share: 0.75}\n", ""))
        hand_raise()
        assert clock().warns_at is None
        assert watch_clocks(at=DUE).warned == 0

    def test_is_seen_in_the_inbox(self):
        open_office()
        handoff = hand_raise()
        watch_clocks(at=WARNS + SECOND)
        (item,) = shown(Show.MINE, user=handoff.owner, at=WARNS + MINUTE)
        assert item.first.is_at_risk
        assert not item.first.is_missed


@pytest.mark.django_db
class TestAttemptsOverDays:
    def test_stop_once_there_were_enough_on_enough_channels(self):
        open_office()
        handoff = hand_raise(phone="+4930123456")
        for n in range(6):
            attempt(handoff, "call", AT + n * HOUR)
        assert clock(ClockKind.ATTEMPTS).state == ClockState.RUNNING  # one channel of two
        attempt(handoff, "email", AT + DAY)
        assert clock(ClockKind.ATTEMPTS).stopped_at == AT + DAY

    def test_count_only_the_channels_that_there_are(self):
        open_office()
        handoff = hand_raise()  # an e-mail address and no number
        for n in range(6):
            assert clock(ClockKind.ATTEMPTS).state == ClockState.RUNNING
            attempt(handoff, "email", AT + n * HOUR)
        assert clock(ClockKind.ATTEMPTS).state == ClockState.STOPPED

    def test_stop_when_somebody_talked_with_them(self):
        open_office()
        handoff = hand_raise()
        attempt(handoff, "call", AT + MINUTE, "connected")
        assert clock(ClockKind.ATTEMPTS).state == ClockState.STOPPED

    def test_are_missed_when_the_days_are_over(self):
        open_office()
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=AT + MINUTE)
        due = clock(ClockKind.ATTEMPTS).due_at
        assert due == AT.replace(hour=16) + 21 * DAY  # the close of the fifteenth working day
        watch_clocks(at=due + SECOND)
        assert clock(ClockKind.ATTEMPTS).state == ClockState.MISSED

    def test_begin_anew_for_the_next_rep_and_not_when_they_were_made(self):
        office = open_office()
        handoff = hand_raise()
        attempt(handoff, "email", AT + MINUTE)
        (other,) = office.reps - {handoff.owner_id}
        give = {"why": "x", "by": office.head.id}
        follow_up.reassign(owners={handoff.id: other}, at=AT + HOUR, **give)
        running = clock(ClockKind.ATTEMPTS, state=ClockState.RUNNING)
        assert (running.user_id, running.started_at) == (other, AT + HOUR)
        for n in range(5):
            follow_up.log_attempts(
                attempts=[Attempt(handoff.lead_id, "email", "no_answer")],
                by=other,
                at=AT + (2 + n) * HOUR,
            )
        follow_up.reassign(owners={handoff.id: handoff.owner_id}, at=AT + DAY, **give)
        assert not Clock.objects.filter(kind="attempts", state=ClockState.RUNNING).exists()


@pytest.mark.django_db
class TestAPause:
    def test_leaves_the_working_time_that_was_left_to_both_moments(self):
        open_office()
        handoff = hand_raise()
        until = {handoff.id: date(2026, 11, 10)}
        follow_up.pause(until=until, by=handoff.owner_id, at=AT + 10 * MINUTE)
        opens = AT + 8 * DAY - HOUR  # Tuesday week, nine o'clock
        assert clock().due_at == opens + 50 * MINUTE
        assert clock().warns_at == opens + 35 * MINUTE

    def test_is_replaced_by_a_later_and_by_an_earlier_one(self):
        open_office()
        handoff = hand_raise()
        for n, day in enumerate((10, 12, 5)):
            until = {handoff.id: date(2026, 11, day)}
            follow_up.pause(until=until, by=handoff.owner_id, at=AT + (10 + n) * MINUTE)
        assert clock().due_at == AT + 3 * DAY - HOUR + 50 * MINUTE
        assert Pause.objects.count() == 3

    def test_is_counted_where_everybody_sees_it(self):
        open_office()
        handoff = hand_raise()
        for n, day in enumerate((10, 12)):
            until = {handoff.id: date(2026, 11, day)}
            follow_up.pause(until=until, by=handoff.owner_id, at=AT + n * MINUTE)
        (item,) = shown(Show.MINE, user=handoff.owner, at=AT + HOUR)
        assert item.pauses == 2

    def test_goes_on_for_the_next_rep(self):
        office = open_office()
        handoff = hand_raise()
        until = {handoff.id: date(2026, 11, 10)}
        follow_up.pause(until=until, by=handoff.owner_id, at=AT + 10 * MINUTE)
        (other,) = office.reps - {handoff.owner_id}
        follow_up.reassign(owners={handoff.id: other}, why="x", by=office.head.id, at=AT + HOUR)
        resting = clock(user_id=other)
        assert resting.state == ClockState.PAUSED
        assert resting.due_at == AT + 8 * DAY
        assert watch_clocks(at=AT + 2 * DAY).steps == 0


@pytest.mark.django_db
class TestHoursThatChange:
    def away(self, handoff: Handoff, begins, ends, at=AT) -> None:
        stand_in.add_absence(
            user_id=handoff.owner_id,
            absent_from=begins,
            absent_until=ends,
            reason="",
            stand_in=None,
            hands_over="nothing",
            by=handoff.owner_id,
            at=at,
        )

    def test_move_what_runs_and_when_to_warn(self):
        open_office()
        handoff = hand_raise()
        self.away(handoff, AT + 30 * MINUTE, AT + DAY)
        assert reschedule(users=[handoff.owner_id]) == 1
        assert clock().due_at == AT + DAY + 30 * MINUTE
        assert clock().warns_at == AT + DAY + 15 * MINUTE
        assert Handoff.objects.get().due_at == clock().due_at
        assert reschedule(users=None) == 0

    def test_make_nothing_early_even_before_the_job_has_run(self):
        open_office()
        handoff = hand_raise()
        self.away(handoff, AT + 30 * MINUTE, AT + DAY)
        assert watch_clocks(at=DUE + SECOND).steps == 0
        assert clock().due_at == AT + DAY + 30 * MINUTE

    def test_leave_what_was_missed(self):
        open_office()
        handoff = hand_raise()
        watch_clocks(at=DUE + SECOND)
        self.away(handoff, AT, AT + DAY, at=DUE + MINUTE)
        reschedule(users=None)
        assert (clock().state, clock().due_at) == (ClockState.MISSED, DUE)

    def test_bring_forward_what_they_bring_forward(self):
        open_office()
        handoff = hand_raise()
        late = {"mon": [["10:00", "10:30"]], "tue": [["09:00", "17:00"]]}
        short = teams.add_calendar(name="short", time_zone="Europe/Berlin", week=late)
        teams.set_calendar(user_id=handoff.owner_id, calendar_id=short.id)
        reschedule(users=[handoff.owner_id])
        assert clock().due_at == AT + DAY - HOUR + 30 * MINUTE
        teams.set_calendar(user_id=handoff.owner_id, calendar_id=None)
        reschedule(users=[handoff.owner_id])
        assert clock().due_at == DUE

    def test_may_be_the_companys_holidays(self):
        open_office()
        hand_raise()
        row = Calendar.objects.get()
        teams.add_exception(calendar_id=row.id, on=date(2026, 11, 2))
        reschedule(users=None)
        assert clock().due_at == AT + DAY

    def test_count_pauses_that_lie_behind(self):
        open_office()
        handoff = hand_raise()
        until = {handoff.id: date(2026, 11, 10)}
        follow_up.pause(until=until, by=handoff.owner_id, at=AT + 10 * MINUTE)
        opens = AT + 8 * DAY - HOUR
        watch_clocks(at=opens)
        self.away(handoff, opens + 30 * MINUTE, opens + DAY, at=opens)
        reschedule(users=None)
        assert clock().due_at == opens + DAY + 20 * MINUTE

    def test_of_nobody_at_work_let_a_promise_come_due_all_the_same(self):
        open_office()
        handoff = hand_raise()
        never = teams.add_calendar(name="never", time_zone="UTC", week={})
        teams.set_calendar(user_id=handoff.owner_id, calendar_id=never.id)
        reschedule(users=None)
        assert clock().due_at == DUE

    def test_are_those_of_a_persons_zone(self):
        open_office()
        handoff = hand_raise()
        User.objects.filter(id=handoff.owner_id).update(time_zone="America/New_York")
        reschedule(users=None)
        assert clock().due_at == AT + 6 * HOUR  # ten o'clock there


@pytest.mark.django_db
class TestAMissedLead:
    def test_waits_for_nobodys_absence(self):
        office = open_office()
        handoff = hand_raise()
        watch_clocks(at=DUE + SECOND)
        teams.add_absence(user_id=handoff.owner_id, absent_from=DUE, absent_until=DUE + 9 * DAY)
        watch_clocks(at=DUE + HOUR + SECOND)
        assert told(office.head.id, "clock.missed") == 1
        watch_clocks(at=DUE + 4 * HOUR + SECOND)
        assert Handoff.objects.get().owner_id != handoff.owner_id

    def test_is_never_taken_after_an_acceptance(self):
        open_office()
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=AT + MINUTE)
        watch_clocks(at=DUE + 2 * DAY)
        assert Handoff.objects.get().owner_id == handoff.owner_id


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.django_db(transaction=True)
class TestASweep:
    def test_killed_between_its_steps_leaves_nothing_half_done(self, monkeypatch):
        office = open_office()
        handoff = hand_raise()

        def die(**_given) -> None:
            raise Killed

        for part in ("tell_of_risk", "tell_of_missed", "tell_of_taken_away"):
            with monkeypatch.context() as patched:
                patched.setattr(watching, part, die)
                with pytest.raises(Killed):
                    watch_clocks(at=DUE + 4 * HOUR + SECOND)
            assert not Escalation.objects.exists()
            assert clock().state == ClockState.RUNNING
        watched = watch_clocks(at=DUE + 4 * HOUR + 2 * SECOND)
        assert (watched.steps, watched.moved) == (3, 1)
        assert told(handoff.owner_id, "clock.missed") == told(office.head.id, "clock.missed") == 1

    def test_beside_another_warns_each_once(self):
        open_office()
        handoffs = [hand_raise(f"dana{n}") for n in range(6)]
        gate = threading.Barrier(2)

        def sweep() -> None:
            try:
                gate.wait()
                watch_clocks(at=WARNS + SECOND)
            finally:
                connection.close()

        threads = [threading.Thread(target=sweep) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Escalation.objects.filter(step="warn").count() == len(handoffs)
        assert Notification.objects.filter(kind="clock.at_risk", channel="app").count() == 6
