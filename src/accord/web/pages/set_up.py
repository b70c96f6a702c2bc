"""The first visit: look around with a sample company, or set up your own; and who joins it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accord.base.errors import Invalid, Refusal
from accord.flows import begin
from accord.flows.begin import Company
from accord.teams import actions as teams_actions
from accord.teams import queries as teams
from accord.teams.actions import Newcomer, Week
from accord.teams.calendars import DAY_KEYS
from accord.teams.zones import zones_offered
from accord.web.limits import address_of, is_too_often
from accord.web.pages.sign_in import SPAN, TRIES
from accord.web.permissions import HEAD_OF_SALES, HEADS, ROLES
from accord.web.refusals import status_of
from accord.web.requests import moment_of

if TYPE_CHECKING:
    from accord.web.requests import Request

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "BRL", "INR", "JPY")
DAYS = tuple(
    zip(
        DAY_KEYS,
        (
            *(gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu")),
            *(gettext_lazy("Fri"), gettext_lazy("Sat"), gettext_lazy("Sun")),
        ),
        strict=True,
    )
)
BACKEND = "django.contrib.auth.backends.ModelBackend"
PRESET = {
    "currency": "EUR",
    "from": "09:00",
    "until": "17:00",
    "days": DAY_KEYS[:5],
    "roles": ["admin", HEAD_OF_SALES],
}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Two ways in, while there is no company."""
    if teams.workspace() is not None:
        return redirect("today")
    if request.method != "POST":
        return _page(request, PRESET)
    form = request.POST
    try:
        user = begin.begin(company=_company(form), first=_first(form), at=moment_of(request))
    except Refusal as refusal:
        return _page(request, _given(form), refusal)
    login(request, user, backend=BACKEND)
    missing = [role for role in sorted(HEADS) if role not in user.roles]
    if missing:
        secret = teams_actions.invite(roles=missing, by=user.id, at=moment_of(request))
        request.session["invitation"] = secret
        return redirect("invitations")
    messages.success(
        request, _("Your company is set up. Version 1 of the agreement runs on trial.")
    )
    return redirect("today")


def _page(
    request: HttpRequest, given: Mapping[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "given": given,
        "currencies": CURRENCIES,
        "zones": zones_offered(),
        "days": DAYS,
        "roles": ROLES.items(),
    }
    if refusal is None:
        return render(request, "set_up.html", context)
    context |= {"sentence": refusal.sentence, "field": getattr(refusal, "field", "")}
    return render(request, "set_up.html", context, status=status_of(refusal))


def _given(form: Any) -> dict[str, Any]:
    given = {key: form.get(key, "") for key in form if key != "password"}
    return given | {"days": form.getlist("days"), "roles": form.getlist("roles")}


def _company(form: Any) -> Company:
    return Company(
        name=form.get("company", ""),
        currency=form.get("currency", ""),
        time_zone=form.get("time_zone", ""),
        week=_week(form.getlist("days"), form),
        country=form.get("country", "").strip(),
    )


def _week(days: Sequence[str], form: Mapping[str, str]) -> Week:
    """The ranges of a working day: one, or two around a break."""
    begins, ends = form.get("from", ""), form.get("until", "")
    rest_from, rest_until = form.get("break_from", ""), form.get("break_until", "")
    if not days:
        raise Invalid(_("Choose at least one day on which you work."), field="days")
    ranges = [[begins, ends]]
    if rest_from and rest_until:
        ranges = [[begins, rest_from], [rest_until, ends]]
    return dict.fromkeys(days, ranges)


def _first(form: Any) -> Newcomer:
    return Newcomer(
        email=form.get("email", ""),
        name=form.get("name", ""),
        roles=form.getlist("roles"),
        password=form.get("password", ""),
        time_zone=form.get("time_zone", ""),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: "Request") -> HttpResponse:
    """The people here, and links by which others join."""
    if request.method == "POST":
        secret = teams_actions.invite(
            roles=request.POST.getlist("roles"), by=request.user.id, at=request.at
        )
        request.session["invitation"] = secret
        return redirect("invitations")
    secret = request.session.pop("invitation", "")
    link = request.build_absolute_uri(reverse("invitation", args=[secret])) if secret else ""
    context = {
        "link": link,
        "people": teams.people(),
        "open": teams.open_invitations(at=request.at),
        "roles": ROLES.items(),
    }
    return render(request, "invitations.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind an invitation's link: say who you are, and join."""
    at = moment_of(request)
    if is_too_often(request, "invitation", address_of(request), most=4 * TRIES, within=SPAN):
        raise Refusal(_("There were too many tries. Wait a quarter of an hour, then try again."))
    found = teams.open_invitation(secret, at=at)
    company = teams.workspace()
    if found is None or company is None:
        raise Http404
    context: dict[str, Any] = {"invitation": found, "company": company, "given": request.POST}
    if request.method != "POST":
        return render(request, "invitation.html", context)
    try:
        user = begin.join(
            secret=secret,
            email=request.POST.get("email", ""),
            name=request.POST.get("name", ""),
            password=request.POST.get("password", ""),
            time_zone=request.POST.get("time_zone", ""),
            at=at,
        )
    except Refusal as refusal:
        context |= {"sentence": refusal.sentence, "field": getattr(refusal, "field", "")}
        return render(request, "invitation.html", context, status=status_of(refusal))
    logout(request)
    login(request, user, backend=BACKEND)
    return redirect("agreement" if set(user.roles) & HEADS else "today")
