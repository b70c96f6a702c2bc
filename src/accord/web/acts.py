"""What follows an act on a page: go on, once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from accord.web.nonces import LONGEST, Nonce


@contextmanager
def once(nonce: Nonce) -> Iterator[bool]:
    """Whether a form with this nonce comes for the first time; not a second tap.

    When what is done with it fails, the form may be sent again.
    """
    key = f"nonce:{nonce.value}"
    is_first = cache.add(key, 1, LONGEST.total_seconds())
    try:
        yield is_first
    except BaseException:
        if is_first:
            cache.delete(key)
        raise


def moved_on(request: HttpRequest, to: str, *args: object) -> HttpResponse:
    """To the page that shows the outcome; under htmx the whole page goes there.

    `to` is the name of a URL, or one of our own paths.
    """
    if to.startswith("/"):
        address = to if url_has_allowed_host_and_scheme(to, allowed_hosts=None) else "/"
    else:
        address = resolve_url(to, *args)
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = address
        return answer
    return HttpResponseRedirect(address)


def replaced(
    request: HttpRequest,
    template: str,
    context: dict[str, object] | None = None,
    *,
    sentence: str,
    undo: str = "",
) -> HttpResponse:
    """For htmx: what stands now in the place of what was acted on, and a notice of it."""
    body = render_to_string(template, context, request) if template else ""
    notice = {"sentence": sentence, "tone": "success", "undo": undo}
    return HttpResponse(body + render_to_string("parts/notice_beside.html", notice, request))
