"""Both sides' record: what was kept of what was promised, parted as one likes, and its trend."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accord.insights.narrowing import only_of
from accord.insights.returned import returned as read_returned
from accord.insights.rules import FEWEST_CASES
from accord.insights.sla import PERIODS, Group, Kept, Sla, side_of
from accord.insights.sla import sla as read_sla
from accord.insights.sla_report import columns, earlier, notes, promise_rows
from accord.insights.sla_values import KINDS
from accord.leads.files.writing import csv_lines
from accord.teams import queries as teams
from accord.web.asked import SPAN_LABELS, TREND_BY, Asked, asked_of
from accord.web.times import day, month

if TYPE_CHECKING:
    from accord.web.requests import Request

LABELS: Mapping[str, Any] = {
    "person": gettext_lazy("Person"),
    "team": gettext_lazy("Team"),
    "segment": gettext_lazy("Segment"),
    "trigger": gettext_lazy("Why handed over"),
    "source": gettext_lazy("Source"),
    "month": gettext_lazy("Month"),
    "week": gettext_lazy("Week"),
    "day": gettext_lazy("Day"),
}
BACK_LABELS: Mapping[str, Any] = {
    "reason": gettext_lazy("Reason"),
    "clause": gettext_lazy("Blamed clause"),
    "campaign": gettext_lazy("Campaign"),
}


@dataclass(frozen=True)
class Line:
    """A group's row of the table: its promise, and what share was kept before."""

    group: Group
    kept: Kept
    name: str
    before: float | None

    @property
    def change(self) -> float | None:
        """By how much the share went up; None where nothing can be compared."""
        value = self.kept.in_time.value
        return None if value is None or self.before is None else value - self.before


@require_GET
def sla(request: "Request") -> HttpResponse:
    """The record over a period, by a field, with its trend and what came back."""
    calendar = teams.company_calendar()
    asked = asked_of(request.GET, calendar, request.at)
    only, reader = only_of(person=asked.person), request.user
    found = read_sla(asked.over, by=asked.by, calendar=calendar, reader=reader, only=only)
    before = earlier(found, calendar=calendar, reader=reader, only=only)
    trend = read_sla(
        asked.over, by=TREND_BY[asked.span], calendar=calendar, reader=reader, only=only
    )
    context = {
        "asked": asked,
        "found": found,
        "lines": _lines(found, before, asked),
        "handoffs": [(each, _name(each, asked.by)) for each in found.groups],
        "backs": read_returned(asked.over, by=asked.backs_by, reader=reader, only=only),
        "trend": [
            (each, _name(each, trend.by), each.promises.get(asked.promise)) for each in trend.groups
        ],
        "trend_by": LABELS[trend.by],
        "trend_chart": _chart(trend, asked.promise),
        "spans": SPAN_LABELS.items(),
        "parts": LABELS.items(),
        "part": LABELS[asked.by],
        "promises": KINDS.items(),
        "backs_parts": BACK_LABELS.items(),
        "back_part": BACK_LABELS[asked.backs_by],
        "opens_person": asked.by == "person" and not asked.person,
        "notes": [*notes(found)],
        "last_at": asked.over.ends_at and asked.over.ends_at - timedelta(seconds=1),
        "few": FEWEST_CASES,
    }
    return render(request, "sla.html", context)


@require_GET
def sla_export(request: "Request") -> StreamingHttpResponse:
    """The same rows as a CSV that a spreadsheet opens safely."""
    calendar = teams.company_calendar()
    asked = asked_of(request.GET, calendar, request.at)
    only = only_of(person=asked.person)
    found = read_sla(asked.over, by=asked.by, calendar=calendar, reader=request.user, only=only)
    before = earlier(found, calendar=calendar, reader=request.user, only=only)
    name = f"sla-{asked.by}-{request.at:%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        csv_lines(_table(columns(asked.by), promise_rows(found, before))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _table(names: Sequence[str], rows: Iterator[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
    """The names of the columns, then the rows."""
    yield names
    for row in rows:
        yield [row[name] for name in names]


def _lines(found: Sla, before: Mapping[str, Group], asked: Asked) -> list[Line]:
    lines = []
    for group in found.groups:
        kept = group.promises.get(asked.promise)
        if kept is None:
            continue
        old = before[group.key].promises.get(asked.promise) if group.key in before else None
        share = old.in_time.value if old and old.in_time.is_ranked else None
        lines.append(Line(group, kept, _name(group, asked.by), share))
    return lines


def _name(group: Group, by: str) -> str:
    """What a group is called, or the period that it is."""
    if by == "month":
        return month(date.fromisoformat(f"{group.key}-01"))
    return day(date.fromisoformat(group.key)) if by in PERIODS else group.name


def _chart(trend: Sla, promise: str) -> dict[str, Any]:
    """The share of one promise over time, with a gap where there are too few cases to say one."""
    shares = [
        each.promises[promise].in_time if promise in each.promises else None
        for each in trend.groups
    ]
    return {
        "periods": [_name(each, trend.by) for each in trend.groups],
        "name": str(KINDS[promise]),
        "side": side_of(promise).value,
        "values": [each.value if each and each.is_ranked else None for each in shares],
        "cases": [each.whole if each else 0 for each in shares],
        "words": {"of": _("of"), "in_time": _("in time")},
    }
