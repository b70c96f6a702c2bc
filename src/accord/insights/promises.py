"""Promised and delivered: what both sides signed for, and how it stands today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accord.agreement.terms import Terms
from accord.base.lifecycle import Side
from accord.handoffs.metrics import KEPT, LATE, PROMISED, missed, passed_back, promised
from accord.handoffs.models import Clock, ClockKind, ClockState, Handoff
from accord.insights.metrics import Scope, metric, share_of
from accord.insights.rules import Share, expected, share
from accord.teams.rules import Calendar

_ALIKE = {part: part for part in ("late", "missed", "running")}


@dataclass(frozen=True)
class Volume:
    """A number promised over a period: the target, what was due by today, what was delivered."""

    key: str
    side: Side
    title: str
    target: float
    expected: float
    delivered: int

    @property
    def ahead(self) -> int:
        """Delivered more than was due by today; negative when behind. Whole leads."""
        return self.delivered - round(self.expected)


@dataclass(frozen=True)
class Quality:
    """A share promised: `promised` is None where the agreement names no share.

    For promised moments `late` were kept too late, `missed` are past due and still to be done,
    `running` are not due yet. `rows` names the metric behind each of these figures.
    """

    key: str
    side: Side
    title: str
    promised: float | None
    delivered: Share
    rows: Mapping[str, str]
    late: int = 0
    missed: int = 0
    running: int = 0

    @property
    def is_kept(self) -> bool | None:
        """Whether the share promised is reached; None while nothing came due."""
        if self.delivered.value is None or self.promised is None:
            return None
        return self.delivered.value >= self.promised


@dataclass(frozen=True)
class Promises:
    """Both sides' promises over one period."""

    volumes: Sequence[Volume]
    qualities: Sequence[Quality]


def promises(scope: Scope, *, terms: Terms, calendar: Calendar) -> Promises:
    """What the running agreement promises for the scope, and how it stands at `scope.at`.

    The scope needs a begin and an end. A fixed number of queries.
    """
    return Promises(
        volumes=[_ready_leads(scope, terms, calendar)],
        qualities=[_acceptance(scope, terms), *_clocks(scope, terms)],
    )


def _ready_leads(scope: Scope, terms: Terms, calendar: Calendar) -> Volume:
    zone = ZoneInfo(calendar.time_zone)
    if scope.begins_at is None or scope.ends_at is None:
        raise ValueError("Promises are counted over a period with a begin and an end.")
    first, until = scope.begins_at.astimezone(zone).date(), scope.ends_at.astimezone(zone).date()
    today = scope.at.astimezone(zone).date() + timedelta(days=1)
    target = terms.marketing.ready_leads.target
    return Volume(
        key="ready_leads",
        side=Side.MARKETING,
        title=_("Ready leads handed over"),
        target=expected(target, calendar, first, until),
        expected=expected(target, calendar, first, max(first, min(today, until))),
        delivered=metric("ready_leads").count(scope),
    )


def _acceptance(scope: Scope, terms: Terms) -> Quality:
    return Quality(
        key="acceptance_rate",
        side=Side.MARKETING,
        title=_("Accepted by sales"),
        promised=terms.marketing.acceptance_rate,
        delivered=share_of("acceptance_rate", scope),
        rows={"part": "accepted", "whole": "answered"},
    )


def _clocks(scope: Scope, terms: Terms) -> list[Quality]:
    """The promised moments of each kind, counted as their metrics do. One query."""
    rows = (
        promised(scope)
        .values_list("kind")
        .annotate(
            kept=Count("id", filter=KEPT),
            late=Count("id", filter=LATE),
            missed=Count("id", filter=missed(scope)),
            all=Count("id"),
        )
    )
    counts = {kind: numbers for kind, *numbers in rows}
    return [_quality(kind, counts.get(kind, [0, 0, 0, 0]), terms) for kind in PROMISED]


def _quality(kind: ClockKind, counts: Sequence[int], terms: Terms) -> Quality:
    kept, late, not_done, number = counts
    due = kept + late + not_done
    return Quality(
        key=kind.value,
        side=Side.SALES,
        title=str(kind.label),
        promised=terms.sales.within_share,
        delivered=share(kept, due),
        rows={
            figure: f"{kind.value}_{part}"
            for figure, part in {"part": "kept", "whole": "due", **_ALIKE}.items()
        },
        late=late,
        missed=not_done,
        running=number - due,
    )


@dataclass(frozen=True)
class CameBack:
    """Handoffs that were passed back for one reason of the agreement."""

    reason: str
    label: str
    number: int
    destination: str


def came_back(scope: Scope, *, terms: Terms) -> Sequence[CameBack]:
    """What came back in the scope and why, most frequent first. One query."""
    rows = (
        passed_back(scope)
        .values_list("reason", "destination")
        .annotate(number=Count("id"))
        .order_by("-number", "reason")
    )
    labels: Mapping[str, Any] = terms.reasons
    return [
        CameBack(
            reason=reason,
            label=str(labels[reason].label) if reason in labels else reason,
            number=number,
            destination=destination,
        )
        for reason, destination, number in rows
    ]


def waiting_too_long(*, at: datetime) -> int:
    """Open handoffs with a promise that is past due. One query."""
    late = Clock.objects.filter(
        Q(state=ClockState.MISSED, stopped_at__isnull=True)
        | Q(state=ClockState.RUNNING, due_at__lt=at)
    )
    return Handoff.objects.filter(
        disposed_at__isnull=True, id__in=late.values("handoff_id")
    ).count()
