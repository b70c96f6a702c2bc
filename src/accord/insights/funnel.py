"""The funnel by cohort: the leads of a month of first contact, and how far they came."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Avg,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import TruncMonth

from accord.base.lifecycle import Stage
from accord.insights.metrics import Scope, metric
from accord.insights.percentiles import Percentile
from accord.insights.rules import Month, Share, month_of, share
from accord.leads.models import StageEntry
from accord.leads.queries import LeadFilters

STEPS = ("leads", "mql", "sal", "sql", "opportunity", "won", "lost")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cohort:
    """The leads of one month; `opens` are the filters of each step's rows, where they can be."""

    month: Month
    counts: Mapping[str, int]
    opens: Mapping[str, LeadFilters | None]

    @property
    def lead_to_customer_rate(self) -> Share:
        return share(self.counts["won"], self.counts["leads"])


@dataclass(frozen=True)
class DaysToWon:
    """Days from first contact to the win, over all won leads; None while there are none.

    `won_before_first_contact` counts the wins dated before the first contact: a fault in the
    data, which is within the figures and not hidden.
    """

    median: float | None
    mean: float | None
    p90: float | None
    max: float | None
    won_before_first_contact: int


@dataclass(frozen=True)
class Funnel:
    """Cohorts in order of time, and all of them together."""

    cohorts: Sequence[Cohort]
    counts: Mapping[str, int]
    days_to_won: DaysToWon

    @property
    def lead_to_customer_rate(self) -> Share:
        return share(self.counts["won"], self.counts["leads"])


def funnel(scope: Scope, *, zone: str) -> Funnel:
    """The cohorts of first contact in the scope, by month in `zone`. A fixed number of queries."""
    by_step = {step: _by_month(step, scope, zone) for step in STEPS}
    months = sorted({month for counts in by_step.values() for month in counts})
    cohorts = [_cohort(moment, by_step, scope, zone) for moment in months]
    totals = {step: sum(counts.values()) for step, counts in by_step.items()}
    return Funnel(cohorts=cohorts, counts=totals, days_to_won=days_to_won(scope))


def _by_month(step: str, scope: Scope, zone: str) -> dict[datetime, int]:
    rows = (
        metric(step)
        .rows(scope)
        .annotate(month=TruncMonth("first_contact_at", tzinfo=ZoneInfo(zone)))
        .values_list("month")
        .annotate(number=Count("id"))
        .order_by()
    )
    return dict(rows)


def _cohort(
    moment: datetime, by_step: Mapping[str, Mapping[datetime, int]], scope: Scope, zone: str
) -> Cohort:
    month = month_of(moment.date(), zone)
    within = Scope(at=scope.at, begins_at=month.begins_at, ends_at=month.ends_at)
    openers: dict[str, Callable[[Scope], Any] | None] = {step: metric(step).opens for step in STEPS}
    return Cohort(
        month=month,
        counts={step: counts.get(moment, 0) for step, counts in by_step.items()},
        opens={step: opens(within) if opens else None for step, opens in openers.items()},
    )


def days_to_won(scope: Scope) -> DaysToWon:
    """How long it took from first contact to the win. One query."""
    wins = StageEntry.objects.filter(lead_id=OuterRef("id"), stage=Stage.CUSTOMER)
    first_win = Subquery(wins.order_by("entered_at").values("entered_at")[:1])
    took = ExpressionWrapper(F("won_at") - F("first_contact_at"), output_field=DurationField())
    found = (
        metric("won")
        .rows(scope)
        .annotate(won_at=first_win)
        .annotate(took=took)
        .aggregate(
            median=Percentile("took", at=0.5),
            mean=Avg("took"),
            p90=Percentile("took", at=0.9),
            max=Max("took"),
            before=Count("id", filter=Q(took__lt=timedelta(0))),
        )
    )
    return DaysToWon(
        median=_days(found["median"]),
        mean=_days(found["mean"]),
        p90=_days(found["p90"]),
        max=_days(found["max"]),
        won_before_first_contact=found["before"],
    )


def _days(span: timedelta | None) -> float | None:
    return None if span is None else span / _DAY
