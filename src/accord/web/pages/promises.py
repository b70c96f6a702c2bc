"""The page that both heads keep open: how each promise of the agreement stands today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accord.agreement.checking import promised
from accord.agreement.queries import running
from accord.agreement.reading import read
from accord.agreement.together import FigureRead, read_together
from accord.base.errors import Invalid
from accord.base.lifecycle import Side
from accord.insights.goal import customers, revenue
from accord.insights.metrics import Scope, all_rates, metric, share_of
from accord.insights.promised import Quality, Volume
from accord.insights.promises import promises as read_promises
from accord.insights.rules import Month, Share, State, month_of
from accord.teams import queries as teams
from accord.teams.dates import read_day
from accord.web.duties import Who, who
from accord.web.printing import printed
from accord.web.times import day, month

if TYPE_CHECKING:
    from accord.agreement.terms import Terms
    from accord.teams.rules import Calendar
    from accord.web.requests import Request

_PART_OF = {"worth": "ready_leads", "given_up": "attempts"}


@dataclass(frozen=True)
class Row:
    """One promise and how it stands.

    `who` does it and answers for it, where the agreement names somebody. A part stands below
    the promise it belongs to, whose sentence is said there.
    """

    key: str
    title: str
    sentence: str
    figures: Sequence[str]
    counted: Volume | Quality
    who: Who | None
    is_on_trial: bool
    is_part: bool

    @property
    def is_number(self) -> bool:
        """Whether a number was promised rather than a share."""
        return isinstance(self.counted, Volume)

    @property
    def is_behind(self) -> bool:
        """Whether it is at risk or missed, so that somebody has something to do."""
        return self.state in (State.AT_RISK, State.MISSED)

    @property
    def state(self) -> str:
        """Kept, at_risk, missed or open."""
        return self.counted.state.value


@dataclass(frozen=True)
class Looked:
    """A figure that both look at; `share` for a rate, else `number`."""

    label: str
    sentence: str
    rows: str
    number: int
    share: Share | None


@require_GET
def promises(request: "Request") -> HttpResponse:
    """Both sides' promises over a month, this one if none is named."""
    return render(request, "promises.html", _context(request))


@require_GET
def promises_pdf(request: "Request") -> HttpResponse:
    """The same page as a PDF file."""
    context = _context(request)
    response = HttpResponse(printed(context), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="promises-{context["key"]}.pdf"'
    return response


@require_GET
def promises_here(request: "Request") -> HttpResponse:
    """How each promise stands this month, for its place on the page of the agreement."""
    calendar, over = teams.company_calendar(), _month(request, teams.company_calendar())
    scope = Scope(at=request.at, begins_at=over.begins_at, ends_at=over.ends_at)
    first = {row.key: row for row in reversed([*_rows(scope, running(), calendar)])}
    return render(request, "parts/promise_here.html", {"rows": first.values()})


def _context(request: "Request") -> dict[str, Any]:
    calendar, terms = teams.company_calendar(), running()
    over = _month(request, calendar)
    scope = Scope(at=request.at, begins_at=over.begins_at, ends_at=over.ends_at)
    rows = [*_rows(scope, terms, calendar)]
    following = month_of(over.first + timedelta(days=32), calendar.time_zone)
    of_side = {
        side: [row for row in rows if row.counted.side == side]
        for side in (Side.ACCORD, Side.MARKETING, Side.SALES)
    }
    looked_at = read_together(terms).figures
    return {
        "terms": terms,
        "over": scope,
        "month": month(over.first),
        "key": over.key,
        "before": month_of(over.first - timedelta(days=1), calendar.time_zone).key,
        "after": following.key if following.begins_at <= request.at else "",
        "goal": of_side[Side.ACCORD],
        "goal_period": _span(of_side[Side.ACCORD], calendar),
        "sides": [(side.value, of_side[side]) for side in (Side.MARKETING, Side.SALES)],
        "looked": [_looked(each, scope) for each in looked_at],
        "workspace": teams.workspace(),
        "at": request.at,
    }


def _span(rows: Sequence[Row], calendar: "Calendar") -> str:
    """The period of the goal, from its first to its last day; "" without a goal."""
    over = rows[0].counted.over if rows else None
    if over is None or over.begins_at is None or over.ends_at is None:
        return ""
    zone = ZoneInfo(calendar.time_zone)
    last = over.ends_at.astimezone(zone).date() - timedelta(days=1)
    return f"{day(over.begins_at.astimezone(zone).date())} – {day(last)}"


def _month(request: "Request", calendar: "Calendar") -> Month:
    said = request.GET.get("month", "")
    today = request.at.astimezone(ZoneInfo(calendar.time_zone)).date()
    try:
        first = read_day(f"{said}-01", field="month") if said else today
        return month_of(first, calendar.time_zone)
    except Invalid as error:
        raise Invalid(
            _("“%(said)s” is not a month; write it as 2026-11.") % {"said": said}, field="month"
        ) from error


def _rows(scope: Scope, terms: "Terms", calendar: "Calendar") -> Iterator[Row]:
    """The goal, then each promise in the order of the document, with its parts."""
    both = read_promises(scope, terms=terms, calendar=calendar)
    every: list[Volume | Quality | None] = [
        revenue(scope, terms=terms, calendar=calendar),
        customers(scope, terms=terms, calendar=calendar),
        *both.volumes,
        *both.qualities,
    ]
    counted: dict[str, list[Volume | Quality]] = {}
    for each in every:
        if each is not None:
            counted.setdefault(_PART_OF.get(each.key, each.key), []).append(each)
    said = {each.key: each for each in read(terms).promises}
    holders = teams.holders()
    for key in promised(terms.document):
        for number, found in enumerate(counted.get(key, ())):
            yield Row(
                key=key,
                title=found.title,
                sentence=said[key].sentence if key in said else _of_goal(terms),
                figures=said[key].figures if key in said else (),
                counted=found,
                who=who(key, holders, scope),
                is_on_trial=terms.is_part_on_trial(key),
                is_part=number > 0,
            )


def _of_goal(terms: "Terms") -> str:
    return terms.goal.text if terms.goal else ""


def _looked(figure: FigureRead, scope: Scope) -> Looked:
    rate = all_rates().get(figure.key)
    if rate is None:
        number = metric(figure.key).count(scope)
        return Looked(figure.label, figure.sentence, figure.key, number, None)
    share = share_of(figure.key, scope)
    return Looked(figure.label, figure.sentence, rate.part, share.part, share)
