"""The rep's inbox: whom to attend to first, why, and how much time is left."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.handoffs.models import (
    AttemptChannel,
    Clock,
    ClockKind,
    ClockState,
    Handoff,
    NextStep,
    Pause,
)
from accord.handoffs.queries.planned import next_steps_of
from accord.leads.models import Lead
from accord.teams.models import User
from accord.teams.queries import calendars_of
from accord.teams.rules import Calendar, elapsed

PAGE = 10  # whole handoffs, each with its brief: as many as one reads before the next look
_BY_TRYING = (ClockKind.FIRST_ATTEMPT, ClockKind.ATTEMPTS)  # what is kept by trying to reach them
_ACTS: Mapping[str, str] = {AttemptChannel.CALL: "call", AttemptChannel.EMAIL: "write"}
_STILL_TO_DO = (ClockState.RUNNING, ClockState.PAUSED, ClockState.MISSED)


@dataclass(frozen=True)
class Promise:
    """Something still to be done by a moment. `left` is working time, negative once past due."""

    kind: str
    label: str
    due_at: datetime
    left: timedelta
    is_missed: bool
    paused_until: datetime | None
    is_at_risk: bool = False


@dataclass(frozen=True)
class InboxItem:
    """An open handoff as its owner sees it, with the lead and the promises, first due first.

    `next_step` is what the owner planned; `aside_until` is set while it rests, `pauses` says how
    often they asked to wait while they do.
    """

    handoff: Handoff
    lead: Lead
    promises: Sequence[Promise]
    next_step: NextStep | None = None
    aside_until: datetime | None = None
    pauses: int = 0

    @property
    def id(self) -> uuid.UUID:
        """The handoff's id."""
        return self.handoff.id

    @property
    def first(self) -> Promise | None:
        """What is due first."""
        return self.promises[0] if self.promises else None

    @property
    def due_at(self) -> datetime | None:
        """When something is to be done first: what is promised, or what was planned."""
        planned = self.next_step.due_at if self.next_step else None
        promised = self.first.due_at if self.first else None
        return min(filter(None, (planned, promised)), default=None)

    @property
    def brief(self) -> dict[str, Any]:
        """Why ready, what they did, their own words, what to ask, what to do first."""
        brief: dict[str, Any] = self.handoff.brief
        return brief

    @property
    def is_accepted(self) -> bool:
        """Whether the rep has accepted it; else it waits for an answer."""
        return self.handoff.accepted_at is not None

    @property
    def comes_next(self) -> str:
        """The act that its state asks for: claim, call, write, log, accept or qualify.

        Whoever can be reached is, as planned or by a call where there is a number, until they
        were talked with and nothing further is planned. Nobody is qualified untried.
        """
        if self.is_queued:
            return "claim"
        planned = _ACTS.get(self.next_step.channel) if self.next_step else None
        tries = any(each.kind in _BY_TRYING for each in self.promises)
        is_tried = self.handoff.first_attempt_at is not None
        reach = self._reach(planned)
        if reach and (planned or tries or not (self.is_accepted and is_tried)):
            return reach
        if not self.is_accepted:
            return "accept"
        return "qualify" if is_tried else "log"

    def _reach(self, planned: str | None) -> str:
        """How the lead can be reached: as planned where that is possible; "" where it is not."""
        known = {"call": self.lead.phone, "write": self.lead.email}
        return next((act for act in (planned, *known) if act and known[act]), "")

    @property
    def is_queued(self) -> bool:
        """Whether it waits for somebody to be there."""
        return self.handoff.owner_id is None


class Show(StrEnum):
    """Which open handoffs: mine, those nobody has yet, those past due, everybody's."""

    MINE = "mine"
    QUEUE = "queue"
    LATE = "late"
    ALL = "all"


_PLANNED = NextStep.objects.filter(handoff_id=OuterRef("id"), done_at__isnull=True)
_TO_DO = Least("due_at", Subquery(_PLANNED.values("due_at")[:1]))
_DUE_FIRST = (F("due_at").asc(nulls_last=True), "offered_at", "id")


def shown(
    show: Show,
    *,
    user: User,
    at: datetime,
    owner: uuid.UUID | None = None,
    limit: int = PAGE,
    begin: int = 0,
) -> list[InboxItem]:
    """Open handoffs, what is due first on top, of the queue the longest waiting. Eight queries.

    `owner` narrows them to one person's. Of one's own, what one planned is due as well, and what
    was put aside comes last.
    """
    rows = _chosen(show, user, at, owner)
    if show == Show.MINE:
        rows = rows.annotate(rests=Case(When(_aside(at), Value(1)), default=Value(0)), to_do=_TO_DO)
        order: Sequence[Any] = ("rests", F("to_do").asc(nulls_last=True), "offered_at", "id")
    else:
        order = ("offered_at", "id") if show == Show.QUEUE else _DUE_FIRST
    return _items(rows.order_by(*order)[begin : begin + limit], at)


def shown_count(show: Show, *, user: User, at: datetime, owner: uuid.UUID | None = None) -> int:
    """How many open handoffs there are of a sort, of all or of one person. One query."""
    return _chosen(show, user, at, owner).count()


def late_of_others(user: User, at: datetime) -> Mapping[str, int]:
    """How many open handoffs of each other person are past due; "" for the queue's. One query."""
    rows = _chosen(Show.LATE, user, at).exclude(owner_id=user.id).order_by("owner__name")
    counts = rows.values_list("owner__name").annotate(number=Count("id"))
    return {name or "": number for name, number in counts}


def _chosen(
    show: Show, user: User, at: datetime, owner: uuid.UUID | None = None
) -> QuerySet[Handoff]:
    narrowed: Mapping[Show, Q] = {
        Show.MINE: Q(owner_id=user.id),
        Show.QUEUE: Q(owner__isnull=True),
        Show.LATE: Q(due_at__lt=at),
        Show.ALL: Q(),
    }
    return _open().filter(narrowed[show], Q(owner_id=owner) if owner else Q())


def one_open(id: uuid.UUID, *, at: datetime) -> InboxItem:
    """An open handoff. Raises Conflict when it was answered or withdrawn meanwhile."""
    found = _items(_open().filter(id=id), at)
    if not found:
        raise Conflict(_("This handoff is no longer open; its lead's page says what became of it."))
    return found[0]


def open_handoff(lead_id: uuid.UUID, *, at: datetime) -> InboxItem | None:
    """The open handoff of a lead, if there is one."""
    found = _items(_open().filter(lead_id=lead_id), at)
    return found[0] if found else None


def waiting_count(user: User, at: datetime) -> int:
    """How many open handoffs wait for a person; those that rest for now do not. One query."""
    resting = Clock.objects.filter(state=ClockState.PAUSED, user_id=user.id, resumes_at__gt=at)
    mine = _open().filter(~_aside(at), owner_id=user.id)
    return mine.exclude(id__in=resting.values("handoff_id")).count()


def _aside(at: datetime) -> Q:
    """Put aside, and nothing is due before it comes back."""
    until = F("put_aside_until_at")
    return Q(put_aside_until_at__isnull=False, put_aside_until_at__gt=at) & (
        Q(due_at__isnull=True) | Q(due_at__gt=until)
    )


def _open() -> QuerySet[Handoff]:
    return Handoff.objects.filter(disposed_at__isnull=True).select_related("owner")


def _items(rows: QuerySet[Handoff], at: datetime) -> list[InboxItem]:
    handoffs = list(rows)
    if not handoffs:
        return []
    leads = Lead.objects.select_related("company", "campaign").in_bulk(
        [handoff.lead_id for handoff in handoffs]
    )
    promises = _promises(handoffs, at)
    planned = next_steps_of([handoff.id for handoff in handoffs])
    pauses = _pauses_of([id for id, due in promises.items() if due[0].paused_until])
    return [
        InboxItem(
            handoff,
            leads[handoff.lead_id],
            promises.get(handoff.id, ()),
            planned.get(handoff.id),
            _aside_until(handoff, at),
            pauses.get(handoff.id, 0),
        )
        for handoff in handoffs
        if handoff.lead_id in leads
    ]


def _pauses_of(handoffs: Collection[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """How often each of what rests now was let rest."""
    if not handoffs:
        return {}
    rows = Pause.objects.filter(handoff_id__in=handoffs).values_list("handoff_id")
    return dict(rows.annotate(number=Count("id")))


def _aside_until(handoff: Handoff, at: datetime) -> datetime | None:
    until = handoff.put_aside_until_at
    if until is None or until <= at or (handoff.due_at and handoff.due_at <= until):
        return None
    return until


def _promises(handoffs: Collection[Handoff], at: datetime) -> Mapping[uuid.UUID, list[Promise]]:
    owners = {handoff.id: handoff.owner_id for handoff in handoffs}
    clocks = [
        clock
        for clock in Clock.objects.filter(
            handoff_id__in=owners, state__in=_STILL_TO_DO, stopped_at__isnull=True
        ).order_by("due_at", "kind")
        if clock.user_id == owners[clock.handoff_id]
    ]
    calendars = calendars_of({clock.user_id for clock in clocks})
    found: dict[uuid.UUID, list[Promise]] = {}
    for clock in clocks:
        promise = promise_of(clock, calendars[clock.user_id], at)
        found.setdefault(clock.handoff_id, []).append(promise)
    return found


def promise_of(clock: Clock, calendar: Calendar, at: datetime) -> Promise:
    """A clock as whoever promised reads it."""
    rests_until = clock.resumes_at if clock.state == ClockState.PAUSED else None
    if rests_until and rests_until <= at:
        rests_until = None
    is_missed = clock.due_at < at
    return Promise(
        kind=clock.kind,
        label=str(ClockKind(clock.kind).label),
        due_at=clock.due_at,
        left=-elapsed(calendar, clock.due_at, at)
        if is_missed
        else elapsed(calendar, rests_until or at, clock.due_at),
        is_missed=is_missed,
        paused_until=rests_until,
        is_at_risk=not is_missed and not rests_until and clock.warned_at is not None,
    )
