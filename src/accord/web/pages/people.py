"""The people here: how they work, when they are away, and who stands in for them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accord.base.errors import Refusal
from accord.flows import hours, pass_on, roles, stand_in
from accord.handoffs.actions import Taken
from accord.handoffs.traces import language_name
from accord.teams import queries as teams
from accord.teams import shown
from accord.teams.actions import HandsOver, Working
from accord.teams.dates import read_day, read_moment
from accord.teams.zones import zones_offered
from accord.web.permissions import ADMIN, REP, ROLES, SALES, SETTERS
from accord.web.refusals import status_of
from accord.web.requests import id_in

if TYPE_CHECKING:
    from accord.teams.models import User
    from accord.web.requests import Request

LANGUAGES = sorted({code for code in LANG_INFO if len(code) == 2})


@require_GET
def people(request: "Request") -> HttpResponse:
    """Everybody here, who is away, and who has gone."""
    rows = shown.everybody(at=request.at)
    context = {
        "rows": [row for row in rows if row.user.is_active],
        "gone": [row.user for row in rows if not row.user.is_active],
    }
    return render(request, "people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: "Request", id: uuid.UUID) -> HttpResponse:
    """How a person works: zone, team, languages; their hours and absences."""
    if request.method == "POST":
        _check_may(request, id)
        working = Working(
            time_zone=request.POST.get("time_zone", ""),
            team_id=id_in(request.POST, "team"),
            languages=request.POST.getlist("languages"),
        )
        hours.set_working(user_id=id, working=working, by=request.user.id, at=request.at)
        messages.success(request, _("Saved."))
        return redirect("person", id)
    today = f"{timezone.localdate(request.at)}"
    begun = {"from": today, "until": today, "hands_over": HandsOver.UNTOUCHED}
    return _page(request, id, begun)


def _page(
    request: "Request", id: uuid.UUID, absence: Mapping[str, str], refusal: Refusal | None = None
) -> HttpResponse:
    """A person, with the form for a new absence as it was filled in, and why it was refused."""
    row = shown.one_person(id, at=request.at)
    context: dict[str, Any] = {
        "row": row,
        "absence": absence,
        "sentence": refusal.sentence if refusal else "",
        "may_change": _may(request, id),
        "may_let_go": id != request.user.id and not SETTERS.isdisjoint(request.user.roles),
        "teams": shown.all_teams(),
        "zones": zones_offered(),
        "languages": [
            (code, language_name(code), code in row.user.languages) for code in LANGUAGES
        ],
        "spoken": ", ".join(language_name(code) for code in row.user.languages),
        "colleagues": [each for each in _stand_ins(row.user, request.at) if each.user.id != id],
        "hands_over": HandsOver.choices,
    }
    if ADMIN in request.user.roles and row.user.is_active:
        context["roles"] = [(key, label, key in row.user.roles) for key, label in ROLES.items()]
    if context["may_let_go"] and teams.out_of_sales().filter(id=id).exists():
        context |= {"left": pass_on.left_behind(id, at=request.at), "reps": _reps(request.at)}
    status = status_of(refusal) if refusal else 200
    return render(request, "person.html", context, status=status)


@require_POST
def person_absences(request: "Request", id: uuid.UUID) -> HttpResponse:
    """Note an absence; what is handed over at once is said."""
    _check_may(request, id)
    zone = ZoneInfo(shown.one_person(id, at=request.at).user.time_zone)
    try:
        moved = _note_absence(request, id, zone)
    except Refusal as refusal:
        return _page(request, id, request.POST, refusal)
    messages.success(request, _said(_("The absence is noted."), moved))
    return redirect("person", id)


def _note_absence(request: "Request", id: uuid.UUID, zone: ZoneInfo) -> Sequence[Taken]:
    given = request.POST
    return stand_in.add_absence(
        user_id=id,
        absent_from=_moment(given, "from", zone),
        absent_until=_end(given, "until", zone),
        reason=given.get("reason", "").strip(),
        stand_in=id_in(given, "stand_in"),
        hands_over=given.get("hands_over", HandsOver.NOTHING),
        by=request.user.id,
        at=request.at,
    )


@require_POST
def person_absence_end(request: "Request", id: uuid.UUID, absence_id: uuid.UUID) -> HttpResponse:
    """End an absence now, or take one out that has not begun."""
    _check_may(request, id)
    hours.end_absence(absence_id=absence_id, user_id=id, by=request.user.id, at=request.at)
    messages.success(request, _("The absence is over."))
    return redirect("person", id)


@require_POST
def person_roles(request: "Request", id: uuid.UUID) -> HttpResponse:
    """What somebody is here; whoever leaves sales has their open leads handed to others."""
    given = request.POST.getlist("roles")
    moved = roles.set_roles(user_id=id, roles=given, by=request.user.id, at=request.at)
    messages.success(request, _said(_("Saved."), moved))
    return redirect("person", id)


def _stand_ins(user: "User", at: datetime) -> Sequence[shown.Colleague]:
    """Whoever can stand in for a person: only sellers for one of them."""
    if SALES.isdisjoint(user.roles):
        return shown.colleagues(at=at)
    return shown.sellers(at=at)


def _reps(at: datetime) -> Sequence[shown.Colleague]:
    return [each for each in shown.sellers(at=at) if REP in each.user.roles]


def _said(done: str, moved: Sequence[Taken]) -> str:
    if not moved:
        return done
    number = ngettext("%(n)d lead was handed over.", "%(n)d leads were handed over.", len(moved))
    return f"{done} {number % {'n': len(moved)}}"


def _may(request: "Request", id: uuid.UUID) -> bool:
    """Everybody sets their own; the head of sales and admins set anybody's."""
    return id == request.user.id or not SETTERS.isdisjoint(request.user.roles)


def _check_may(request: "Request", id: uuid.UUID) -> None:
    if not _may(request, id):
        raise PermissionDenied


def _moment(given: Mapping[str, str], field: str, zone: ZoneInfo) -> datetime:
    """A day with its time, midnight where none is given, on the absent person's own clock."""
    day = read_day(given.get(field, ""), field=field)
    clock = given.get(f"{field}_time") or "00:00"
    return read_moment(f"{day} {clock}", field=field, zone=zone)


def _end(given: Mapping[str, str], field: str, zone: ZoneInfo) -> datetime:
    """Without a time, the day is still part of the absence."""
    moment = _moment(given, field, zone)
    return moment if given.get(f"{field}_time") else moment + timedelta(days=1)
