"""What agreements would have done in a time that has passed: the figures of a back-test.

All variants are counted over the same leads, deals and handoffs; the first variant is what the
others are compared with.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth

from accord.agreement.terms import Terms
from accord.criteria.language import Count, Leaf, Reference, Test, leaves
from accord.criteria.registry import registry
from accord.deals.models import Deal, DealState
from accord.handoffs.models import Handoff
from accord.leads.models import Lead, Observed
from accord.leads.queries.sampling import TENTH, OneIn, there
from accord.qualification.models import BackTest, PastVerdict
from accord.qualification.queries import terms_tried

SEGMENTS = ("source", "country", "industry", "lead_type")
_MOST_OF_A_SEGMENT = 12
_SOON = timedelta(hours=1)  # after its first contact a lead is known, where it was not brought in
_Met = Sequence[datetime | None]


@dataclass
class Won:
    """Deals won: how many, and their value in the company's currency."""

    number: int = 0
    value: float = 0.0

    def add(self, amount: Decimal | None) -> None:
        """One more."""
        self.number += 1
        self.value += float(amount or 0)


@dataclass
class VariantFigures:
    """One variant. Pairs are (part, whole); `kept`, `lost`, `gained` compare its won deals with
    those of the first variant; `standing` met it already when the period began.
    """

    name: str
    qualified: int = 0
    standing: int = 0
    only_here: int = 0
    only_there: int = 0
    kept: Won = field(default_factory=Won)
    lost: Won = field(default_factory=Won)
    gained: Won = field(default_factory=Won)
    accepted_in: tuple[int, int] = (0, 0)
    accepted_out: tuple[int, int] = (0, 0)
    won_in: tuple[int, int] = (0, 0)
    won_out: tuple[int, int] = (0, 0)
    months: dict[str, int] = field(default_factory=dict)
    segments: dict[str, list[tuple[str | None, int]]] = field(default_factory=dict)


def figures(back_test: BackTest, *, is_sample: bool, zone: str, currency: str) -> dict[str, Any]:
    """The figures as they are kept; of the tenth of the leads that are judged first, or of all.

    What was won in another currency counts as a deal, without its value. A fixed number of
    queries for each variant.
    """
    narrow: Callable[..., Any] = _tenth if is_sample else _all
    past = narrow(PastVerdict.objects.filter(back_test=back_test))
    leads = _leads(back_test, is_sample=is_sample)
    variants = [VariantFigures(name=each["name"]) for each in back_test.variants]
    for number, variant in enumerate(variants):
        _qualified(variant, past, number, back_test)
        _by_month(variant, past, number, zone)
        if not is_sample:
            _by_segment(variant, past, number)
    won = _won(variants, narrow(_deals(back_test, currency)), leads["leads"])
    _accepted(variants, narrow(_handoffs(back_test)))
    return {
        "is_sample": is_sample,
        **leads,
        "won": asdict(won),
        "variants": [asdict(each) for each in variants],
        **_not_known(back_test),
    }


def _all(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


def _tenth(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(OneIn("lead_id", TENTH))


def _leads(back_test: BackTest, *, is_sample: bool) -> dict[str, int]:
    """The leads that had come by then: those that are judged, all there are, and those that came
    in the period before Accord knew of them, whose facts are the first ones learnt."""
    is_judged = Q(OneIn("id", TENTH)) if is_sample else Q()
    later = Q(known_at__gt=F("first_contact_at") + _SOON) & Q(known_at__gt=back_test.begins_at)
    came = there().filter(first_contact_at__lt=back_test.ends_at)
    return came.aggregate(
        leads=models.Count("id", filter=is_judged) if is_sample else models.Count("id"),
        all_leads=models.Count("id"),
        later_known=models.Count("id", filter=is_judged & later),
    )


def met(number: int) -> Q:
    """The past verdicts of leads that met the variant of this number."""
    return Q(**{f"met_at__{number}__isnull": False})


def _qualified(
    variant: VariantFigures, past: QuerySet[PastVerdict], number: int, back_test: BackTest
) -> None:
    counted = past.aggregate(
        qualified=models.Count("id", filter=met(number)),
        standing=models.Count("id", filter=Q(**{f"met_at__{number}": back_test.begins_at})),
        only_here=models.Count("id", filter=met(number) & ~met(0)),
        only_there=models.Count("id", filter=met(0) & ~met(number)),
    )
    for name, count in counted.items():
        setattr(variant, name, count)


def _by_month(variant: VariantFigures, past: QuerySet[PastVerdict], number: int, zone: str) -> None:
    month = TruncMonth(F(f"met_at__{number}"), tzinfo=ZoneInfo(zone))
    rows = past.filter(met(number)).annotate(month=month).values_list("month")
    counted = rows.annotate(count=models.Count("id")).order_by("month")
    variant.months = {f"{month:%Y-%m}": count for month, count in counted}


def _by_segment(variant: VariantFigures, past: QuerySet[PastVerdict], number: int) -> None:
    """The most frequent values of each field that segments go by; the leads' as they are now."""
    leads = Lead.objects.filter(id__in=past.filter(met(number)).values("lead_id"))
    for name in SEGMENTS:
        counted = (
            leads.values_list(name).annotate(count=models.Count("id")).order_by("-count", name)
        )
        variant.segments[name] = [(value, count) for value, count in counted[:_MOST_OF_A_SEGMENT]]


def _met_by(back_test: BackTest) -> Subquery:
    """Of a row that carries a lead's id: when that lead met each variant."""
    verdicts = PastVerdict.objects.filter(back_test=back_test, lead_id=OuterRef("lead_id"))
    return Subquery(verdicts.values("met_at"))


def _deals(back_test: BackTest, currency: str) -> QuerySet[Any]:
    closed = Deal.objects.filter(
        state=DealState.WON, closed_at__gte=back_test.begins_at, closed_at__lt=back_test.ends_at
    )
    value = models.Case(models.When(currency=currency, then=F("amount")))
    return closed.annotate(met_at=_met_by(back_test), value=value)


def _handoffs(back_test: BackTest) -> QuerySet[Any]:
    offered = Handoff.objects.filter(
        offered_at__gte=back_test.begins_at, offered_at__lt=back_test.ends_at
    )
    answered = Q(accepted_at__isnull=False) | Q(passed_back_at__isnull=False)
    return offered.filter(answered).annotate(met_at=_met_by(back_test))


def _won(variants: Sequence[VariantFigures], deals: QuerySet[Any], leads: int) -> Won:
    """A deal counts for a variant whose definition its lead met before it was won."""
    all_won, customers = Won(), [set[Any]() for _ in variants]
    every = set[Any]()
    for lead_id, amount, closed_at, met_at in deals.values_list(
        "lead_id", "value", "closed_at", "met_at"
    ).iterator():
        all_won.add(amount)
        every.add(lead_id)
        was = _was_met(met_at, 0, closed_at)
        for number, variant in enumerate(variants):
            now = _was_met(met_at, number, closed_at)
            if now:
                customers[number].add(lead_id)
            if now or was:
                (variant.kept if now and was else variant.gained if now else variant.lost).add(
                    amount
                )
    for variant, won in zip(variants, customers, strict=True):
        variant.won_in = (len(won), variant.qualified)
        variant.won_out = (len(every - won), max(leads - variant.qualified, len(every - won)))
    return all_won


def _was_met(met_at: _Met | None, number: int, by: datetime) -> bool:
    moment = met_at[number] if met_at else None
    return moment is not None and moment <= by


def _accepted(variants: Sequence[VariantFigures], handoffs: QuerySet[Any]) -> None:
    """Of the handoffs answered in the period, how many were accepted: of leads in, and out."""
    counts: list[Counter[tuple[bool, bool]]] = [Counter() for _ in variants]
    for met_at, accepted_at in handoffs.values_list("met_at", "accepted_at").iterator():
        for number, count in enumerate(counts):
            is_in = bool(met_at) and met_at[number] is not None
            count[is_in, accepted_at is not None] += 1
    for variant, count in zip(variants, counts, strict=True):
        variant.accepted_in = (count[True, True], count[True, True] + count[True, False])
        variant.accepted_out = (count[False, True], count[False, True] + count[False, False])


def _not_known(back_test: BackTest) -> dict[str, list[str]]:
    """The behaviours asked that were not watched from the beginning, and facts without a past."""
    asked = [
        leaf for each in terms_tried(back_test) for leaf in _leaves(back_test.definition, each)
    ]
    since = dict(Observed.objects.values_list("kind", "since"))
    behaviours = {leaf.behaviour for leaf in asked if isinstance(leaf, Count)}
    facts = {leaf.fact for leaf in asked if isinstance(leaf, Test)}
    return {
        "unwatched": sorted(
            key
            for key in behaviours
            if any(
                since.get(kind, back_test.ends_at) > back_test.begins_at
                for kind in registry.behaviour(key).kinds
            )
        ),
        "without_past": sorted(
            key for key in facts if not registry.relations[registry.fact(key).relation].changes
        ),
    }


def _leaves(key: str, terms: Terms) -> Iterator[Leaf]:
    for leaf in leaves(terms.definitions[key].must):
        if isinstance(leaf, Reference):
            yield from _leaves(leaf.definition, terms)
        else:
            yield leaf
