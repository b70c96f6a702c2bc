"""What a new version makes ready goes out bit by bit; a promise on trial tells nobody."""

from datetime import UTC, datetime, timedelta

import pytest

from accord.agreement.queries import judged_at, running
from accord.base.lifecycle import Side
from accord.flows.learn import learn
from accord.flows.recheck import re_evaluate, recheck
from accord.flows.release import release
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.models import Clock, Escalation, Handoff
from accord.handoffs.queries import newly_ready_count
from accord.leads.models import Lead
from accord.qualification.models import Score, Verdict
from accord.teams.queries import reps
from tests.handoffs.office import AT, change_agreement, hand_raise, open_office, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LOOSER = ("    stage: mql\n    must:\n      all:\n", "    stage: mql\n    must:\n      any:\n")
STATED = "            - key: need-stated\n"
READY = (STATED, "            - {key: anybody, fact: email, known: true}\n" + STATED)


def waiting(number: int) -> None:
    """So many leads that nobody calls ready yet."""
    send(*({"email": f"p{each}@acme{each}.example"} for each in range(number)))


def loosen(attempts_a_day: int = 12) -> None:
    """A version that calls them all ready, with room for so many attempts of each rep."""
    office = open_office()
    waiting(30)
    assert not Handoff.objects.exists()
    room = ("attempts_a_day: 25", f"attempts_a_day: {attempts_a_day}")
    change_agreement(office, LOOSER, READY, room)
    re_evaluate(at=AT)


def test_a_new_version_hands_over_no_more_than_the_reps_have_time_for() -> None:
    loosen()
    a_day = len(reps()) * 12 // running().attempts.at_least
    assert 0 < a_day < 10
    assert judged_at(running().number) == AT
    assert release(at=AT + timedelta(minutes=1)) == a_day
    assert release(at=AT + timedelta(hours=1)) == 0
    assert Handoff.objects.count() == a_day
    assert release(at=AT + DAY) == a_day
    assert Handoff.objects.values("lead_id").distinct().count() == 2 * a_day


def test_those_with_the_most_points_go_first() -> None:
    loosen()
    best = Score.objects.order_by("-lead_id").first()
    Score.objects.filter(id=best.id).update(fit_points=99)
    release(at=AT + timedelta(minutes=1))
    assert Handoff.objects.filter(lead_id=best.lead_id).exists()


def test_whoever_was_ready_and_is_marketing_qualified_only_now_goes_out_too() -> None:
    office = open_office()
    waiting(3)
    change_agreement(office, READY)
    re_evaluate(at=AT)
    assert release(at=AT + timedelta(minutes=1)) == 0
    change_agreement(office, READY, LOOSER)
    re_evaluate(at=AT + timedelta(minutes=2))
    assert release(at=AT + timedelta(minutes=3)) == 3


def test_whoever_waits_is_not_forgotten_by_a_newer_version() -> None:
    loosen()
    re_evaluate(at=AT + timedelta(minutes=1))
    assert newly_ready_count(running()) == 30
    assert release(at=AT + timedelta(minutes=2)) > 0


def test_what_time_alone_changes_hands_nobody_over_who_waits() -> None:
    loosen()
    Verdict.objects.update(recheck_at=AT)
    assert recheck(at=AT + timedelta(minutes=1)) == 30
    assert not Handoff.objects.exists()


def test_whoever_is_ready_no_longer_waits_no_longer() -> None:
    loosen()
    lead = Lead.objects.order_by("id").first()
    learn(
        lead=lead.id, facts={"do_not_contact": True}, by=reps()[0].id, side=Side.SALES, at=AT + DAY
    )
    assert newly_ready_count(running()) == 29
    learn(
        lead=lead.id,
        facts={"do_not_contact": False},
        by=reps()[0].id,
        side=Side.SALES,
        at=AT + 2 * DAY,
    )
    assert Handoff.objects.get().lead_id == lead.id


def test_what_was_handed_over_otherwise_counts() -> None:
    loosen()
    hand_raise(at=AT + timedelta(minutes=1))
    a_day = len(reps()) * 12 // running().attempts.at_least
    assert release(at=AT + timedelta(minutes=2)) == a_day - 1


def test_nothing_goes_out_at_night() -> None:
    loosen()
    assert release(at=datetime(2026, 11, 2, 22, tzinfo=UTC)) == 0


def test_without_a_new_version_there_is_nothing_to_release() -> None:
    open_office()
    waiting(3)
    assert release(at=AT + timedelta(minutes=1)) == 0


@pytest.mark.parametrize(("trial", "told"), [("", True), ("on_trial: [first_attempt]\n", False)])
def test_nobody_is_told_of_a_promise_on_trial(trial: str, told: bool) -> None:
    change_agreement(
        open_office(), ("review:\n  every_months: 3", f"{trial}review:\n  every_months: 4")
    )
    handoff = hand_raise()
    watch_clocks(at=AT + 3 * DAY)
    clock = Clock.objects.get(handoff_id=handoff.id, kind="first_attempt", user_id=handoff.owner_id)
    assert clock.state == "missed"
    assert Escalation.objects.filter(clock_id=clock.id).exists() == (not trial)
