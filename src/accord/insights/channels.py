"""Channels: where leads came from, and what share of them became customers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.insights.metrics import Scope
from accord.insights.rules import Share, ranks, share
from accord.insights.tallies import Tallies, tallies
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
    """Leads and customers of the scope by where they came from, most leads first.

    Raises Invalid for a field by which leads cannot be told apart.
    """
    if by not in BY:
        raise Invalid(
            _("Leads cannot be told apart by “%(by)s”; use %(ways)s.")
            % {"by": by, "ways": ", ".join(BY)},
            field="by",
        )
    return channels_of(tallies(scope, zone="UTC", by=BY[by]), scope, by=by)


def channels_of(found: Tallies, scope: Scope, *, by: str = "source") -> Sequence[Channel]:
    """As `channels`, of leads that were counted already, by that same field."""
    counts = {name: tally.counts for name, tally in found.by_name().items()}
    names = sorted(counts, key=lambda name: (-counts[name]["leads"], name is None, name or ""))
    rates = [share(counts[name]["won"], counts[name]["leads"]) for name in names]
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


def _filters(name: str | None, by: str, scope: Scope, entered: str) -> LeadFilters | None:
    if by != "source":
        return None
    return replace(list_of(entered)(scope), source=NOT_KNOWN if name is None else name)
