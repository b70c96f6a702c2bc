"""What agreements would have done in a time that has passed: the figures of a back-test.

All variants are counted over the same leads, deals and handoffs, and compared with the first.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import TruncMonth

from accord.deals.models import Deal, DealState
from accord.handoffs.models import Handoff
from accord.insights.back_test_parts import Part, Variant, Won, at_key
from accord.insights.not_known import not_known
from accord.insights.tried import (
    SEGMENTS,
    Values,
    answered_handoffs,
    came,
    changed_since,
    closed_deals,
    judged,
    met,
    values_of,
)
from accord.leads.models import Lead
from accord.leads.queries.sampling import TENTH, OneIn
from accord.qualification.models import BackTest, PastVerdict

_SOON = timedelta(hours=1)  # after its first contact a lead is known, where it was not brought in
_Met = Sequence[datetime | None]


def figures(back_test: BackTest, *, is_sample: bool, zone: str, currency: str) -> dict[str, Any]:
    """The figures as they are kept; of the tenth of the leads that are judged first, or of all.

    What was won in another currency counts as a deal, without its value. A fixed number of
    queries for each variant.
    """
    narrow: Callable[..., Any] = _tenth if is_sample else _all
    past = narrow(judged(back_test))
    variants = [Variant(name=each["name"]) for each in back_test.variants]
    for number, variant in enumerate(variants):
        _qualified(variant, past, number, back_test)
        _by_month(variant, past, number, zone)
        _by_segment(variant, past, number, back_test)
        _by_owner(variant, past, number, back_test)
    won = _closed(variants, narrow(closed_deals(back_test, currency)), back_test, zone)
    _answered(variants, narrow(answered_handoffs(back_test)), back_test, zone)
    return {
        "is_sample": is_sample,
        **_leads(back_test, is_sample=is_sample),
        "won": asdict(won),
        "variants": [each.told() for each in variants],
        **not_known(back_test),
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
    return came(back_test).aggregate(
        leads=models.Count("id", filter=is_judged) if is_sample else models.Count("id"),
        all_leads=models.Count("id"),
        later_known=models.Count("id", filter=is_judged & later),
    )


def _qualified(
    variant: Variant, past: QuerySet[PastVerdict], number: int, back_test: BackTest
) -> None:
    counted = past.aggregate(
        qualified=models.Count("id", filter=met(number)),
        standing=models.Count("id", filter=Q(**{f"met_at__{number}": back_test.begins_at})),
        only_here=models.Count("id", filter=met(number) & ~met(0)),
        only_there=models.Count("id", filter=met(0) & ~met(number)),
    )
    for name, count in counted.items():
        setattr(variant, name, count)


def _by_month(variant: Variant, past: QuerySet[PastVerdict], number: int, zone: str) -> None:
    month = TruncMonth(F(f"met_at__{number}"), tzinfo=ZoneInfo(zone))
    rows = past.filter(met(number)).annotate(month=month).values_list("month")
    for first, count in rows.annotate(count=models.Count("id")).order_by("month"):
        at_key(variant.months, f"{first:%Y-%m}").qualified = count


def _by_segment(
    variant: Variant, past: QuerySet[PastVerdict], number: int, back_test: BackTest
) -> None:
    """By each field that segments go by, as it was when the period ended.

    Counted by what holds now, and then moved to what held then.
    """
    ids, count = past.filter(met(number)).values("lead_id"), models.Count("id")
    now = Lead.objects.filter(id__in=ids).values_list(*SEGMENTS).annotate(count=count)
    for *values, found in now.order_by():
        for name, value in zip(SEGMENTS, values, strict=True):
            at_key(variant.segments[name], value).qualified += found
    changed = changed_since(SEGMENTS, back_test.ends_at).filter(lead_id__in=ids)
    of_lead = Lead.objects.filter(id=OuterRef("lead_id"))
    of_now = Case(*[When(fact=name, then=Subquery(of_lead.values(name)[:1])) for name in SEGMENTS])
    moved = changed.annotate(now=of_now).values_list("fact", "text_value", "now")
    for name, then, value, found in moved.annotate(count=count).order_by():
        at_key(variant.segments[name], value).qualified -= found
        at_key(variant.segments[name], then).qualified += found


def _by_owner(
    variant: Variant, past: QuerySet[PastVerdict], number: int, back_test: BackTest
) -> None:
    """Who has or last had the leads that newly met it; "" for those that nobody ever had."""
    newly = past.filter(met(number)).exclude(**{f"met_at__{number}": back_test.begins_at})
    count, leads = models.Count("id"), Lead.objects.filter(id__in=newly.values("lead_id"))
    owners = Counter(dict(leads.values_list("owner_id").annotate(count=count).order_by()))
    same = Q(offered_at=OuterRef("offered_at"), id__gt=OuterRef("id"))
    later = same | Q(offered_at__gt=OuterRef("offered_at"))
    last = Handoff.objects.filter(
        ~Exists(Handoff.objects.filter(later, lead_id=OuterRef("lead_id"))),
        lead_id__in=leads.filter(owner__isnull=True).values("id"),
        owner__isnull=False,
    )
    for owner, found in last.values_list("owner_id").annotate(count=count).order_by():
        owners[owner] += found
        owners[None] -= found
    variant.owners = {str(owner or ""): found for owner, found in owners.items() if found}


def _closed(
    variants: Sequence[Variant], deals: QuerySet[Deal], back_test: BackTest, zone: str
) -> Won:
    """Count the deals that were closed; gives all that were won."""
    values = values_of(set(deals.values_list("lead_id", flat=True)), at=back_test.ends_at)
    all_won = Won()
    customers: list[tuple[set[Any], set[Any]]] = [(set(), set()) for _ in variants]
    columns = ("lead_id", "state", "value", "closed_at", "met_at")
    for lead_id, state, amount, closed_at, met_at in deals.values_list(*columns).iterator():
        is_won = state == DealState.WON
        was_in = _was_met(met_at, 0, closed_at)
        if is_won:
            all_won.add(amount)
        for number, is_in, part in _places(variants, met_at, closed_at, values[lead_id], zone):
            part.add_deal(amount, is_won=is_won, was_in=was_in, is_in=is_in)
            if is_won and part is variants[number]:
                _add_customer(customers[number], lead_id, met_at, number, is_in=is_in)
    for variant, (those_in, those_out) in zip(variants, customers, strict=True):
        variant.customers_in, variant.customers_out = len(those_in), len(those_out)
    return all_won


def _add_customer(
    found: tuple[set[Any], set[Any]], lead_id: Any, met_at: _Met | None, number: int, *, is_in: bool
) -> None:
    if is_in:
        found[0].add(lead_id)
    elif not (met_at and met_at[number]):
        found[1].add(lead_id)


def _answered(
    variants: Sequence[Variant], handoffs: QuerySet[Handoff], back_test: BackTest, zone: str
) -> None:
    values = values_of(set(handoffs.values_list("lead_id", flat=True)), at=back_test.ends_at)
    columns = ("lead_id", "offered_at", "accepted_at", "met_at")
    for lead_id, offered_at, accepted_at, met_at in handoffs.values_list(*columns).iterator():
        for _, is_in, part in _places(variants, met_at, offered_at, values[lead_id], zone):
            part.add_handoff(is_accepted=accepted_at is not None, is_in=is_in)


def _places(
    variants: Iterable[Variant], met_at: _Met | None, moment: datetime, values: Values, zone: str
) -> Iterator[tuple[int, bool, Part]]:
    """Every part of every variant in which something of that moment counts, and whether as in."""
    month = f"{moment.astimezone(ZoneInfo(zone)):%Y-%m}"
    for number, variant in enumerate(variants):
        is_in = _was_met(met_at, number, moment)
        for part in variant.parts(month, values):
            yield number, is_in, part


def _was_met(met_at: _Met | None, number: int, by: datetime) -> bool:
    moment = met_at[number] if met_at else None
    return moment is not None and moment <= by
