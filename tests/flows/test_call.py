"""Calls that log themselves: begun by a tap, logged by what came of them, or taken back."""

import pytest

from accord.base.errors import Conflict, Invalid
from accord.flows import call, follow_up
from accord.flows.call import Outcome
from accord.flows.pass_back import Said, pass_back
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Clock, ClockKind, ClockState, HandoffState, PassBack
from accord.handoffs.queries import open_calls
from accord.leads.models import Activity
from accord.teams.models import User
from tests.handoffs.office import AT, HOUR, MINUTE, hand_raise, open_office

pytestmark = pytest.mark.django_db
SOON = AT + 10 * MINUTE


@pytest.fixture
def handoff():
    open_office()
    return hand_raise(phone="+4930123456")


def begin(handoff, at=SOON):
    return call.begin_calls(leads={handoff.lead_id}, by=handoff.owner_id, at=at)[handoff.lead_id]


def end(handoff, id, outcome, at=SOON + 5 * MINUTE):
    return call.end_calls(outcomes={id: Outcome(outcome, "a note")}, by=handoff.owner_id, at=at)


def first_clock(handoff):
    return Clock.objects.get(handoff_id=handoff.id, kind=ClockKind.FIRST_ATTEMPT)


def told(handoff):
    return list(
        Activity.objects.filter(lead_id=handoff.lead_id, channel="call").values_list(
            "kind", "outcome", "happened_at", "known_at"
        )
    )


def test_a_tap_stops_the_first_attempt_s_clock_and_stands_in_the_story(handoff):
    begin(handoff)
    handoff.refresh_from_db()
    assert (handoff.first_attempt_at, handoff.state) == (SOON, HandoffState.OFFERED)
    assert first_clock(handoff).stopped_at == SOON
    assert told(handoff) == [("call.begun", None, SOON, SOON)]
    assert [each.lead.id for each in open_calls(handoff.owner)] == [handoff.lead_id]


def test_a_second_tap_is_the_same_call(handoff):
    assert begin(handoff) == begin(handoff, SOON + MINUTE)
    assert len(told(handoff)) == 1


def test_what_came_of_it_makes_it_an_attempt_of_the_moment_of_the_tap(handoff):
    end(handoff, begin(handoff), "no_answer")
    assert told(handoff) == [("attempt.logged", "no_answer", SOON, SOON + 5 * MINUTE)]
    assert not open_calls(handoff.owner)
    assert first_clock(handoff).stopped_at == SOON


def test_a_conversation_accepts(handoff):
    end(handoff, begin(handoff), "connected")
    handoff.refresh_from_db()
    assert handoff.state == HandoffState.ACCEPTED


def test_it_is_said_once_by_whoever_called(handoff):
    id = begin(handoff)
    other = User.objects.exclude(id=handoff.owner_id).first()
    with pytest.raises(Conflict):
        call.end_calls(outcomes={id: Outcome("connected")}, by=other.id, at=SOON + MINUTE)
    end(handoff, id, "no_answer")
    with pytest.raises(Conflict, match="said already"):
        end(handoff, id, "connected")


def test_an_outcome_there_is_not_leaves_the_call_begun(handoff):
    id = begin(handoff)
    with pytest.raises(Invalid):
        end(handoff, id, "perhaps")
    assert told(handoff) == [("call.begun", None, SOON, SOON)]


def test_no_call_at_all_lets_the_clock_run_on(handoff):
    id = begin(handoff)
    call.drop_calls(calls={id}, by=handoff.owner_id, at=SOON + MINUTE)
    handoff.refresh_from_db()
    assert (handoff.first_attempt_at, told(handoff)) == (None, [])
    clock = first_clock(handoff)
    assert (clock.state, clock.stopped_at) == (ClockState.RUNNING, None)
    assert handoff.due_at == clock.due_at
    watch_clocks(at=clock.due_at + MINUTE)
    assert first_clock(handoff).state == ClockState.MISSED


def test_taking_back_a_second_call_leaves_the_first_attempt(handoff):
    tries = [Attempt(handoff.lead_id, "email", "left_message")]
    follow_up.log_attempts(attempts=tries, by=handoff.owner_id, at=SOON)
    id = begin(handoff, SOON + HOUR)
    call.drop_calls(calls={id}, by=handoff.owner_id, at=SOON + 2 * HOUR)
    handoff.refresh_from_db()
    assert handoff.first_attempt_at == SOON


def test_a_tap_alone_is_no_attempt_when_somebody_gives_up(handoff):
    begin(handoff)
    pass_back(handoffs=[handoff.id], said=Said("unreachable"), by=handoff.owner_id, at=SOON + HOUR)
    back = PassBack.objects.get()
    assert (back.attempts, back.is_early) == (0, True)


def test_a_lead_without_a_handoff_can_be_called_too(handoff):
    pass_back(handoffs=[handoff.id], said=Said("no_need"), by=handoff.owner_id, at=SOON)
    assert end(handoff, begin(handoff, SOON + HOUR), "no_answer", SOON + 2 * HOUR) == []
    assert told(handoff)[-1][:2] == ("attempt.logged", "no_answer")
