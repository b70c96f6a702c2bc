"""Nothing is opened that the permission table does not allow."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.teams import queries as teams
from accord.web import permissions

# The API guards itself, by token; its own test walks its operations.
OTHER_DOORS = frozenset({"api"})


class Guard:
    """Middleware: asks the permission table before any view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: Any,
        kwargs: Any,
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or OTHER_DOORS.intersection(
            part.split("-")[0] for part in match.namespaces
        ):
            return None
        name = match.view_name
        if not permissions.is_known(name):
            raise PermissionDenied(_("“%(name)s” is not in the permission table.") % {"name": name})
        if permissions.is_public(name):
            return None
        if not request.user.is_authenticated:
            return _to_the_door(request)
        if not permissions.may(set(request.user.roles), name):
            raise PermissionDenied
        return None


def _to_the_door(request: HttpRequest) -> HttpResponse:
    """To sign-in, or to set-up where nobody could sign in yet."""
    page = "sign_in" if teams.workspace() else "set_up"
    if request.headers.get("HX-Request") == "true":
        # A part of a page cannot show a sign-in: the whole page goes there.
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = reverse(page)
        return answer
    if page == "set_up":
        return HttpResponseRedirect(reverse(page))
    return redirect_to_login(request.get_full_path(), reverse(page))
