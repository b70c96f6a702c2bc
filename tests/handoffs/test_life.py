"""Any sequence of answers leaves one open handoff a lead, and figures that add up."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.base.errors import Refusal
from accord.flows import close, follow_up
from accord.flows.close import Lost, Opening
from accord.flows.pass_back import Said, pass_back, undo_pass_back
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Assignment, Clock, ClockState, Handoff, HandoffState
from accord.leads.models import Lead, Ownership, StageEntry
from tests.handoffs.office import AT, Office, demo, open_office, send

ACTS = ("raise", "accept", "try", "talk", "back", "undo", "qualify", "withdraw", "reassign", "deal")
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.sampled_from([2, 300, 4_000])),
    min_size=4,
    max_size=14,
)


@pytest.mark.django_db
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_life_adds_up(steps):
    with transaction.atomic():
        office, now = open_office(), AT
        for act, lead, minutes in steps:
            now += timedelta(minutes=minutes)
            with suppress(Refusal), transaction.atomic():
                take(act, f"dana{lead}", office, now)
            watch_clocks(at=now)
            check()
        transaction.set_rollback(True)


def take(act: str, name: str, office: Office, now) -> None:
    """One act of somebody; what does not fit is refused."""
    if act == "raise":
        send(demo(name), at=now)
        return
    handoff = (
        Handoff.objects.filter(
            lead_id__in=Lead.objects.filter(email=f"{name}@acme.example").values("id")
        )
        .order_by("-offered_at")
        .first()
    )
    if handoff is None:
        return
    by, ids = handoff.owner_id or office.tom.id, [handoff.id]
    if act == "accept":
        follow_up.accept(handoffs=ids, by=by, at=now)
    elif act in ("try", "talk"):
        outcome = "connected" if act == "talk" else "no_answer"
        follow_up.log_attempts(attempts=[Attempt(handoff.lead_id, "call", outcome)], by=by, at=now)
    elif act == "back":
        pass_back(handoffs=ids, said=Said("unreachable"), by=by, at=now)
    elif act == "undo":
        undo_pass_back(handoffs=ids, by=by, at=now)
    else:
        take_further(act, handoff, by, office, now)


def take_further(act: str, handoff: Handoff, by, office: Office, now) -> None:
    if act == "qualify":
        follow_up.qualify(handoffs=[handoff.id], by=by, at=now, note="why not")
    elif act == "withdraw":
        follow_up.withdraw(handoffs=[handoff.id], why="a test", by=office.max.id, at=now)
    elif act == "reassign":
        (other,) = office.reps - {by}
        follow_up.reassign(owners={handoff.id: other}, why="a test", by=office.head.id, at=now)
    else:
        opening = Opening(lead_id=handoff.lead_id)
        (deal,) = close.open_deals(openings=[opening], by=by, at=now)
        close.lose_deals(lost=[Lost(deal, "price")], by=by, at=now)


def check() -> None:
    handoffs = list(Handoff.objects.all())
    open_ones = [each for each in handoffs if each.disposed_at is None]
    assert len({each.lead_id for each in open_ones}) == len(open_ones)
    waiting = sum(each.state == HandoffState.OFFERED for each in handoffs)
    accepted = sum(each.accepted_at is not None for each in handoffs)
    back = sum(
        each.state == HandoffState.PASSED_BACK and each.accepted_at is None for each in handoffs
    )
    gone = sum(
        each.state == HandoffState.WITHDRAWN and each.accepted_at is None for each in handoffs
    )
    assert len(handoffs) == waiting + accepted + back + gone
    check_rows(handoffs)


def check_rows(handoffs: list[Handoff]) -> None:
    for handoff in handoffs:
        # What marketing promised to answer runs on after the handoff.
        running = Clock.objects.filter(
            handoff_id=handoff.id,
            state__in=[ClockState.RUNNING, ClockState.PAUSED],
            user_id__isnull=False,
        )
        held = Assignment.objects.filter(handoff_id=handoff.id, assigned_until=None)
        assert handoff.disposed_at is None or not running.exists()
        assert all(clock.user_id == handoff.owner_id for clock in running)
        assert held.count() <= 1
    for lead in Lead.objects.all():
        assert StageEntry.objects.get(lead_id=lead.id, left_at=None).stage == lead.stage
        owners = Ownership.objects.filter(lead_id=lead.id, owned_until=None)
        assert [each.owner_id for each in owners] == ([lead.owner_id] if lead.owner_id else [])
