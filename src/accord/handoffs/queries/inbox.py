"""The rep's inbox: whom to attend to first, why, and how much time is left."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.handoffs.models import Clock, ClockKind, ClockState, Handoff
from accord.leads.models import Lead
from accord.teams.models import User
from accord.teams.queries import calendars_of
from accord.teams.rules import Calendar, elapsed

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


@dataclass(frozen=True)
class InboxItem:
    """An open handoff as its owner sees it, with the lead and the promises, first due first."""

    handoff: Handoff
    lead: Lead
    promises: Sequence[Promise]

    @property
    def id(self) -> uuid.UUID:
        """The handoff's id."""
        return self.handoff.id

    @property
    def first(self) -> Promise | None:
        """What is due first."""
        return self.promises[0] if self.promises else None

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
    def is_queued(self) -> bool:
        """Whether it waits for somebody to be there."""
        return self.handoff.owner_id is None


def inbox(user: User, at: datetime) -> list[InboxItem]:
    """A person's open handoffs, the one due first on top. Six queries."""
    mine = _open().filter(owner_id=user.id)
    return _items(mine.order_by(F("due_at").asc(nulls_last=True), "offered_at", "id"), at)


def queued(at: datetime) -> list[InboxItem]:
    """The open handoffs that nobody has yet, the longest waiting first."""
    return _items(_open().filter(owner__isnull=True).order_by("offered_at", "id"), at)


def all_open(at: datetime, *, limit: int = 200) -> list[InboxItem]:
    """Everybody's open handoffs, the one due first on top; at most `limit`."""
    return _items(
        _open().order_by(F("due_at").asc(nulls_last=True), "offered_at", "id")[:limit], at
    )


def overdue(at: datetime, *, limit: int = 200) -> list[InboxItem]:
    """The open handoffs of which something is past due, the longest waiting first."""
    return _items(_open().filter(due_at__lt=at).order_by("due_at", "id")[:limit], at)


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
    """How many open handoffs wait for a person; those resting until a date do not. One query."""
    resting = Clock.objects.filter(state=ClockState.PAUSED, user_id=user.id, resumes_at__gt=at)
    return _open().filter(owner_id=user.id).exclude(id__in=resting.values("handoff_id")).count()


@dataclass(frozen=True)
class Kept:
    """Promises kept in time, of those that came to their end."""

    kept: int
    total: int


def kept_today(user: User, at: datetime) -> Kept:
    """How many promises a person kept on the day that it is for them, of those that ended."""
    begins = at.astimezone(ZoneInfo(user.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    ends = begins + timedelta(days=1)
    done = Q(state=ClockState.STOPPED, stopped_at__gte=begins, stopped_at__lt=ends)
    missed = Q(state=ClockState.MISSED, due_at__gte=begins, due_at__lt=ends)
    clocks = Clock.objects.filter(done | missed, user_id=user.id)
    rows = list(clocks.values_list("stopped_at", "due_at"))
    return Kept(kept=sum(1 for stopped, due in rows if stopped and stopped <= due), total=len(rows))


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
    return [
        InboxItem(handoff, leads[handoff.lead_id], promises.get(handoff.id, ()))
        for handoff in handoffs
        if handoff.lead_id in leads
    ]


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
        promise = _promise(clock, calendars[clock.user_id], at)
        found.setdefault(clock.handoff_id, []).append(promise)
    return found


def _promise(clock: Clock, calendar: Calendar, at: datetime) -> Promise:
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
    )
