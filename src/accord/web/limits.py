"""How often something may be tried."""

from datetime import timedelta

from django.http import HttpRequest

from accord.teams import actions as teams
from accord.web.requests import moment_of


def address_of(request: HttpRequest) -> str:
    """The address that asks, as the server in front of us gives it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def is_too_often(
    request: HttpRequest, what: str, who: str, *, most: int, within: timedelta
) -> bool:
    """Counts one try, and whether there were more than `most` of them in this span of time."""
    return teams.count_try(what=what, who=who, within=within, at=moment_of(request)) > most
