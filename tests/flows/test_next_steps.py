"""Next steps: planned, done by trying, and late where a prospect waits for them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accord.base.errors import Conflict, Invalid
from accord.flows import follow_up
from accord.flows.pass_back import Said, pass_back
from accord.handoffs.actions import Attempt, Plan
from accord.handoffs.models import NextStep
from accord.handoffs.queries import cadence_of, late_next_steps, next_steps_of, one_open
from accord.leads.models import Activity
from tests.handoffs.office import AT, HOUR, MINUTE, hand_raise, open_office

pytestmark = pytest.mark.django_db
SOON = AT + 10 * MINUTE
DAY = timedelta(days=1)
TUESDAY_WEEK = date(2026, 11, 10)
THAT_EVENING = datetime(2026, 11, 10, 16, tzinfo=UTC)  # 17:00 in Berlin


def plan(handoff, channel="call", due_at=AT + 3 * DAY, at=SOON, by=None, **more):
    plans = {handoff.id: Plan(channel, due_at, **more)}
    return follow_up.plan(plans=plans, by=by or handoff.owner_id, at=at)


def tries(handoff, channel, outcome, at):
    attempts = [Attempt(handoff.lead_id, channel, outcome)]
    follow_up.log_attempts(attempts=attempts, by=handoff.owner_id, at=at)


def test_a_next_step_is_kept_and_told_and_the_one_before_it_is_replaced():
    open_office()
    handoff = hand_raise()
    plan(handoff)
    plan(handoff, "email", AT + 4 * DAY, at=SOON + MINUTE)
    step = NextStep.objects.get()
    assert (step.channel, step.due_at, step.done_at) == ("email", AT + 4 * DAY, None)
    assert next_steps_of([handoff.id]) == {handoff.id: step}
    assert Activity.objects.filter(kind="next_step.planned", handoff_id=handoff.id).count() == 2


@pytest.mark.parametrize(
    ("channel", "due_at"), [("fax", AT + DAY), ("call", SOON), ("call", AT + 400 * DAY)]
)
def test_of_a_channel_there_is_not_or_a_moment_past_or_far_ahead_nothing_is_kept(channel, due_at):
    open_office()
    handoff = hand_raise()
    with pytest.raises(Invalid):
        plan(handoff, channel, due_at)
    assert not NextStep.objects.exists()


def test_it_is_its_owner_s_to_plan():
    office = open_office()
    handoff = hand_raise()
    other = office.tom if handoff.owner_id == office.mira.id else office.mira
    with pytest.raises(Conflict):
        plan(handoff, by=other.id)


def test_the_next_attempt_does_what_the_rep_planned():
    open_office()
    handoff = hand_raise()
    plan(handoff)
    tries(handoff, "email", "left_message", SOON + HOUR)
    assert NextStep.objects.get().done_at == SOON + HOUR


def test_a_day_they_asked_for_is_promised_and_due_at_the_end_of_that_day():
    open_office()
    handoff = hand_raise()
    follow_up.pause(until={handoff.id: TUESDAY_WEEK}, by=handoff.owner_id, at=SOON)
    step = NextStep.objects.get()
    assert (step.channel, step.due_at, step.promised_to_prospect) == ("email", THAT_EVENING, True)


@pytest.mark.parametrize(
    ("channel", "outcome", "at", "is_done"),
    [
        ("email", "left_message", SOON + HOUR, False),
        ("call", "connected", SOON + HOUR, True),
        ("email", "left_message", THAT_EVENING - HOUR, True),
        ("visit", "no_answer", THAT_EVENING - HOUR, False),
    ],
)
def test_what_was_promised_is_done_by_talking_or_on_its_channel_on_that_day(
    channel, outcome, at, is_done
):
    open_office()
    handoff = hand_raise()
    follow_up.pause(until={handoff.id: TUESDAY_WEEK}, by=handoff.owner_id, at=SOON)
    tries(handoff, channel, outcome, at)
    assert (NextStep.objects.get().done_at is not None) == is_done


def promise(handoff):
    follow_up.pause(until={handoff.id: TUESDAY_WEEK}, by=handoff.owner_id, at=SOON)
    return NextStep.objects.get()


def test_while_they_wait_for_what_they_were_promised_nothing_is_proposed():
    open_office()
    handoff = hand_raise()
    promise(handoff)
    tries(handoff, "call", "left_message", SOON + HOUR)
    assert cadence_of(one_open(handoff.id, at=SOON + HOUR), at=SOON + HOUR).proposal is None
    after = THAT_EVENING + HOUR  # the pause is over, what was promised is still to be done
    assert cadence_of(one_open(handoff.id, at=after), at=after).proposal is None


def test_a_promise_is_kept_unless_another_is_made_or_the_plan_names_it():
    open_office()
    handoff = hand_raise()
    step = promise(handoff)
    with pytest.raises(Conflict, match="“E-mail” by Tuesday 10 November"):
        plan(handoff)
    with pytest.raises(Conflict):
        plan(handoff, in_place_of=handoff.id)
    assert NextStep.objects.get() == step
    plan(handoff, due_at=AT + 4 * DAY, promised_to_prospect=True)
    assert NextStep.objects.get().due_at == AT + 4 * DAY
    plan(handoff, in_place_of=step.id)
    assert NextStep.objects.get().promised_to_prospect is False


def test_late_ones_are_known_with_whose_they_are_until_the_lead_is_gone():
    open_office()
    handoff = hand_raise()
    plan(handoff)
    late = AT + 3 * DAY + MINUTE
    assert late_next_steps(at=AT + 3 * DAY) == []
    (found,) = late_next_steps(at=late)
    assert (found.owner_id, found.is_qualified) == (handoff.owner_id, False)
    assert late_next_steps(at=late, promised=True) == []
    pass_back(handoffs=[handoff.id], said=Said("no_need"), by=handoff.owner_id, at=late)
    assert late_next_steps(at=late) == []
