"""Every metric by its key, counted one way, whoever asks: pages, reports, goals and the API."""

from accord.content import metrics as _of_content  # noqa: F401 - a room's metrics register themselves
from accord.criteria.metrics import Metric, Rate, Scope, all_metrics, all_rates, metric, rate
from accord.deals import metrics as _of_deals  # noqa: F401
from accord.handoffs import leaks as _of_what_slips  # noqa: F401
from accord.handoffs import metrics as _of_handoffs  # noqa: F401
from accord.handoffs import nurture as _of_nurture  # noqa: F401
from accord.insights.rules import Share, share
from accord.leads import leaks as _of_stays  # noqa: F401
from accord.leads import metrics as _of_leads  # noqa: F401
from accord.qualification import metrics as _of_verdicts  # noqa: F401

__all__ = [
    "Metric",
    "Rate",
    "Scope",
    "all_metrics",
    "all_rates",
    "metric",
    "rate",
    "share_of",
]


def share_of(key: str, scope: Scope) -> Share:
    """A rate over a scope, with its interval. Two queries. Raises KeyError."""
    wanted = rate(key)
    return share(metric(wanted.part).count(scope), metric(wanted.whole).count(scope))
