"""How often something may be tried; counted in the shared cache."""

from datetime import timedelta

from django.core.cache import cache
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address that asks, as the server in front of us gives it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def is_too_often(what: str, who: str, *, most: int, within: timedelta) -> bool:
    """Counts one try, and whether there were more than `most` of them `within` the span."""
    key = f"limit:{what}:{who}"
    cache.add(key, 0, within.total_seconds())
    try:
        return cache.incr(key) > most
    except ValueError:  # ran out between the two calls
        return False


def forget(what: str, who: str) -> None:
    """Begins to count anew."""
    cache.delete(f"limit:{what}:{who}")
