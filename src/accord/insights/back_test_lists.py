"""The rows behind each figure of a back-test: leads, deals or handoffs, newest first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.deals.models import DealState
from accord.insights.behind import ListPage, page_of
from accord.insights.rules import midnight
from accord.insights.shapes import SHAPES
from accord.insights.tried import (
    SEGMENTS,
    answered_handoffs,
    came,
    closed_deals,
    judged,
    leads_of,
    met,
)
from accord.leads.models import Lead
from accord.qualification.models import BackTest
from accord.teams.models import User

_Rows = Callable[[BackTest, int], QuerySet[Any]]


@dataclass(frozen=True)
class Only:
    """What of a figure is wanted: a month as 2026-11, and a value of one of SEGMENTS."""

    month: str = ""
    field: str = ""
    value: str | None = None
    zone: str = "UTC"


def _in(name: str, number: int) -> Q:
    """A deal or handoff of a lead that met the variant before that happened."""
    return Q(**{f"met_at__{number}__isnull": False, f"met_at__{number}__lte": F(name)})


def _out(name: str, number: int) -> Q:
    return (
        Q(met_at__isnull=True)
        | Q(**{f"met_at__{number}__isnull": True})
        | Q(**{f"met_at__{number}__gt": F(name)})
    )


def _leads(condition: Callable[[BackTest, int], Q]) -> _Rows:
    def rows(test: BackTest, number: int) -> QuerySet[Any]:
        ids = judged(test).filter(condition(test, number)).values("lead_id")
        return _with_met(Lead.objects.filter(id__in=ids), test)

    return rows


def _with_met(leads: QuerySet[Any], test: BackTest) -> QuerySet[Any]:
    own = judged(test).filter(lead_id=OuterRef("id"))
    with_met: QuerySet[Any] = leads.annotate(met_at=Subquery(own.values("met_at")))
    return with_met


def _out_leads(test: BackTest, number: int) -> QuerySet[Any]:
    ids = judged(test).filter(met(number)).values("lead_id")
    return _with_met(came(test).exclude(id__in=ids), test)


def _customers_in(test: BackTest, number: int) -> QuerySet[Any]:
    won = _won(test).filter(_in("closed_at", number))
    return _with_met(Lead.objects.filter(id__in=won.values("lead_id")), test)


def _customers_out(test: BackTest, number: int) -> QuerySet[Any]:
    return _out_leads(test, number).filter(Exists(_won(test).filter(lead_id=OuterRef("id"))))


def _won(test: BackTest) -> QuerySet[Any]:
    return closed_deals(test, "").filter(state=DealState.WON)


def _deals(*sides: tuple[Callable[[str, int], Q], bool], is_won: bool = True) -> _Rows:
    """Deals by whether their leads were in or out, by this variant or (True) by the first."""

    def rows(test: BackTest, number: int) -> QuerySet[Any]:
        deals: QuerySet[Any] = _won(test) if is_won else closed_deals(test, "")
        for side, of_first in sides:
            deals = deals.filter(side("closed_at", 0 if of_first else number))
        return deals

    return rows


def _handoffs(side: Callable[[str, int], Q], *, is_accepted: bool) -> _Rows:
    def rows(test: BackTest, number: int) -> QuerySet[Any]:
        answered: QuerySet[Any] = answered_handoffs(test).filter(side("offered_at", number))
        return answered.filter(accepted_at__isnull=False) if is_accepted else answered

    return rows


LISTS: Mapping[str, _Rows] = {
    "in": _leads(lambda test, number: met(number)),
    "standing": _leads(lambda test, number: Q(**{f"met_at__{number}": test.begins_at})),
    "more": _leads(lambda test, number: met(number) & ~met(0)),
    "less": _leads(lambda test, number: met(0) & ~met(number)),
    "out": _out_leads,
    "customers_in": _customers_in,
    "customers_out": _customers_out,
    "kept": _deals((_in, True), (_in, False)),
    "lost": _deals((_in, True), (_out, False)),
    "gained": _deals((_out, True), (_in, False)),
    "won_in": _deals((_in, False)),
    "won_out": _deals((_out, False)),
    "closed_in": _deals((_in, False), is_won=False),
    "closed_out": _deals((_out, False), is_won=False),
    "accepted_in": _handoffs(_in, is_accepted=True),
    "accepted_out": _handoffs(_out, is_accepted=True),
    "answered_in": _handoffs(_in, is_accepted=False),
    "answered_out": _handoffs(_out, is_accepted=False),
}


def list_of(test: BackTest, of: str, number: int, only: Only) -> QuerySet[Any]:
    """The rows that a figure of a variant counts. Raises Missing for what nobody counts."""
    if of not in LISTS or not 0 <= number < len(test.variants):
        raise Missing(_("There is no such figure in this back-test."))
    rows = LISTS[of](test, number)
    shape = SHAPES[rows.model]
    if only.month:
        moment = shape.moment if shape.lead == "lead_id" else f"met_at__{number}"
        begins_at, ends_at = _month(only)
        rows = rows.filter(**{f"{moment}__gte": begins_at, f"{moment}__lt": ends_at})
    if only.field:
        if only.field not in SEGMENTS:
            raise Missing(_("There is no such part of this back-test."))
        leads = leads_of(only.field, only.value, at=test.ends_at)
        rows = rows.filter(**{f"{shape.lead}__in": leads.values("id")})
    return rows


def _month(only: Only) -> tuple[datetime, datetime]:
    try:
        first = date.fromisoformat(f"{only.month}-01")
    except ValueError as error:
        raise Missing(_("There is no such month in this back-test.")) from error
    following = (first + timedelta(days=32)).replace(day=1)
    return midnight(first, only.zone), midnight(following, only.zone)


def list_page(
    test: BackTest, *, of: str, number: int, only: Only, user: User, cursor: str = ""
) -> ListPage:
    """A page of them; leads that the person may not see are counted, but not named."""
    return page_of(list_of(test, of, number, only), user, cursor)


def every_row(test: BackTest) -> Iterator[tuple[str, str, str, str, datetime | None]]:
    """All that stands behind the figures: variant, figure, lead, what was counted, and when.

    Those out, who are all the others, are left out. One query a figure.
    """
    for number, variant in enumerate(test.variants):
        for of in LISTS:
            if of != "out":
                rows = list_of(test, of, number, Only())
                shape = SHAPES[rows.model]
                found = rows.order_by("id").values_list(shape.lead, "id", shape.moment)
                for lead_id, id, moment in found.iterator():
                    yield variant["name"], of, str(lead_id), str(id), moment
