"""Every metric by its key, counted one way, whoever asks: pages, reports, goals and the API."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accord.criteria.metrics import Metric, Rate, Scope, all_metrics, all_rates, metric, rate
from accord.deals import metrics as _of_deals  # noqa: F401 - a room's metrics register themselves
from accord.handoffs import metrics as _of_handoffs  # noqa: F401
from accord.insights.rules import Share, share
from accord.leads import metrics as _of_leads  # noqa: F401
from accord.leads.models import Lead
from accord.leads.queries import LeadFilters

__all__ = [
    "Figure",
    "Metric",
    "Rate",
    "Scope",
    "all_metrics",
    "all_rates",
    "figure",
    "leads_of",
    "metric",
    "rate",
    "share_of",
]


@dataclass(frozen=True)
class Figure:
    """A number on a page: what it counts, over what, and the filters that open its rows.

    `opens` is None where the leads list cannot show exactly them; `leads_of` still can.
    """

    key: str
    value: int
    opens: LeadFilters | None = None


def figure(key: str, scope: Scope) -> Figure:
    """A metric counted over a scope. One query. Raises KeyError for an unknown key."""
    counted = metric(key)
    return Figure(key, counted.count(scope), counted.opens(scope) if counted.opens else None)


def share_of(key: str, scope: Scope) -> Share:
    """A rate over a scope, with its interval. Two queries. Raises KeyError."""
    wanted = rate(key)
    return share(metric(wanted.part).count(scope), metric(wanted.whole).count(scope))


def leads_of(key: str, scope: Scope) -> QuerySet[Lead]:
    """The leads behind a figure, newest contact first. Raises KeyError for an unknown key."""
    rows: QuerySet[Any] = metric(key).rows(scope)
    if rows.model is not Lead:
        rows = Lead.objects.filter(id__in=rows.values("lead_id"))
    return rows.order_by("-first_contact_at", "-id")
