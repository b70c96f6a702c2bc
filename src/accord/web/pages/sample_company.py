"""The sample company: fill it, look at it as somebody, and leave it empty again."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.base.errors import Refusal
from accord.outbox import jobs
from accord.sample import actions
from accord.sample import queries as sample
from accord.sample.queries import Progress
from accord.teams import queries as teams
from accord.web.acts import moved_on
from accord.web.requests import is_partial, moment_of

if TYPE_CHECKING:
    from accord.teams.models import User
    from accord.web.requests import Request

BACKEND = "django.contrib.auth.backends.ModelBackend"
MAKER = "made_the_sample_company"
FIRST_SEEN_AS = "rep"
PATIENCE = timedelta(seconds=20)


@require_http_methods(["GET", "HEAD", "POST"])
def sample_company(request: HttpRequest) -> HttpResponse:
    """Fills an empty Accord with the sample company, and shows how far that is."""
    company = teams.workspace()
    if request.method == "POST":
        if company is not None:
            raise Refusal(_("This Accord already has a company; the sample is for an empty one."))
        request.session[MAKER] = moment_of(request).isoformat()
        jobs.defer("fill_sample_company")
        return redirect("sample_company")
    if company is not None and not company.is_sample:
        return redirect("today")
    progress = sample.progress()
    if progress.is_done and request.session.get(MAKER):
        _enter(request, FIRST_SEEN_AS)
        return moved_on(request, "today")
    if not request.session.get(MAKER):
        return redirect("set_up" if company is None else "sign_in")
    template = "parts/sample_progress.html" if is_partial(request) else "sample_company.html"
    return render(request, template, {"progress": progress, "is_slow": _is_slow(request, progress)})


def _is_slow(request: HttpRequest, progress: Progress) -> bool:
    """Whether the worker ought to have begun by now."""
    asked_at = datetime.fromisoformat(request.session[MAKER])
    return not progress.has_begun and moment_of(request) - asked_at > PATIENCE


@require_POST
def sample_company_role(request: HttpRequest) -> HttpResponse:
    """Look at the sample company as somebody else."""
    company = teams.workspace()
    if company is None or not company.is_sample:
        raise Refusal(_("Roles can be switched in the sample company only."))
    if not request.user.is_authenticated and not open_roles():
        raise Refusal(_("This sample company has logins; sign in with one of them."))
    _enter(request, request.POST.get("role", ""))
    return redirect("today")


def open_roles() -> list[str]:
    """The roles in which anybody may look around: where nobody was given a password."""
    people = _switch()
    if any(user.has_usable_password() for user in people):
        return []
    return [user.roles[0] for user in people]


def _enter(request: HttpRequest, role: str) -> None:
    """Signs in as the person of the sample company whom the switch shows for a role."""
    user = next((each for each in _switch() if role in each.roles), None)
    if user is None:
        raise Refusal(_("Nobody in the sample company has this role."))
    login(request, user, backend=BACKEND)


def _switch() -> "list[User]":
    shown = [person.email for person in sample.switch()]
    people = {user.email: user for user in teams.people()}
    return [people[email] for email in shown if email in people]


@require_POST
def sample_company_removal(request: "Request") -> HttpResponse:
    """Empties the sample company; the set-up page comes next."""
    company = teams.workspace()
    if company is None or not company.is_sample:
        raise Refusal(_("This is your own company; it is not emptied by one button."))
    logout(request)
    actions.remove()
    messages.success(request, _("The sample company is gone. Begin with your own."))
    return redirect("set_up")
