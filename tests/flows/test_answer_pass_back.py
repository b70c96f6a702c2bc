"""Marketing answers what came back: in time or not, once, and the rep hears of it."""

from datetime import timedelta

import pytest

from accord.base.errors import Conflict, Invalid, Missing
from accord.base.ids import new_id
from accord.base.lifecycle import Stage
from accord.flows import follow_up
from accord.flows.answer_pass_back import answer_pass_backs
from accord.flows.pass_back import Said, pass_back, undo_pass_back
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.models import (
    Clock,
    ClockKind,
    ClockState,
    Escalation,
    Handoff,
    PassBack,
    PoolMember,
)
from accord.handoffs.queries import Returned, came_back, came_back_count
from accord.insights.metrics import Scope, metric, share_of
from accord.leads.models import Activity, Lead
from accord.outbox.models import Channel, Notification
from tests.handoffs.office import AT, HOUR, MINUTE, Office, hand_raise, open_office, send

SOON = AT + 10 * MINUTE
LATER = SOON + 2 * HOUR


def back(reason: str = "no_need", name: str = "dana", **more: str) -> PassBack:
    """A lead that its rep passed back."""
    handoff = hand_raise(name)
    said = Said(reason, **more)
    pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=SOON)
    return PassBack.objects.get(handoff_id=handoff.id)


def clock_of(passed: PassBack) -> Clock:
    return Clock.objects.get(handoff_id=passed.handoff_id, kind=ClockKind.PASS_BACK_ANSWER)


def answer(office: Office, *backs: PassBack, says: str = "agreed", note: str = "", at=LATER):
    ids = [each.id for each in backs]
    return answer_pass_backs(backs=ids, answer=says, note=note, by=office.max.id, at=at)


def told(kind: str) -> list[tuple[object, str]]:
    """Who was told in Accord, and what."""
    rows = Notification.objects.filter(kind=kind, channel=Channel.APP).order_by("user_id")
    return list(rows.values_list("user_id", "subject"))


def credits() -> list[int]:
    """What bad leads gave back to the reps."""
    return sorted(int(each) for each in PoolMember.objects.values_list("calibration", flat=True))


@pytest.mark.django_db
class TestAnswering:
    def test_a_lead_that_marketing_stands_by_counts_as_a_turn(self):
        office = open_office()
        stood_by, agreed = back("not_ideal"), back("not_ideal", "eva")
        given = sum(credits())
        assert given == -2
        answer(office, stood_by, says="disagreed", note="They have 400 people.")
        assert sum(credits()) == given + 1
        answer(office, agreed)
        assert sum(credits()) == given + 1

    def test_agreeing_stops_the_clock_tells_the_story_and_the_rep(self):
        office = open_office()
        passed = back()
        assert clock_of(passed).due_at == SOON + timedelta(hours=48)
        assert answer(office, passed)
        passed.refresh_from_db()
        clock = clock_of(passed)
        assert (passed.answer, passed.answered_at, passed.answered_by_id) == (
            "agreed",
            LATER,
            office.max.id,
        )
        assert (clock.state, clock.stopped_at, clock.user_id) == (
            ClockState.STOPPED,
            LATER,
            office.max.id,
        )
        assert Activity.objects.get(kind="pass_back.answered").side == "marketing"
        assert told("pass_back.answered") == [
            (passed.passed_back_by_id, "Marketing on Dana Ruiz: Agreed")
        ]

    def test_several_are_answered_in_one_go(self):
        office = open_office()
        passed = [back(name=name) for name in ("dana", "eva", "ida")]
        assert len(answer(office, *passed)) == 3
        assert came_back_count(Returned.OPEN, at=LATER) == 0

    def test_disagreeing_needs_what_speaks_against_it_and_waits_for_the_meeting(self):
        office = open_office()
        passed = back()
        with pytest.raises(Invalid, match="speaks against"):
            answer(office, passed, says="disagreed")
        assert came_back_count(Returned.OPEN, at=LATER) == 1
        answer(office, passed, says="disagreed", note="They asked for a demo twice.")
        (seen,) = came_back(Returned.MEETING, at=LATER)
        assert seen.back.answer_note == "They asked for a demo twice."
        assert Lead.objects.get(id=passed.lead_id).stage == Stage.RECYCLED

    def test_what_was_mended_is_with_sales_again(self):
        office = open_office()
        passed = back("no_authority")
        with pytest.raises(Invalid, match="mended"):
            answer(office, passed, says="mended")
        answer(office, passed, says="mended", note="The buyer is Eva Ruiz.")
        again = Handoff.objects.get(lead_id=passed.lead_id, disposed_at=None)
        assert (again.trigger, again.round) == ("manual", 2)

    def test_what_cannot_be_handed_over_again_is_not_answered_either(self):
        office = open_office()
        passed = back()
        Lead.objects.filter(id=passed.lead_id).update(do_not_contact=True)
        with pytest.raises(Conflict, match="asked us to stop"):
            answer(office, passed, says="mended", note="Mended.")
        passed.refresh_from_db()
        assert passed.answered_at is None
        assert clock_of(passed).state == ClockState.RUNNING
        assert not Activity.objects.filter(kind="pass_back.answered").exists()

    def test_nor_are_others_that_are_answered_with_it(self):
        office = open_office()
        stopped, other = back(), back(name="eva")
        Lead.objects.filter(id=stopped.lead_id).update(do_not_contact=True)
        with pytest.raises(Conflict, match="Dana Ruiz: They asked us to stop"):
            answer(office, stopped, other, says="mended", note="Mended.")
        assert came_back_count(Returned.OPEN, at=LATER) == 2
        assert not Handoff.objects.filter(disposed_at=None).exists()

    def test_twice_says_who_did(self):
        office = open_office()
        passed = back()
        answer(office, passed)
        with pytest.raises(Conflict, match="Max has answered"):
            answer(office, passed, says="disagreed", note="No.")

    def test_one_of_two_that_is_answered_keeps_the_other_open(self):
        office = open_office()
        first, second = back(), back(name="eva")
        answer(office, first)
        with pytest.raises(Conflict):
            answer(office, first, second)
        second.refresh_from_db()
        assert second.answered_at is None

    def test_what_there_is_not_is_refused(self):
        office = open_office()
        with pytest.raises(Missing):
            answer_pass_backs(
                backs=[new_id()], answer="agreed", note="", by=office.max.id, at=LATER
            )
        with pytest.raises(Invalid, match="no answer"):
            answer(office, back(), says="itself")


@pytest.mark.django_db
class TestByItself:
    @pytest.mark.parametrize(
        ("reason", "more"),
        [
            ("bad_data", {"note": "The number is wrong."}),
            ("duplicate", {"asked": "eva@acme.example"}),
            ("stop", {}),
        ],
    )
    def test_a_mechanical_reason_asks_nothing_of_marketing(self, reason, more):
        open_office()
        send({"email": "eva@acme.example"})
        passed = back(reason, **more)
        assert (passed.answer, passed.answered_at) == ("itself", SOON)
        assert not Clock.objects.filter(kind=ClockKind.PASS_BACK_ANSWER).exists()
        assert came_back_count(Returned.OPEN, at=LATER) == 0

    def test_data_stays_to_be_mended_until_the_lead_is_handed_over_again(self):
        open_office()
        passed = back("bad_data", note="The number is wrong.")
        assert [each.id for each in came_back(Returned.MENDING, at=LATER)] == [passed.id]
        hand_raise(at=LATER)
        assert came_back_count(Returned.MENDING, at=LATER) == 0


@pytest.mark.django_db
class TestMissing:
    def test_marketing_is_told_then_its_head_each_once_and_nobody_loses_the_lead(self):
        office = open_office()
        passed = back()
        due = clock_of(passed).due_at
        watch_clocks(at=due)
        assert clock_of(passed).state == ClockState.RUNNING
        for moment in (due + MINUTE, due + 2 * MINUTE, due + timedelta(days=7)):
            watch_clocks(at=moment)
            watch_clocks(at=moment)
        assert clock_of(passed).state == ClockState.MISSED
        steps = Escalation.objects.filter(clock_id=clock_of(passed).id)
        assert set(steps.values_list("step", flat=True)) == {"warn", "tell_rep", "tell_head"}
        # The one person of marketing is also its head: told once for each of the two steps.
        assert [who for who, _subject in told("pass_back.unanswered")] == [office.max.id] * 2

    def test_answered_late_counts_as_late(self):
        office = open_office()
        passed = back()
        late = clock_of(passed).due_at + MINUTE
        answer(office, passed, at=late)
        scope = Scope(at=late, begins_at=AT, ends_at=late + MINUTE)
        assert metric("pass_back_answer_late").count(scope) == 1
        assert share_of("pass_back_answer_in_time", scope).value == 0


@pytest.mark.django_db
def test_taking_it_back_ends_marketings_clock_and_brings_the_rep_s_back():
    open_office()
    passed = back()
    by = passed.passed_back_by_id
    undo_pass_back(handoffs=[passed.handoff_id], by=by, at=SOON)
    assert clock_of(passed).state == ClockState.CANCELLED
    running = Clock.objects.filter(state=ClockState.RUNNING).values_list("kind", flat=True)
    assert set(running) == {ClockKind.FIRST_ATTEMPT, ClockKind.ANSWER, ClockKind.ATTEMPTS}
    assert came_back_count(Returned.ALL, at=LATER) == 0


@pytest.mark.django_db
class TestGivenUpEarly:
    def attempted(self, name: str, channels: str) -> PassBack:
        handoff = hand_raise(name)
        for number, channel in enumerate(channels.split()):
            follow_up.log_attempts(
                attempts=[Attempt(handoff.lead_id, channel, "no_answer")],
                by=handoff.owner_id,
                at=AT + number * MINUTE,
            )
        said = Said("unreachable")
        pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=SOON)
        return PassBack.objects.get(handoff_id=handoff.id)

    @pytest.mark.parametrize(
        ("channels", "counted", "early"),
        [
            ("call call call call call call", 0, True),
            ("email email email email email email", 6, False),
            ("email visit email visit email visit", 6, False),
            ("visit visit visit visit visit visit", 6, True),
            ("email email email call call call", 3, True),
            ("", 0, True),
        ],
    )
    def test_counts_only_the_channels_there_are(self, channels, counted, early):
        open_office()
        passed = self.attempted("dana", channels)  # an address, and no number
        assert (passed.attempts, passed.is_early) == (counted, early)
        promised = Clock.objects.get(handoff_id=passed.handoff_id, kind=ClockKind.ATTEMPTS)
        assert (promised.state == ClockState.CANCELLED) == early  # by the end of the handoff

    def test_with_a_number_one_channel_alone_is_too_few(self):
        open_office()
        (lead,) = send({"email": "ida@acme.example", "phone": "+49 30 901820", "asks_for": "demo"})
        handoff = Handoff.objects.get(lead_id=lead.id)
        for number in range(6):
            follow_up.log_attempts(
                attempts=[Attempt(lead.id, "email", "no_answer")],
                by=handoff.owner_id,
                at=AT + number * MINUTE,
            )
        said = Said("unreachable")
        pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=SOON)
        assert PassBack.objects.get().is_early

    def test_another_reason_is_never_early(self):
        open_office()
        assert not back("no_need").is_early
