"""What the promised ready leads of each segment bring, by what became of such leads before."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accord.agreement.terms import Terms
from accord.insights.metrics import Scope, metric
from accord.insights.rates import FEWEST, STEPS, Rates
from accord.insights.rules import Share, share
from accord.qualification.models import Outcome
from accord.qualification.queries import standing

READY = STEPS[1:]


@dataclass(frozen=True)
class Outlook:
    """The ready leads promised a month, of all or of a segment, and what they will bring.

    `own` is how many such leads became customers in the last four closed quarters; with fewer
    than FEWEST of them `rate` is that of all leads together. `asked` are the customers a month
    that the goal asks of them: as large a part as they are of the ready leads promised.
    """

    title: str
    promised: float
    own: Share
    rate: float
    amount: float
    asked: float

    @property
    def is_thin(self) -> bool:
        """Whether too few such leads came, so that all leads stand for them."""
        return self.own.whole < FEWEST

    @property
    def customers(self) -> float:
        """Customers a month."""
        return self.promised * self.rate

    @property
    def needed(self) -> float | None:
        """Ready leads a month from which so many customers as asked come; None where none do."""
        return self.asked / self.rate if self.rate else None

    @property
    def revenue(self) -> float:
        """Revenue a month, in the currency of the goal."""
        return self.customers * self.amount


def outlooks(terms: Terms, found: Rates, customers: float) -> list[Outlook]:
    """All ready leads first, then each segment the agreement names; empty where no rate is known.
    `customers` are those that the goal asks of marketing in a month.

    A lead belongs to a segment when it meets its definition by the facts known now. One query.
    """
    promise = terms.marketing.ready_leads
    of_all = found.between("mql", "won")
    if of_all.value is None or found.amount is None:
        return []
    shares = _shares([each.definition for each in promise.segments], found.over)
    every = promise.a_month(promise.target)
    kinds = [(_("All ready leads"), every, of_all)] + [
        (
            terms.definitions[each.definition].title,
            promise.a_month(each.target),
            shares[each.definition],
        )
        for each in promise.segments
    ]
    return [
        Outlook(
            title=title,
            promised=target,
            own=own,
            rate=of_all.value if own.value is None or own.whole < FEWEST else own.value,
            amount=found.amount,
            asked=customers * target / every,
        )
        for title, target, own in kinds
    ]


def _shares(definitions: Sequence[str], over: Scope) -> dict[str, Share]:
    """Those of each segment that became ready in a scope, and of them those that were won."""
    steps = {
        f"of_{step}": Count("id", filter=Q(lead_id__in=metric(step).rows(over).values("id")))
        for step in READY
    }
    rows = (
        standing()
        .filter(
            definition__in=definitions,
            outcome=Outcome.MET,
            lead_id__in=metric("leads").rows(over).values("id"),
        )
        .values_list("definition")
        .annotate(**steps)
    )
    counts = {definition: numbers for definition, *numbers in rows}
    none = [0] * len(READY)
    return {each: _share(counts.get(each, none)) for each in definitions}


def _share(counts: Sequence[int]) -> Share:
    """Of those that came to the first of the steps, or skipped it, those that came to the last."""
    return share(counts[-1], max(counts))
