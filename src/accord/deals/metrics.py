"""What can be counted of deals. A closed deal counts when it was closed."""

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import Stage
from accord.criteria.metrics import Metric, Rate, Scope, register
from accord.deals.models import Deal, DealLead, DealState
from accord.leads.metrics import entered, of_cohort


def closed(*states: DealState) -> Callable[[Scope], QuerySet[Deal]]:
    """The deals closed in the scope with one of these outcomes."""
    return lambda scope: Deal.objects.filter(state__in=states, **scope.within("closed_at"))


def lost() -> Q:
    """Leads with a lost deal that did not become customers otherwise."""
    deals = Deal.objects.filter(state=DealState.LOST)
    joined = DealLead.objects.filter(deal_id__in=deals.values("id"))
    has_lost = Q(id__in=deals.values("lead_id")) | Q(id__in=joined.values("lead_id"))
    return has_lost & ~entered(Stage.CUSTOMER)


register(
    of_cohort(
        key="lost",
        label=_("Lost"),
        sentence=_("Leads of the period whose deal was lost and who did not become customers."),
        among=lost,
    ),
    Metric(
        key="deals_won",
        label=_("Deals won"),
        sentence=_("Deals won in the period."),
        unit="deals",
        rows=closed(DealState.WON),
    ),
    Metric(
        key="deals_closed",
        label=_("Deals closed"),
        sentence=_("Deals won or lost in the period."),
        unit="deals",
        rows=closed(DealState.WON, DealState.LOST),
    ),
    Rate(
        key="win_rate",
        label=_("Win rate"),
        sentence=_("Won among the deals that were won or lost in the period."),
        part="deals_won",
        whole="deals_closed",
    ),
)
