"""What must be true of the record at any moment, whatever was done and whatever was killed."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from django.db.models import F

from accord.handoffs.models import (
    Assignment,
    Clock,
    ClockState,
    Escalation,
    Handoff,
    HandoffState,
    PassBack,
)
from accord.leads.models import Activity, Identity, Lead, Ownership, StageEntry, Submission
from accord.outbox.models import Notification

WARN = "warn"
TO_DO = (ClockState.RUNNING, ClockState.PAUSED, ClockState.MISSED)
Span = tuple[datetime, datetime | None]


def check_record() -> None:
    """Hold the whole record against what must always be so."""
    handoffs = list(Handoff.objects.all())
    _one_owner_or_the_queue(handoffs)
    _offered_adds_up(handoffs)
    _clocks_belong(handoffs)
    _misses_are_told_once()
    _spans_follow_one_another()
    _everything_has_its_three_traces(handoffs)


def _one_owner_or_the_queue(handoffs: list[Handoff]) -> None:
    """One open handoff a lead; it has one owner, whose lead it is, or waits in the queue."""
    open_ones = [each for each in handoffs if each.disposed_at is None]
    assert len({each.lead_id for each in open_ones}) == len(open_ones)
    held: dict[uuid.UUID, list[Assignment]] = defaultdict(list)
    for assignment in Assignment.objects.filter(assigned_until=None):
        held[assignment.handoff_id].append(assignment)
    leads = Lead.objects.in_bulk([each.lead_id for each in open_ones])
    for handoff in open_ones:
        having = [each.user_id for each in held[handoff.id]]
        assert having == ([handoff.owner_id] if handoff.owner_id else []), (handoff.state, having)
        assert (handoff.owner_id is None) == (handoff.assigned_at is None)
        lead = leads[handoff.lead_id]
        assert lead.merged_into_id is None
        if handoff.owner_id:
            assert lead.owner_id == handoff.owner_id


def _offered_adds_up(handoffs: list[Handoff]) -> None:
    """Offered ever = open + accepted + passed back before acceptance + withdrawn before it."""
    count = Counter(_what_became_of(each) for each in handoffs)
    assert sum(count.values()) == len({each.id for each in handoffs}), count
    for each in handoffs:
        assert (each.state == HandoffState.PASSED_BACK) == (each.passed_back_at is not None)
        assert (each.state == HandoffState.WITHDRAWN) == (each.withdrawn_at is not None)
        ends = [each.qualified_at, each.passed_back_at, each.withdrawn_at]
        assert sum(end is not None for end in ends) == (each.disposed_at is not None)
        assert each.disposed_at in (None, *filter(None, ends))
        backs = PassBack.objects.filter(handoff_id=each.id, undone_at=None).count()
        assert backs == (each.state == HandoffState.PASSED_BACK)


def _what_became_of(handoff: Handoff) -> str:
    if handoff.accepted_at:
        return "accepted"
    assert handoff.state != HandoffState.ACCEPTED
    return {
        HandoffState.OFFERED: "open",
        HandoffState.PASSED_BACK: "passed back before acceptance",
        HandoffState.WITHDRAWN: "withdrawn",
    }[HandoffState(handoff.state)]


def _clocks_belong(handoffs: list[Handoff]) -> None:
    """At most one of a kind runs; those that run are the owner's, and the earliest is noted."""
    clocks: dict[uuid.UUID, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(stopped_at=None, state__in=TO_DO).exclude(
        kind="pass_back_answer"
    ):
        clocks[clock.handoff_id].append(clock)
    for handoff in handoffs:
        running = [
            clock
            for clock in clocks[handoff.id]
            if clock.state != ClockState.MISSED
            or (clock.user_id == handoff.owner_id and clock.started_at >= handoff.assigned_at)
        ]
        live = [clock for clock in running if clock.state != ClockState.MISSED]
        kinds = [clock.kind for clock in live]
        assert len(kinds) == len(set(kinds))
        assert all(clock.user_id == handoff.owner_id for clock in live)
        if handoff.disposed_at is not None:
            assert not live
            continue
        if handoff.owner_id:
            assert len(running) >= 1, (handoff.state, handoff.trigger)
        assert handoff.due_at == min((clock.due_at for clock in running), default=None)


def _misses_are_told_once() -> None:
    """A step once a clock, no miss noted early, and nobody told twice of one event."""
    steps = list(Escalation.objects.values_list("clock_id", "step", "taken_at"))
    assert len(steps) == len({(clock, step) for clock, step, _at in steps})
    missed = Clock.objects.in_bulk({clock for clock, _step, _at in steps})
    for clock, step, taken_at in steps:
        if step == WARN:
            assert missed[clock].warned_at == taken_at
            continue
        assert taken_at > missed[clock].due_at
        assert missed[clock].missed_at is not None
    told = list(Notification.objects.values_list("event_id", "user_id", "channel"))
    assert len(told) == len(set(told))


def _spans_follow_one_another() -> None:
    """Assignments, owners and stages: half-open, no two at a time; the last is what is so now."""
    assigned: dict[uuid.UUID, list[Span]] = defaultdict(list)
    for row in Assignment.objects.order_by("assigned_from", "id"):
        assigned[row.handoff_id].append((row.assigned_from, row.assigned_until))
    owned: dict[uuid.UUID, list[Span]] = defaultdict(list)
    owners: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for row in Ownership.objects.order_by("owned_from", "id"):
        owned[row.lead_id].append((row.owned_from, row.owned_until))
        if row.owned_until is None:
            owners[row.lead_id].append(row.owner_id)
    entries: dict[uuid.UUID, list[StageEntry]] = defaultdict(list)
    for entry in StageEntry.objects.order_by("entered_at", F("left_at").asc(nulls_last=True)):
        entries[entry.lead_id].append(entry)
    for spans in (*assigned.values(), *owned.values()):
        _do_not_overlap(spans)
    for lead in Lead.objects.filter(merged_into_id=None):
        assert owners[lead.id] == ([lead.owner_id] if lead.owner_id else [])
        stages = entries[lead.id]
        assert [entry.stage for entry in stages if entry.left_at is None] == [lead.stage]
        _do_not_overlap([(entry.entered_at, entry.left_at) for entry in stages])


def _do_not_overlap(spans: Iterable[Span]) -> None:
    ordered = sorted(spans, key=lambda span: (span[0], span[1] is None, span[1] or span[0]))
    for (_begin, end), (begin, _end) in pairwise(ordered):
        assert end is not None, "two are open at a time"
        assert end <= begin
    assert all(end is None or begin <= end for begin, end in ordered)


def _everything_has_its_three_traces(handoffs: list[Handoff]) -> None:
    """What the state says stands on the timeline too, and the other way round."""
    told = Counter(
        Activity.objects.filter(handoff_id__isnull=False).values_list("handoff_id", "kind")
    )
    for each in handoffs:
        assert told[each.id, "handoff.offered"] == 1
        assert told[each.id, "handoff.accepted"] == (each.accepted_at is not None)
        assert told[each.id, "lead.qualified"] == (each.qualified_at is not None)
        assert told[each.id, "handoff.withdrawn"] == (each.withdrawn_at is not None)
        assert (
            told[each.id, "handoff.passed_back"]
            == PassBack.objects.filter(handoff_id=each.id).count()
        )
    missed = Counter(Clock.objects.filter(missed_at__isnull=False).values_list("handoff_id"))
    for (handoff_id,), number in missed.items():
        assert told[handoff_id, "clock.missed"] == number
    known = Counter(Identity.objects.values_list("kind", "value"))
    assert all(number == 1 for number in known.values())
    taken_in = Submission.objects.exclude(fate__in=["waiting", "refused"])
    assert not taken_in.filter(lead_id=None).exists()


def check_nothing_is_left(at: datetime) -> None:
    """After a sweep: nothing past due that was not noticed, nothing rests past its day."""
    overdue = Clock.objects.filter(due_at__lt=at, state=ClockState.RUNNING, stopped_at=None)
    assert not overdue.exists()
    rested = Clock.objects.filter(resumes_at__lte=at, state=ClockState.PAUSED, stopped_at=None)
    assert not rested.exists()
