"""What follows an act on a page: go on, once."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from accord.web.nonces import LONGEST, Nonce


def repeated(nonce: Nonce) -> bool:
    """Whether a form with this nonce came before: a second tap, a page loaded again."""
    return not cache.add(f"nonce:{nonce.value}", 1, LONGEST.total_seconds())


def moved_on(request: HttpRequest, to: str, *args: object) -> HttpResponse:
    """To the page that shows the outcome; under htmx the whole page goes there."""
    address = resolve_url(to, *args)
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = address
        return answer
    return HttpResponseRedirect(address)
