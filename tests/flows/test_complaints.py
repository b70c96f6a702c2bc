"""What users of other systems complain about, by the numbers of the field study's list.

Each is played as it was told there, and does not happen here. How it is prevented in every
case, the tests of clocks, turns, routes and tellings say.
"""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accord.base.errors import Conflict
from accord.base.lifecycle import Stage
from accord.deals.models import Deal
from accord.flows import follow_up
from accord.flows.hand_off import offer
from accord.flows.pass_back import Said, pass_back
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Clock, ClockKind, Escalation, Handoff, PassBack
from accord.handoffs.rules.pools import Member, calibration_of_joiner
from accord.handoffs.rules.routing import Wanted
from accord.leads.models import Lead
from accord.outbox.models import Notification
from accord.teams import actions as teams
from accord.teams.queries import whose_figures
from tests.handoffs.office import AT, HOUR, MINUTE, Office, hand_raise, open_office, send
from tests.handoffs.routed import ids, plan, pool, routed, told, turns

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 11, 6, 16, 30, tzinfo=BERLIN)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.fixture
def office() -> Office:
    return open_office()


def ways(kind: str, user_id: uuid.UUID | None) -> set[str]:
    """The ways on which somebody was told something of this kind."""
    found = Notification.objects.filter(kind=kind, user_id=user_id)
    return set(found.values_list("channel", flat=True))


def works(user_id: uuid.UUID | None, *ranges: list[str]) -> None:
    """Has somebody work in these ranges of every weekday."""
    assert user_id
    week = {day: list(ranges) for day in WEEKDAYS}
    calendar = teams.add_calendar(name="own", time_zone="Europe/Berlin", week=week)
    teams.set_calendar(user_id=user_id, calendar_id=calendar.id)


def first_due(handoff: Handoff) -> datetime:
    return Clock.objects.get(handoff_id=handoff.id, kind=ClockKind.FIRST_ATTEMPT).due_at


def test_3_a_customer_writes_and_whoever_has_the_lead_is_told(office):
    handoff = hand_raise()
    before = Notification.objects.filter(user_id=handoff.owner_id).count()
    send({"email": "dana@acme.example", "message": "Is anybody there?"}, at=AT + HOUR)
    assert Notification.objects.filter(user_id=handoff.owner_id).count() > before


def test_4_whoever_is_given_a_lead_may_work_on_it_and_nobody_else(office):
    handoff = hand_raise()
    (other,) = office.reps - {handoff.owner_id}
    with pytest.raises(Conflict):
        follow_up.accept(handoffs=[handoff.id], by=other, at=AT + MINUTE)
    follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=AT + MINUTE)
    attempts = [Attempt(handoff.lead_id, "call", "connected")]
    follow_up.log_attempts(attempts=attempts, by=handoff.owner_id, at=AT + 2 * MINUTE)
    handoff.refresh_from_db()
    assert (handoff.state, handoff.accepted_by_id) == ("accepted", handoff.owner_id)


def test_5_and_18_figures_of_a_person_are_for_them_and_their_head(office):
    assert set(whose_figures(office.mira)) == {office.mira}
    assert set(whose_figures(office.head)) >= {office.mira, office.tom, office.head}
    assert not set(whose_figures(office.max)) & {office.mira, office.tom}


def test_9_and_17_a_lead_that_is_assigned_is_neither_qualified_nor_a_deal(office):
    handoff = hand_raise()
    assert handoff.owner_id
    assert Lead.objects.get(id=handoff.lead_id).stage == Stage.MQL
    assert not Deal.objects.exists()


def test_10_15_and_31_every_assignment_is_told_in_accord_and_by_mail(office):
    routed_to = hand_raise()
    assert ways("handoff.offered", routed_to.owner_id) >= {"app", "email"}
    (lead,) = send({"email": "kim@acme.example", "name": "Kim"})
    (by_hand,) = offer(leads=[lead.id], by=office.max.id, why="They called.", at=AT)
    assert ways("handoff.offered", by_hand.owner_id) >= {"app", "email"}
    Notification.objects.all().delete()
    (other,) = office.reps - {routed_to.owner_id}
    owners = {routed_to.id: other}
    follow_up.reassign(owners=owners, why="On the road", by=office.head.id, at=AT + MINUTE)
    assert ways("handoff.offered", other) >= {"app", "email"}
    assert ways("handoff.reassigned", routed_to.owner_id) >= {"app"}


def test_11_and_14_lunch_is_no_working_time(office):
    for rep in office.reps:
        works(rep, ["09:00", "12:00"], ["13:00", "17:00"])
    at = datetime(2026, 11, 3, 11, 30, tzinfo=BERLIN)
    assert first_due(hand_raise(at=at)) == at + 2 * HOUR


def test_12_nothing_runs_out_at_night_or_on_a_weekend(office):
    handoff = hand_raise(at=FRIDAY)
    assert first_due(handoff) == datetime(2026, 11, 9, 9, 30, tzinfo=BERLIN)
    assert watch_clocks(at=FRIDAY + timedelta(days=2)).steps == 0


def test_13_what_is_ignored_goes_to_the_head_and_then_to_somebody_else_each_once(office):
    handoff = hand_raise()
    for minutes in range(0, 6 * 60, 10):
        watch_clocks(at=AT + minutes * MINUTE)
    clock = Clock.objects.get(handoff_id=handoff.id, kind=ClockKind.FIRST_ATTEMPT, state="missed")
    steps = Escalation.objects.filter(clock_id=clock.id).values_list("step", flat=True)
    assert sorted(steps) == ["reassign", "tell_head", "tell_rep", "warn"]
    assert Handoff.objects.get().owner_id != handoff.owner_id
    assert ways("clock.missed", office.head.id) >= {"app"}


def test_13_nobody_picks_the_best_leads_by_leaving_the_others(office):
    """What somebody lets lie is taken from them, and counts as missed in their record."""
    handoff = hand_raise()
    watch_clocks(at=AT + 5 * HOUR)
    missed = Clock.objects.get(kind=ClockKind.FIRST_ATTEMPT, state="missed")
    assert missed.user_id == handoff.owner_id


def test_16_seniors_do_not_get_more_and_ties_go_at_random():
    senior, middle, junior = ids(3)
    members = [Member(each, 100, 0) for each in (senior, middle, junior)]
    assert set(turns(members, 30).values()) == {10}
    first = {next(iter(turns(members, 1, seed=seed))) for seed in range(30)}
    assert first == {senior, middle, junior}


def test_35_weights_are_kept_a_joiner_is_not_flooded_and_the_trace_says_why():
    old, half, joiner = ids(3)
    got = turns([Member(old, 100, 0), Member(half, 50, 0)], 300)
    assert abs(got[old] - 2 * got[half]) <= 0.05 * got[old]
    before = [Member(old, 100, 400), Member(half, 50, 200)]
    late = Member(joiner, 100, 0, calibration=calibration_of_joiner(members=before, weight=100))
    got = turns([*before, late], 25)
    assert got[joiner] <= 11  # a full share of 25 turns is 10
    (found,) = routed(Wanted(uuid.uuid4()), by=plan(pool(*before, late)), people={})
    assert "in_turn" in told(found)


def test_1e_friday_half_past_four_and_an_hour_is_monday_half_past_nine_on_ones_own_clock(office):
    overseas = teams.add_calendar(
        name="overseas",
        time_zone="America/New_York",
        week={day: [["09:00", "17:00"]] for day in WEEKDAYS},
    )
    for rep in office.reps:
        teams.set_calendar(user_id=rep, calendar_id=overseas.id)
    handoff = hand_raise(at=FRIDAY.replace(tzinfo=ZoneInfo("America/New_York")))
    monday = datetime(2026, 11, 9, 9, 30, tzinfo=ZoneInfo("America/New_York"))
    assert first_due(handoff) == monday


def test_1f_unreachable_before_the_promised_attempts_is_flagged_and_not_blocked(office):
    handoff = hand_raise()
    said = Said(reason="unreachable")
    pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=AT + HOUR)
    assert PassBack.objects.get().is_early
