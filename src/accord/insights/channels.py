"""Channels: where leads came from, and what share of them became customers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count

from accord.base.errors import Invalid
from accord.insights.metrics import Scope, metric
from accord.insights.rules import Share, ranks, share
from accord.leads.metrics import list_of
from accord.leads.queries import LeadFilters

BY = {
    "source": "source",
    "source_detail": "source_detail",
    "campaign": "campaign__name",
    "industry": "industry",
    "country": "country",
    "lead_type": "lead_type",
    "language": "language",
}
NOT_KNOWN = "-"  # the leads list's word for leads without a source


@dataclass(frozen=True)
class Channel:
    """Leads that share a value; `name` is None for those of whom it is not known.

    `rank` is by rate, None under five cases. `opens` leads to all, `opens_won` to the won.
    """

    name: str | None
    rate: Share
    rank: int | None
    opens: LeadFilters | None
    opens_won: LeadFilters | None

    @property
    def leads(self) -> int:
        return self.rate.whole

    @property
    def won(self) -> int:
        return self.rate.part


def channels(scope: Scope, *, by: str = "source") -> Sequence[Channel]:
    """Leads and customers of the scope by where they came from, most leads first. Two queries.

    Raises Invalid for a field by which leads cannot be told apart.
    """
    if by not in BY:
        raise Invalid(f"Leads cannot be told apart by “{by}”; use {', '.join(BY)}.", field="by")
    leads, won = _counts("leads", scope, by), _counts("won", scope, by)
    names = sorted(leads, key=lambda name: (-leads[name], name is None, name or ""))
    rates = [share(won.get(name, 0), leads[name]) for name in names]
    return [
        Channel(
            name=name,
            rate=rate,
            rank=rank,
            opens=_filters(name, by, scope, ""),
            opens_won=_filters(name, by, scope, "customer"),
        )
        for name, rate, rank in zip(names, rates, ranks(rates), strict=True)
    ]


def _counts(key: str, scope: Scope, by: str) -> dict[str | None, int]:
    rows = metric(key).rows(scope).values_list(BY[by]).annotate(number=Count("id")).order_by()
    return dict(rows)


def _filters(name: str | None, by: str, scope: Scope, entered: str) -> LeadFilters | None:
    if by != "source":
        return None
    return replace(list_of(entered)(scope), source=NOT_KNOWN if name is None else name)
