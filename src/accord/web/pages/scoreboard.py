"""The scoreboard: how the two teams stand, in figures that open their rows."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accord.base.lifecycle import Stage
from accord.insights.channels import Channel
from accord.insights.funnel import Cohort, Funnel
from accord.insights.metrics import Scope
from accord.insights.rules import midnight
from accord.insights.scoreboard import scoreboard as read_scoreboard
from accord.teams import queries as teams
from accord.web.times import day, month

if TYPE_CHECKING:
    from datetime import datetime

    from accord.teams.rules import Calendar
    from accord.web.requests import Request

PERIODS: dict[str, Any] = {
    "all": gettext_lazy("All time"),
    "month": gettext_lazy("This month"),
    "quarter": gettext_lazy("Last three months"),
    "year": gettext_lazy("Last twelve months"),
}
MONTHS_BACK = {"month": 0, "quarter": 2, "year": 11}
# How far a lead came, each step including those after it.
FURTHEST = ("leads", "mql", "sal", "sql", "opportunity", "won")
FURTHEST_LABEL = {
    "leads": gettext_lazy("Inquiry or subscriber"),
    "won": gettext_lazy("Customer"),
}


@require_GET
def scoreboard(request: "Request") -> HttpResponse:
    """One sentence, both promises, the funnel, the channels, what came back."""
    chosen = request.GET.get("period", "all")
    calendar = teams.company_calendar()
    board = read_scoreboard(_scope(chosen, calendar, request.at), calendar=calendar)
    context = {
        "board": board,
        "promised_over": _span(board.promised_over, calendar),
        "periods": PERIODS.items(),
        "period": chosen if chosen in PERIODS else "all",
        "channels": sorted(board.channels, key=lambda each: each.rank or len(board.channels) + 1),
        "steps": [step for step in FURTHEST if step != "leads"],
        "cohort_chart": _cohort_chart(board.funnel),
        "channel_chart": _channel_chart(board.channels),
        "few": any(not channel.rate.is_ranked for channel in board.channels),
    }
    return render(request, "scoreboard.html", context)


def _scope(period: str, calendar: "Calendar", at: "datetime") -> Scope:
    """From the first day of the month so many months ago, up to the end of today."""
    if period not in MONTHS_BACK:
        return Scope(at=at)
    today = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    months = today.year * 12 + today.month - 1 - MONTHS_BACK[period]
    return Scope(
        at=at,
        begins_at=midnight(date(months // 12, months % 12 + 1, 1), calendar.time_zone),
    )


def _span(scope: Scope, calendar: "Calendar") -> str:
    """The period of the promises, in words: a month, or from day to day."""
    zone = ZoneInfo(calendar.time_zone)
    if scope.begins_at is None or scope.ends_at is None:
        return ""
    first = scope.begins_at.astimezone(zone).date()
    last = (scope.ends_at.astimezone(zone) - timedelta(days=1)).date()
    if first.day == 1 and (first.year, first.month) == (last.year, last.month):
        return month(first)
    return f"{day(first)} - {day(last)}"


def _reached(cohort: Cohort) -> list[int]:
    """How many leads came at least so far; a stage that was skipped counts as passed."""
    counts = [cohort.counts[step] for step in FURTHEST]
    return [max(counts[place:]) for place in range(len(counts))]


def _cohort_chart(funnel: Funnel) -> dict[str, Any]:
    reached = [_reached(cohort) for cohort in funnel.cohorts]
    labels = [str(FURTHEST_LABEL.get(step) or Stage(step).label) for step in FURTHEST]
    return {
        "months": [month(cohort.month.first) for cohort in funnel.cohorts],
        "series": [
            {
                "name": labels[place],
                "step": step,
                "values": [
                    row[place] - (row[place + 1] if place + 1 < len(row) else 0) for row in reached
                ],
            }
            for place, step in enumerate(FURTHEST)
        ],
        "words": {"leads": _("leads")},
    }


def _channel_chart(channels: Sequence[Channel]) -> dict[str, Any]:
    ranked = sorted((each for each in channels if each.rank), key=lambda each: each.rate.value or 0)
    return {
        "channels": [
            {
                "name": each.name or _("(no source)"),
                "value": each.rate.value,
                "low": each.rate.low,
                "high": each.rate.high,
                "won": each.won,
                "leads": each.leads,
            }
            for each in ranked
        ],
        "words": {
            "rate": _("Lead to customer"),
            "of": _("of"),
            "interval": _("95 % interval"),
        },
    }
