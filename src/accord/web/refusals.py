"""Refusals become sentences on a page, with the status that fits."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid, Missing, Refusal
from accord.web.requests import is_partial

STATUS: dict[type[Refusal], int] = {
    Missing: 404,
    Conflict: 409,
    Invalid: 422,
    Refusal: 422,
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), 422)


def refused(request: HttpRequest, sentence: str, *, status: int, field: str = "") -> HttpResponse:
    """The sentence as a page, or for htmx as a notice in the page that stays as it is.

    Where it is about a field of the form that was sent, the page shows it there.
    """
    context = {"sentence": sentence, "tone": "danger", "refused_field": field}
    if not is_partial(request):
        return render(request, "refused.html", context, status=status)
    answer = render(request, "parts/notice.html", context, status=status)
    answer.headers["HX-Retarget"] = "#notices"
    answer.headers["HX-Reswap"] = "beforeend"
    return answer


class Refusals:
    """Middleware: a refusal that no view has caught is shown, not raised."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal):
            field = getattr(error, "field", "")
            return refused(request, error.sentence, status=status_of(error), field=field)
        return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address that leads nowhere."""
    sentence = _("There is nothing at this address. It may have been mistyped, or merged away.")
    return refused(request, sentence, status=404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for what the person's roles do not allow."""
    sentence = _("Your role does not allow this. An admin can give you another one.")
    if not isinstance(exception, PermissionDenied):
        sentence = str(exception)
    return refused(request, sentence, status=403)


def not_fresh(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that did not come from us, or was open for too long."""
    sentence = _(
        "This page was open for too long, or its cookie is missing, so nothing was saved. "
        "Go back, load the page again and send it once more; what you typed is still there."
    )
    return refused(request, sentence, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """The page for a mistake of ours; as plain as can be, so that it cannot break as well."""
    if is_partial(request):
        sentence = _("Something broke on our side, and nothing was half-written. Try once more.")
        return refused(request, sentence, status=500)
    return render(request, "broken.html", status=500)
