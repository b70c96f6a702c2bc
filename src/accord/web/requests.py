"""What a request carries: who asks, and the one moment at which it is answered."""

import uuid
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.base.once import asking_once
from accord.teams.dates import read_day, read_moment

if TYPE_CHECKING:
    from accord.teams.models import User

    class Request(HttpRequest):
        """A request of a person who has signed in."""

        user: User
        at: datetime

else:
    Request = HttpRequest

_LOOKING = ("GET", "HEAD")
_MOST_DIGITS = 6  # of where a part of a list begins


def moment_of(request: HttpRequest) -> datetime:
    """The moment of the request (UTC); everything it reads and writes uses this one."""
    return cast(datetime, getattr(request, "at"))  # noqa: B009 - set by Moment, unknown to HttpRequest


def day_in(said: Mapping[str, str], field: str) -> date | None:
    """The day that a form or an address says; None where it says none. Raises Invalid."""
    text = said.get(field, "")
    return read_day(text, field=field) if text else None


def moment_in(said: Mapping[str, str], field: str) -> datetime | None:
    """As `day_in`, a moment; on the person's own clock where no zone stands with it."""
    text = said.get(field, "")
    if not text:
        return None
    return read_moment(text, field=field, zone=timezone.get_current_timezone())


def id_in(said: Mapping[str, str], field: str) -> uuid.UUID | None:
    """The id that a form says; None where it says none. Raises Invalid."""
    text = said.get(field, "")
    return id_of(text, field) if text else None


def id_of(text: str, field: str) -> uuid.UUID:
    """The id of something that was chosen in a list. Raises Invalid."""
    try:
        return uuid.UUID(text)
    except ValueError as error:
        message = _("“%(text)s” is not in the list; choose again.") % {"text": text}
        raise Invalid(message, field=field) from error


def begin_in(said: Mapping[str, str]) -> int:
    """After how many rows a part of a list begins, as its address says; 0 where it says none."""
    text = said.get("begin", "")
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true" and "HX-Boosted" not in request.headers


class Moment:
    """Middleware: reads the clock once, and shows times in the person's zone.

    Whoever only looks changes no settings: they are asked once a page, and not while they stand.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        setattr(request, "at", datetime.now(UTC))  # noqa: B010
        zone = getattr(request.user, "time_zone", "") if request.user.is_authenticated else ""
        looking = asking_once() if request.method in _LOOKING else nullcontext()
        with timezone.override(ZoneInfo(zone) if zone else None), looking:
            return self.get_response(request)


def past_moment(request: HttpRequest, name: str) -> datetime | None:
    """When that was, on the person's own clock; None for now. Raises Invalid."""
    moment = moment_in(request.POST, name)
    if moment and moment > moment_of(request):
        raise Invalid(_("That moment is still to come; say when it was."), field=name)
    return moment
