"""How often something may be tried; counted in the shared cache."""

import time
from datetime import timedelta

from django.core.cache import cache
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address that asks, as the server in front of us gives it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def is_too_often(what: str, who: str, *, most: int, within: timedelta) -> bool:
    """Counts one try, and whether there were more than `most` of them in this span of time.

    Spans follow one another: the cache's own counting would begin its time-out anew at each try.
    """
    key = _key(what, who)
    began, tries = cache.get(key, (0.0, 0))
    now = time.time()
    if now - began >= within.total_seconds():
        began, tries = now, 0
    cache.set(key, (began, tries + 1), within.total_seconds())
    return bool(tries + 1 > most)


def forget(what: str, who: str) -> None:
    """Begins to count anew."""
    cache.delete(_key(what, who))


def _key(what: str, who: str) -> str:
    return f"limit:{what}:{who}"
