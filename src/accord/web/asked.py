"""What the address of the record asks for: a period, what parts it, which promise, whose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from accord.insights import returned
from accord.insights.metrics import Scope
from accord.insights.rules import midnight
from accord.insights.sla import BY
from accord.insights.sla_values import KINDS

if TYPE_CHECKING:
    from datetime import datetime

    from accord.teams.rules import Calendar

SPANS: Mapping[str, tuple[int, int]] = {
    "month": (0, 1),
    "last": (1, 1),
    "quarter": (2, 3),
    "year": (11, 12),
}
SPAN_LABELS: Mapping[str, Any] = {
    "month": gettext_lazy("This month"),
    "last": gettext_lazy("Last month"),
    "quarter": gettext_lazy("Three months"),
    "year": gettext_lazy("Twelve months"),
}
TREND_BY = {"month": "day", "last": "day", "quarter": "week", "year": "month"}


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    span: str
    by: str
    promise: str
    backs_by: str
    person: str
    over: Scope


def asked_of(said: Mapping[str, str], calendar: "Calendar", at: "datetime") -> Asked:
    """What an address asks for; what it does not say, or wrongly, is as usual."""
    span = said.get("period", "")
    span = span if span in SPANS else "quarter"
    by, promise, backs = said.get("by", ""), said.get("promise", ""), said.get("backs", "")
    kinds = list(KINDS)
    return Asked(
        span=span,
        by=by if by in BY else "team",
        promise=promise if promise in kinds else kinds[0],
        backs_by=backs if backs in returned.BY else "reason",
        person=said.get("person", ""),
        over=_over(span, calendar, at),
    )


def _over(span: str, calendar: "Calendar", at: "datetime") -> Scope:
    """Whole months of the company's zone, the last of them the one asked for."""
    back, length = SPANS[span]
    today = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    months = today.year * 12 + today.month - 1 - back
    begin = date(months // 12, months % 12 + 1, 1)
    months += length
    until = date(months // 12, months % 12 + 1, 1)
    return Scope(
        at=at,
        begins_at=midnight(begin, calendar.time_zone),
        ends_at=midnight(until, calendar.time_zone),
    )
