"""When a lead is handed over: case by case, without a database."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from accord.handoffs.rules.triggers import Case, Event, Return, hand_raise_for_owner, triggered

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
EPISODE = uuid.UUID(int=1)
EVENT = Event(uuid.UUID(int=2), AT)
RAISED = Event(uuid.UUID(int=3), AT, "demo")
READY = Case(
    lead_id=uuid.UUID(int=9),
    stage="mql",
    known_at=AT - DAY,
    is_reachable=True,
    ready_episode=EPISODE,
    ready_since=AT,
)
CAME_BACK = replace(
    READY,
    stage="recycled",
    rounds=1,
    last_return=Return(AT - 40 * DAY, (AT - 10 * DAY).date()),
    last_event=EVENT,
)


def trigger(case: Case, max_rounds: int = 3) -> tuple[str, uuid.UUID] | None:
    found = triggered(case, max_rounds=max_rounds, time_zone="Europe/Berlin")
    return (found.trigger, found.episode_id) if found else None


def test_ready_names_the_verdicts_episode():
    assert trigger(READY) == ("ready", EPISODE)


@pytest.mark.parametrize(
    "change",
    [
        {"stage": "inquiry"},
        {"stage": "sal"},
        {"stage": "customer"},
        {"stage": "disqualified"},
        {"has_open_handoff": True},
        {"do_not_contact": True},
        {"ready_episode": None},
    ],
)
def test_ready_is_not_enough_when(change):
    assert trigger(replace(READY, **change)) is None


@pytest.mark.parametrize("stage", ["subscriber", "inquiry", "mql", "recycled", "disqualified"])
def test_a_hand_raise_goes_through_whatever_the_verdict(stage):
    case = replace(READY, stage=stage, ready_episode=None, hand_raise=RAISED, rounds=9)
    assert trigger(case) == ("hand_raise", RAISED.id)


def test_a_hand_raise_needs_a_way_to_reach_them():
    case = replace(READY, ready_episode=None, hand_raise=RAISED, is_reachable=False)
    assert trigger(case) is None


def test_with_sales_the_owner_is_told_instead():
    case = replace(READY, stage="sql", hand_raise=RAISED)
    assert trigger(case) is None
    assert hand_raise_for_owner(case) == RAISED


def test_what_came_back_returns_by_a_new_event():
    assert trigger(CAME_BACK) == ("ready", EVENT.id)


@pytest.mark.parametrize(
    "change",
    [
        {"last_event": Event(EVENT.id, AT - 11 * DAY)},  # before the day
        {"last_event": None},
        {"last_return": Return(AT, None)},  # nothing new since
        {"rounds": 3},
        {"ready_episode": None},
    ],
)
def test_what_came_back_waits_when(change):
    assert trigger(replace(CAME_BACK, **change)) is None


def test_the_day_of_re_entry_begins_at_midnight_where_the_company_is():
    midnight = datetime(2026, 11, 9, 23, tzinfo=UTC)  # 00:00 on the 10th in Berlin
    case = replace(CAME_BACK, last_return=Return(AT, date(2026, 11, 10)))
    before = replace(case, last_event=Event(EVENT.id, midnight - timedelta(seconds=1)))
    on_it = replace(case, last_event=Event(EVENT.id, midnight))
    assert (trigger(before), trigger(on_it)) == (None, ("ready", EVENT.id))


def test_a_brought_lead_is_handed_to_its_rep_once():
    case = replace(READY, stage="inquiry", brought_by=uuid.UUID(int=5))
    found = triggered(case, max_rounds=3, time_zone="UTC")
    assert found
    assert found.trigger == "brought"
    assert trigger(replace(case, was_handed_over=True, ready_episode=None)) is None
