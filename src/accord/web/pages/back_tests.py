"""Back-tests: ask for one, watch it work, read what it found, open the leads behind a figure."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accord.agreement import queries as agreement
from accord.base.errors import Invalid
from accord.criteria.registry import registry
from accord.flows import back_test as flow
from accord.insights.compared import Compared, Row, compared, months, segments
from accord.insights.load import Load, load
from accord.insights.rules import midnight
from accord.qualification import queries
from accord.qualification.actions import Tried
from accord.teams import queries as teams
from accord.web.figures import figure
from accord.web.requests import day_in
from accord.web.times import month

if TYPE_CHECKING:
    from datetime import datetime

    from accord.web.requests import Request

MONTHS = 12  # tried when nobody says otherwise


@require_http_methods(["GET", "HEAD", "POST"])
def back_tests(request: "Request") -> HttpResponse:
    """What was tried so far, and the form to try something; asks for it when it is sent."""
    if request.method != "POST":
        return _asking(request)
    try:
        asked = _ask(request)
    except Invalid as refusal:
        return _asking(request, refusal.sentence, status=422)
    return redirect("back_test", asked)


def _ask(request: "Request") -> uuid.UUID:
    zone = teams.company_calendar().time_zone
    begins, until = day_in(request.POST, "begins"), day_in(request.POST, "until")
    if begins is None or until is None:
        raise Invalid(_("Choose the first and the last day of the time to try it on."))
    terms = agreement.running()
    variants = [_version(terms.number)]
    variants += [
        _version(int(each)) for each in request.POST.getlist("version") if each.isdecimal()
    ]
    if document := request.POST.get("document", "").replace("\r\n", "\n"):
        variants.append(Tried(_("This proposal"), document))
    asked = flow.ask(
        variants=variants,
        definition=request.POST.get("definition") or terms.gate,
        begins_at=midnight(begins, zone),
        ends_at=min(midnight(until + timedelta(days=1), zone), request.at),
        by=request.user.id,
        at=request.at,
    )
    return asked.id


def _version(number: int) -> Tried:
    return Tried(_("Version %(number)s") % {"number": number}, agreement.document_of(number))


def _asking(request: "Request", sentence: str = "", status: int = 200) -> HttpResponse:
    terms = agreement.running()
    both = (agreement.terms_of(agreement.newest()[0]), terms)
    titles = {**both[0].titles, **both[1].titles}
    context = {
        "sentence": sentence,
        "running": terms.number,
        "versions": [each for each in agreement.history() if each.number != terms.number],
        "chosen": request.POST.getlist("version") or request.GET.getlist("version"),
        "back_tests": queries.back_tests(),
        "titles": titles,
        **period(request, titles),
    }
    return render(request, "back_tests.html", context, status=status)


def period(request: "Request", titles: Mapping[str, str]) -> dict[str, Any]:
    """What the form of a back-test begins with: twelve whole months; `titles` can be tried."""
    terms = agreement.running()
    today = request.at.astimezone(ZoneInfo(teams.company_calendar().time_zone)).date()
    last = today.replace(day=1) - timedelta(days=1)
    months = last.year * 12 + last.month - MONTHS
    first = date(months // 12, months % 12 + 1, 1)
    staged = [key for key, each in terms.definitions.items() if each.stage]
    return {
        "begins": request.POST.get("begins") or first.isoformat(),
        "until": request.POST.get("until") or last.isoformat(),
        "definition": request.POST.get("definition") or (staged or [terms.gate])[0],
        "definitions": list(titles.items()),
    }


@require_GET
def back_test(request: "Request", back_test_id: uuid.UUID) -> HttpResponse:
    """A back-test at work, or what it found."""
    test = queries.back_test(back_test_id)
    context: dict[str, Any] = {
        "test": test,
        "title": title_of(test),
        "last_day": test.ends_at - timedelta(microseconds=1),
        "is_slow": test.state == "waiting" and request.at - test.asked_at > timedelta(seconds=10),
    }
    if test.figures:
        context |= _found(test, request.at, request.GET.get("by", ""))
    name = "parts/back_test.html" if request.headers.get("HX-Request") else "back_test.html"
    return render(request, name, context)


def title_of(test: Any) -> str:
    """What people call the definition that is tried."""
    known = (terms.definitions.get(test.definition) for terms in queries.terms_tried(test))
    return next((each.title for each in known if each), str(test.definition))


def _found(test: Any, at: "datetime", asked: str) -> dict[str, Any]:
    figures, variants = test.figures, compared(test)
    measures = _measures()
    loads = load(queries.terms_tried(test), [each.owners for each in variants], at=at)
    return {
        "variants": variants,
        "others": variants[1:],
        "measures": measures,
        "measure": asked if asked in measures else "qualified",
        "months": [_row(row, "month", month(_first_of(row))) for row in months(variants)],
        "segments": {
            name: [_row(row, name, row.name) for row in rows]
            for name, rows in segments(variants).items()
        },
        "most": max(
            (part.qualified for each in variants for part in each.months.values()), default=0
        ),
        "loads": loads,
        "reps": _reps(loads),
        "unwatched": [str(registry.behaviour(key).label) for key in figures["unwatched"]],
        "without_past": [registry.label(key) for key in figures["without_past"]],
        "headlines": [_headline(variants[0], each) for each in variants[1:]],
    }


def _reps(loads: list[Load]) -> list[tuple[str, list[Load]]]:
    """The load of every variant on each rep, and on all of them at the end."""
    names = [each.name for each in loads[0].each]
    rows = [(name, [every.each[place] for every in loads]) for place, name in enumerate(names)]
    return [*rows, (_("All reps"), loads)]


def _measures() -> dict[str, str]:
    """What months and segments can be read by."""
    return {
        "qualified": _("Leads that qualified"),
        "kept": _("Won deals kept"),
        "lost": _("Won deals lost"),
        "gained": _("Won deals gained"),
        "accepted": _("Accepted by sales"),
        "won": _("Win rate"),
    }


def _first_of(row: Row) -> date:
    return date.fromisoformat(f"{row.name}-01")


def _row(row: Row, field: str, label: str | None) -> dict[str, Any]:
    """A month or a value of a field; `query` narrows a list to it."""
    given = {"month": row.name} if field == "month" else {"field": field, "value": row.name}
    query = urlencode({key: value for key, value in given.items() if value is not None})
    return {"label": label, "query": query, "parts": row.parts}


def _headline(then: Compared, now: Compared) -> str:
    said = _("%(name)s: %(now)s instead of %(then)s leads would have qualified;") % {
        "name": now.name,
        "now": figure(now.qualified),
        "then": figure(then.qualified),
    }
    won = then.kept.number
    if not won:
        return f"{said} {_('of the leads the first lets in, none was won in that time.')}"
    kept = _("%(kept)s of %(all)s won deals are kept.") % {
        "kept": figure(now.kept.number),
        "all": figure(won),
    }
    return f"{said} {kept}"
