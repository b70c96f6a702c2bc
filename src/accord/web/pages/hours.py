"""Working hours: of the company, of teams, of single people, and the days that differ."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accord.base.errors import Invalid, Refusal
from accord.flows import hours as flow
from accord.teams import actions
from accord.teams import shown as teams
from accord.teams.actions import Hours
from accord.teams.calendars import DAY_KEYS
from accord.teams.zones import zones_offered
from accord.web.permissions import SETTERS
from accord.web.refusals import status_of
from accord.web.requests import day_in

if TYPE_CHECKING:
    from accord.teams.actions import Week
    from accord.teams.shown import HoursShown
    from accord.web.requests import Request

DAYS = tuple(
    zip(
        DAY_KEYS,
        (
            *(gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday")),
            *(gettext_lazy("Thursday"), gettext_lazy("Friday")),
            *(gettext_lazy("Saturday"), gettext_lazy("Sunday")),
        ),
        strict=True,
    )
)


@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: "Request") -> HttpResponse:
    """Whose hours there are: the company's, and each team's; a new team."""
    if request.method == "POST":
        if SETTERS.isdisjoint(request.user.roles):
            raise PermissionDenied
        actions.add_team(name=request.POST.get("name", ""), by=request.user.id, at=request.at)
        return redirect("hours")
    context = {"company": teams.hours_of("company"), "teams": teams.hours_of_teams()}
    return render(request, "hours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hours_of(request: "Request", whose: str, id: uuid.UUID | None = None) -> HttpResponse:
    """The hours of the company, a team or a person, to be changed."""
    shown = teams.hours_of(whose, id)
    may_change = _may(request, whose, id)
    context: dict[str, Any] = {}
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        try:
            return _changed(request, shown)
        except Refusal as refusal:
            context = {"sentence": refusal.sentence, "status": status_of(refusal)}
    given = request.POST if context else None
    context |= {
        "shown": shown,
        "may_change": may_change,
        "zones": zones_offered(),
        "days": [
            (key, label, given.get(key, "") if given else written(shown.week.get(key, ())))
            for key, label in DAYS
        ],
        "time_zone": given.get("time_zone", "") if given else shown.time_zone,
        "country": given.get("country", "") if given else shown.country,
        "differing": [(on, written(ranges), reason) for on, ranges, reason in shown.differing],
    }
    return render(request, "hours_of.html", context, status=context.get("status", 200))


@require_POST
def hours_day(request: "Request", whose: str, id: uuid.UUID | None = None) -> HttpResponse:
    """Let one day differ, or be as its weekday again."""
    if not _may(request, whose, id):
        raise PermissionDenied
    shown = teams.hours_of(whose, id)
    given = request.POST
    if shown.calendar_id is None:
        raise Invalid(_("Give them hours of their own first."), field="on")
    on = day_in(given, "on")
    if on is None:
        raise Invalid(_("Say which day it is."), field="on")
    if given.get("act") == "drop":
        flow.drop_exception(calendar_id=shown.calendar_id, on=on, by=request.user.id, at=request.at)
    else:
        flow.add_exception(
            calendar_id=shown.calendar_id,
            on=on,
            ranges=read(given.get("ranges", "")),
            reason=given.get("reason", "").strip(),
            by=request.user.id,
            at=request.at,
        )
    return _back(shown)


def _changed(request: "Request", shown: "HoursShown") -> HttpResponse:
    given = request.POST
    if given.get("act") == "drop" and shown.owner:
        flow.drop_own_calendar(owner=shown.owner, by=request.user.id, at=request.at)
        return _back(shown)
    stated = Hours(given.get("time_zone", ""), _week(given), given.get("country", "").strip())
    if shown.calendar_id:
        flow.change_calendar(
            calendar_id=shown.calendar_id, hours=stated, by=request.user.id, at=request.at
        )
    elif shown.owner:
        flow.add_own_calendar(owner=shown.owner, hours=stated, by=request.user.id, at=request.at)
    messages.success(request, _("Saved. What is promised is due by these hours from now on."))
    return _back(shown)


def _back(shown: "HoursShown") -> HttpResponse:
    if shown.owner is None:
        return redirect("hours_of_company")
    return redirect("hours_of", shown.whose, shown.owner.id)


def _week(given: Any) -> "Week":
    found = {key: read(given.get(key, "")) for key in DAY_KEYS}
    if not any(found.values()):
        raise Invalid(_("Give at least one day hours."), field="week")
    return {key: ranges for key, ranges in found.items() if ranges}


def read(text: str) -> list[list[str]]:
    """Ranges as people write them: 09:00–12:30, 13:15–17:30. What does not fit is told later."""
    parts = [part.strip() for part in text.replace("–", "-").split(",") if part.strip()]
    return [[clock.strip() for clock in part.split("-")] for part in parts]


def written(ranges: Any) -> str:
    """Ranges as people read them."""
    return ", ".join(f"{begins}–{ends}" for begins, ends in ranges)


def _may(request: "Request", whose: str, id: uuid.UUID | None) -> bool:
    own = whose == "person" and id == request.user.id
    return own or not SETTERS.isdisjoint(request.user.roles)
