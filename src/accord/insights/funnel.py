"""The funnel by cohort: the leads of a month of first contact, and how far they came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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

from accord.base.lifecycle import Stage
from accord.criteria.percentiles import Percentile
from accord.insights.metrics import Scope, metric
from accord.insights.rules import Month, Share, month_of, share
from accord.insights.tallies import STEPS, Tallies, tallies
from accord.leads.models import StageEntry
from accord.leads.queries import LeadFilters

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
    """Cohorts in order of time, and all of them together, as they were `at` a moment."""

    at: datetime
    cohorts: Sequence[Cohort]
    counts: Mapping[str, int]
    opens: Mapping[str, LeadFilters | None]
    days_to_won: DaysToWon

    @property
    def lead_to_customer_rate(self) -> Share:
        return share(self.counts["won"], self.counts["leads"])


def funnel(scope: Scope, *, zone: str) -> Funnel:
    """The cohorts of first contact in the scope, by month in `zone`. A fixed number of queries."""
    return funnel_of(tallies(scope, zone=zone), scope, zone=zone)


def funnel_of(found: Tallies, scope: Scope, *, zone: str) -> Funnel:
    """As `funnel`, of leads that were counted already."""
    total = found.total().counts
    return Funnel(
        at=found.at,
        cohorts=[
            _cohort(month_of(month.date(), zone), tally.counts, scope)
            for month, tally in sorted(found.by_month().items())
        ],
        counts=total,
        opens=_opens(scope),
        days_to_won=days_to_won(scope),
    )


def _cohort(month: Month, counts: Mapping[str, int], scope: Scope) -> Cohort:
    begin, end = month.begins_at, month.ends_at
    within = Scope(
        at=scope.at,
        begins_at=max(begin, scope.begins_at or begin),
        ends_at=min(end, scope.ends_at or end),
    )
    return Cohort(month=month, counts=counts, opens=_opens(within))


def _opens(scope: Scope) -> Mapping[str, LeadFilters | None]:
    openers = {step: metric(step).opens for step in STEPS}
    return {step: opens(scope) if opens else None for step, opens in openers.items()}


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
