"""Signing in and out, and the choice of light or dark."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accord.teams import queries as teams
from accord.teams.actions import forget_tries
from accord.web.context import THEMES
from accord.web.limits import address_of, is_too_often
from accord.web.pages.sample_company import open_roles

TRIES = 8
TRIES_OF_AN_ADDRESS = 60
SPAN = timedelta(minutes=15)
YEAR = 365 * 24 * 3600


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; without a company yet, set-up comes first."""
    company = teams.workspace()
    if company is None:
        return redirect("set_up")
    if request.user.is_authenticated:
        return redirect("today")
    context: dict[str, Any] = {
        "company": company,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "email": request.POST.get("email", "").strip(),
        "open_roles": open_roles() if company.is_sample else [],
    }
    if request.method != "POST":
        return render(request, "sign_in.html", context)
    sentence = _try(request, context["email"])
    if sentence:
        return render(request, "sign_in.html", {**context, "sentence": sentence}, status=422)
    return HttpResponseRedirect(_safe(request, context["next"]))


def _try(request: HttpRequest, email: str) -> str:
    """Signs the person in, or says in a sentence why not."""
    address = address_of(request)
    who = f"{address}:{email.lower()}"
    if is_too_often(request, "sign_in", who, most=TRIES, within=SPAN) or is_too_often(
        request, "sign_in_address", address, most=TRIES_OF_AN_ADDRESS, within=SPAN
    ):
        return _("There were too many tries. Wait a quarter of an hour, then try again.")
    user = authenticate(request, username=email, password=request.POST.get("password", ""))
    if user is None:
        return _("This e-mail address and password do not belong together. Try again.")
    forget_tries(what="sign_in", who=who)
    login(request, user)
    return ""


def _safe(request: HttpRequest, address: str) -> str:
    """The address to go on to, if it is one of ours."""
    allowed = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if allowed else "/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("sign_in")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remembers light or dark for a year."""
    response = HttpResponseRedirect(_safe(request, request.headers.get("Referer", "")))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax")
    return response
