"""The goal that both teams work for, and what so many customers ask of marketing."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils.translation import gettext as _

from accord.agreement.document import Goal
from accord.agreement.terms import Terms
from accord.base.lifecycle import Side
from accord.insights.load import Load, load
from accord.insights.metrics import Scope, metric
from accord.insights.promised import Quality, Volume
from accord.insights.rates import FEWEST, STEPS, Rates, closed_quarters, rates
from accord.insights.rules import due_by, period_of, share
from accord.insights.segments import Outlook, outlooks
from accord.insights.tallies import tallies
from accord.teams.rules import Calendar

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def revenue(scope: Scope, *, terms: Terms, calendar: Calendar) -> Volume | None:
    """The goal of the month, quarter or year that the scope begins in; None without a goal.

    What was won in another currency is left out. One query.
    """
    goal = terms.goal
    if goal is None or scope.begins_at is None:
        return None
    zone = ZoneInfo(calendar.time_zone)
    first, last = period_of(scope.begins_at.astimezone(zone).date(), goal.per, calendar.time_zone)
    over = Scope(at=scope.at, begins_at=first.begins_at, ends_at=last.ends_at)
    won = metric("deals_won").rows(over).filter(currency=goal.currency)
    tomorrow = scope.at.astimezone(zone).date() + timedelta(days=1)
    return Volume(
        key="revenue",
        side=Side.ACCORD,
        title=_("Revenue from deals won"),
        target=goal.revenue,
        expected=due_by(
            goal.revenue, calendar, first.first, last.ends_at.astimezone(zone).date(), tomorrow
        ),
        delivered=float(won.aggregate(sum=Sum("amount"))["sum"] or 0),
        over=over,
        rows="deals_won",
        unit=goal.currency,
        only=goal.currency,
    )


def customers(scope: Scope, *, terms: Terms, calendar: Calendar) -> Quality | None:
    """Customers among the leads of the last four closed quarters: later ones are still young.

    None where no such share is promised. One query, as old as `tallies` says.
    """
    promise = terms.marketing.lead_to_customer
    if promise is None:
        return None
    before = closed_quarters(scope.at, calendar.time_zone)
    counts = tallies(before, zone=calendar.time_zone).total().counts
    return Quality(
        key="lead_to_customer",
        side=Side.MARKETING,
        title=_("Became customers"),
        promised=promise,
        delivered=share(counts["won"], counts["leads"]),
        rows={"part": "won", "whole": "leads"},
        over=before,
        is_final=False,
    )


@dataclass(frozen=True)
class Need:
    """So many a month have to come to a step; `rate` is the share of them that came further.

    `cases` of the last four closed quarters stand behind that rate; None for the last step.
    """

    step: str
    number: float
    rate: float | None
    cases: int | None

    @property
    def is_thin(self) -> bool:
        """Whether there are too few cases to rely on the rate."""
        return self.cases is not None and self.cases < FEWEST


@dataclass(frozen=True)
class Deliverable:
    """Whether what is promised can be delivered.

    `needs` go back from the goal, customers first; empty without a goal, or where some rate is
    not known: `why_not` says which. `outlooks` are what the promised ready leads will bring, and
    `load` is what they ask of the reps.
    """

    rates: Rates | None
    needs: list[Need]
    outlooks: list[Outlook]
    why_not: str
    promised: float
    load: Load

    @property
    def is_enough(self) -> bool | None:
        """Whether as many leads are promised as the goal asks for; None where unknown."""
        return None if self.needed is None else self.needed <= self.promised

    @property
    def needed(self) -> float | None:
        """Marketing-qualified leads a month that the goal asks for; None where unknown."""
        return next((each.number for each in self.needs if each.step == "mql"), None)


def deliverable(terms: Terms, *, scope: Scope, calendar: Calendar) -> Deliverable:
    """The promised leads against the goal and against the reps' time. A fixed number of queries.

    customers = revenue x marketing's share / average deal; each step before it is the next one
    divided by the rate between them, as the cohorts of the last four closed quarters had it.
    """
    promise = terms.marketing.ready_leads
    target = promise.a_month(promise.target)
    goal, found, why_not = terms.goal, None, ""
    needs, bring = list[Need](), list[Outlook]()
    if goal is None:
        why_not = _("The agreement names no goal, so nothing can be worked out from it.")
    else:
        before = closed_quarters(scope.at, calendar.time_zone)
        found = rates(before, zone=calendar.time_zone, currency=goal.currency)
        needs, why_not = _needs(goal, found)
        bring = outlooks(terms, found, needs[0].number) if needs else []
    (asked,) = load([terms], [{"": target}], at=scope.at)
    return Deliverable(found, needs, bring, why_not, target, asked)


def _needs(goal: Goal, found: Rates) -> tuple[list[Need], str]:
    if found.amount is None:
        return [], _("No deal was won in %(currency)s in the last four closed quarters.") % {
            "currency": goal.currency
        }
    customers = goal.revenue / MONTHS[goal.per] * goal.marketing_share / found.amount
    needs = [Need("won", customers, None, None)]
    for earlier, following in reversed([*pairwise(STEPS)]):
        rate = found.between(earlier, following)
        if not rate.value:
            return [], _("Nobody came from “%(earlier)s” to “%(following)s” in those quarters.") % {
                "earlier": earlier,
                "following": following,
            }
        needs.append(Need(earlier, needs[-1].number / rate.value, rate.value, rate.whole))
    return needs, ""
