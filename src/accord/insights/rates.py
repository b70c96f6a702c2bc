"""What became of leads before: the rates by which promises and goals are worked out."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, F, Sum

from accord.base.rows import IsAnyOf
from accord.deals.models import Deal, DealState
from accord.handoffs.models import Trigger
from accord.insights.funnel import days_to_won
from accord.insights.metrics import Scope, metric
from accord.insights.rules import Share, period_of, share
from accord.insights.tallies import tallies

FEWEST = 30  # cases; with fewer the leads of all kinds together say more
STEPS = ("leads", "mql", "sal", "sql", "won")
QUARTERS = 4


def last_quarter(at: datetime, zone: str) -> Scope:
    """The last quarter that was over at a moment."""
    first, _last = period_of(at.astimezone(ZoneInfo(zone)).date(), "quarter", zone)
    begin, _last = period_of(first.first - timedelta(days=1), "quarter", zone)
    return Scope(at=at, begins_at=begin.begins_at, ends_at=first.begins_at)


def closed_quarters(at: datetime, zone: str) -> Scope:
    """The last four quarters that were over at a moment."""
    day = at.astimezone(ZoneInfo(zone)).date()
    first, _last = period_of(day, "quarter", zone)
    begin = first
    for _quarter in range(QUARTERS):
        begin, _last = period_of(begin.first - timedelta(days=1), "quarter", zone)
    return Scope(at=at, begins_at=begin.begins_at, ends_at=first.begins_at)


@dataclass(frozen=True)
class Rates:
    """How far the leads of some quarters came, and what a won deal brought on average.

    `counts` are the leads that came at least so far: whoever skipped a stage passed it. `days`
    is the median from first contact to the win.
    """

    over: Scope
    counts: Mapping[str, int]
    deals: int
    amount: float | None
    days: float | None

    def between(self, earlier: str, later: str) -> Share:
        """The share of those who came so far that came further."""
        return share(self.counts[later], self.counts[earlier])


def rates(over: Scope, *, zone: str, currency: str) -> Rates:
    """The rates of the leads with first contact in a scope; deals count when they were won."""
    total = tallies(over, zone=zone).total().counts
    won = Deal.objects.filter(
        state=DealState.WON, currency=currency, amount__isnull=False, **over.within("closed_at")
    ).aggregate(number=Count("id"), average=Avg("amount"))
    return Rates(
        over=over,
        counts={
            step: max(total[each] for each in STEPS[place:]) for place, step in enumerate(STEPS)
        },
        deals=won["number"],
        amount=float(won["average"]) if won["number"] else None,
        days=days_to_won(over).median,
    )


def worths(over: Scope, *, currency: str) -> Mapping[str, float]:
    """What one ready lead brought on average, by what triggered its handoff.

    `close rate x average revenue`, which is won revenue by ready leads. A kind with fewer than
    FEWEST of them is worth what all together are. Two queries.
    """
    handed_over = metric("ready_leads").rows(over).order_by("-offered_at")
    kind_of = dict(handed_over.values_list("lead_id", "trigger"))  # the first handoff of each
    amounts = (
        Deal.objects.filter(IsAnyOf(F("lead_id"), kind_of), state=DealState.WON, currency=currency)
        .values_list("lead_id")
        .annotate(amount=Sum("amount"))
    )
    won: dict[str, float] = defaultdict(float)
    for lead_id, amount in amounts:
        won[kind_of[lead_id]] += float(amount or 0)
    numbers = Counter(kind_of.values())
    all_together = sum(won.values()) / len(kind_of) if kind_of else 0.0
    return {
        kind: won[kind] / numbers[kind] if numbers[kind] >= FEWEST else all_together
        for kind in Trigger.values
    }
