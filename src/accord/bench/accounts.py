"""What must have come of the simulated week, worked out from its plan and the bare rows."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accord.base.ids import named_id
from accord.bench.living import Plan, body_of
from accord.bench.shifts import BEGIN, Minutes, Span
from accord.handoffs.models import Assignment, Clock, Escalation, Handoff, HandoffState, PoolMember
from accord.leads.models import Lead
from accord.outbox.models import Notification

AFTER = {"tell_rep": 0, "tell_head": 60, "reassign": 240}  # minutes, as the agreement has it
WARN = "warn"
HAND_RAISE = 60
HEADS = 1
ALWAYS_OPEN = datetime.max.replace(tzinfo=BEGIN.tzinfo)


@dataclass(frozen=True)
class Account:
    """How many things are not as they must be; the rest says how many there were."""

    asked: int
    handed_over: int
    lost: int
    twice: int
    unbalanced: int
    misses: int
    steps: int
    wrong_steps: int
    told: int
    wrong_told: int
    wrong_due: int
    turns: int
    unfair: float  # the largest distance from a fair share, as a part of it


def account(
    plan: Plan,
    minutes: Mapping[uuid.UUID, Minutes],
    away: Mapping[uuid.UUID, Sequence[Span]],
) -> Account:
    """Hold the record against the plan."""
    handoffs = list(Handoff.objects.all())
    asked = {body_of(n, asks=asks)["email"] for n, (_at, asks) in enumerate(plan.arrivals) if asks}
    emails = dict(Lead.objects.filter(merged_into_id=None).values_list("id", "email"))
    number = Counter(emails[handoff.lead_id] for handoff in handoffs)
    clocks = list(Clock.objects.filter(user_id__in=minutes).exclude(kind="pass_back_answer"))
    must = set(_steps(plan, clocks, handoffs, minutes))
    steps = Escalation.objects.filter(clock_id__in=[clock.id for clock in clocks])
    taken = Counter(steps.values_list("clock_id", "step", "taken_at"))
    must_tell = _told(must)
    events = {_event(clock, step) for clock, step, _at in taken}
    told = _people_told(events | must_tell.keys())
    turns, unfair = _fairness(away)
    return Account(
        asked=len(asked),
        handed_over=len(handoffs),
        lost=len(asked - number.keys()),
        twice=sum(count - 1 for count in number.values()) + len(number.keys() - asked),
        unbalanced=_unbalanced(handoffs),
        misses=sum(clock.missed_at is not None for clock in clocks),
        steps=taken.total(),
        wrong_steps=_differing(Counter(must), taken),
        told=told.total(),
        wrong_told=_differing(must_tell, told),
        wrong_due=sum(
            clock.due_at != minutes[clock.user_id].due(clock.started_at, HAND_RAISE)
            for clock in clocks
            if clock.kind == "first_attempt" and clock.user_id
        ),
        turns=turns,
        unfair=unfair,
    )


def _differing(one: Counter[Any], other: Counter[Any]) -> int:
    """How many are in one and not in the other."""
    return ((one - other) + (other - one)).total()


def _people_told(events: Collection[uuid.UUID]) -> Counter[uuid.UUID]:
    """How many rows tell somebody in Accord of each event."""
    rows = Notification.objects.filter(channel="app", event_id__in=events)
    return Counter(rows.values_list("event_id", flat=True))


def _unbalanced(handoffs: Sequence[Handoff]) -> int:
    """Offered ever less open, accepted, passed back before acceptance and withdrawn."""
    count = Counter(
        "accepted" if each.accepted_at else HandoffState(each.state).value for each in handoffs
    )
    parts = ("accepted", "offered", "passed_back", "withdrawn")
    open_ones = Counter(each.lead_id for each in handoffs if each.disposed_at is None)
    doubled = sum(number - 1 for number in open_ones.values())
    return len(handoffs) - sum(count[part] for part in parts) + doubled


def _steps(
    plan: Plan,
    clocks: Sequence[Clock],
    handoffs: Sequence[Handoff],
    minutes: Mapping[uuid.UUID, Minutes],
) -> Iterator[tuple[uuid.UUID, str, datetime]]:
    """Every step that must have been taken, and at which look at the clocks."""
    by_id = {handoff.id: handoff for handoff in handoffs}
    had: dict[tuple[uuid.UUID, uuid.UUID], list[Span]] = defaultdict(list)
    for row in Assignment.objects.all():
        until = row.assigned_until or ALWAYS_OPEN
        had[row.handoff_id, row.user_id].append((row.assigned_from, until))
    for clock in clocks:
        if clock.user_id is None:
            continue
        handoff = by_id[clock.handoff_id]
        spans = had[handoff.id, clock.user_id]
        until = next(end for begin, end in spans if begin <= clock.started_at < end)
        open_until = min(
            clock.stopped_at or ALWAYS_OPEN,
            handoff.disposed_at or ALWAYS_OPEN,
            until,
            BEGIN + plan.steps * plan.step,
        )
        for step, looked in _moments(clock, handoff, minutes[clock.user_id], plan.step):
            if looked <= open_until:
                yield clock.id, step, looked


def _moments(
    clock: Clock, handoff: Handoff, minutes: Minutes, every: timedelta
) -> Iterator[tuple[str, datetime]]:
    """The steps of a clock that stays open, each with the look at which it is taken."""
    if clock.warns_at and (warned := _look_after(clock.warns_at, every)) <= clock.due_at:
        yield WARN, warned
    in_touch_at = handoff.first_attempt_at or handoff.accepted_at or ALWAYS_OPEN
    for step, after in AFTER.items():
        looked = _look_after(minutes.after_miss(clock.due_at, after), every)
        if step != "reassign" or in_touch_at > looked:
            yield step, looked


def _look_after(moment: datetime, every: timedelta) -> datetime:
    """The first look at the clocks after a moment: a promise is kept at the moment itself."""
    return BEGIN + ((moment - BEGIN) // every + 1) * every


def _told(expected: set[tuple[uuid.UUID, str, datetime]]) -> Counter[uuid.UUID]:
    """Each thing that must be told, and to how many people."""
    return Counter(
        {
            _event(clock, step): HEADS if step == "tell_head" else 1
            for clock, step, _at in expected
            if step != "reassign"
        }
    )


def _event(clock: uuid.UUID, step: str) -> uuid.UUID:
    return named_id("at risk", clock) if step == WARN else named_id("missed", clock, step)


def _fairness(away: Mapping[uuid.UUID, Sequence[Span]]) -> tuple[int, float]:
    """The number of turns, and how far anybody is from what weight and presence give them.

    Of each turn everybody who is there has a part by their weight; nobody is made up for what
    came while they were away.
    """
    weights = dict(PoolMember.objects.filter(left_at=None).values_list("user_id", "weight"))
    given = list(
        Assignment.objects.order_by("assigned_from", "id").values_list("user_id", "assigned_from")
    )
    fair = dict.fromkeys(weights, 0.0)
    for _user, at in given:
        here = [
            user
            for user in weights
            if not any(begin <= at < end for begin, end in away.get(user, ()))
        ]
        everything = sum(weights[user] for user in here)
        for user in here:
            fair[user] += weights[user] / everything
    got = Counter(user for user, _at in given)
    apart = [max(abs(got[user] - fair[user]) - 1, 0) / fair[user] for user in weights if fair[user]]
    return len(given), max(apart, default=0.0)
