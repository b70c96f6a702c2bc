"""What went wrong, as `application/problem+json` (RFC 9457), with the field to blame."""

import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from accord.base.errors import Conflict, Invalid, Missing, Refusal

CONTENT_TYPE = "application/problem+json"
STATUS: dict[type[Refusal], HTTPStatus] = {
    Missing: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal: HTTPStatus.UNPROCESSABLE_ENTITY,
}
logger = logging.getLogger("django.request")


class Fault(Schema):
    """One input that does not fit."""

    field: str
    detail: str


class Problem(Schema):
    """Why a call was refused: `detail` says what happened and what to do."""

    title: str
    status: int
    detail: str
    field: str | None = None
    faults: list[Fault] = []


# What every operation may answer beside what it is asked for.
PROBLEMS: dict[int, type[Problem]] = dict.fromkeys(
    (400, 401, 403, 404, 409, 413, 422, 429), Problem
)


class TooOften(HttpError):
    """More calls than a key may make; `seconds` until the next one is answered."""

    def __init__(self, seconds: int) -> None:
        super().__init__(HTTPStatus.TOO_MANY_REQUESTS, _("Too many calls; wait a little."))
        self.seconds = seconds


def problem(
    status: int, detail: str, *, field: str | None = None, faults: Sequence[dict[str, str]] = ()
) -> HttpResponse:
    """The answer that says what is wrong."""
    body: dict[str, Any] = {
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "field": field or None,
        "faults": list(faults),
    }
    return HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status of a refusal."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def tell_problems(api: NinjaAPI) -> None:
    """Have the API answer every error as a problem."""
    answers: dict[type[Exception], Any] = {
        Refusal: _refused,
        ValidationError: _unreadable,
        HttpError: _failed,
        Http404: _nothing_here,
        RequestDataTooBig: _too_big,
        Exception: _broken,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    field = refusal.field if isinstance(refusal, Invalid) else None
    faults = [{"field": field, "detail": refusal.sentence}] if field else []
    return problem(status_of(refusal), refusal.sentence, field=field, faults=faults)


def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What does not have the shape that the schema asks for."""
    faults = [{"field": _name(each["loc"]), "detail": str(each["msg"])} for each in error.errors]
    first = faults[0]
    detail = _("“%(field)s” does not fit: %(what)s.") % {
        "field": first["field"],
        "what": first["detail"],
    }
    return problem(422, detail, field=first["field"], faults=faults)


def _name(place: Sequence[Any]) -> str:
    """The field as the caller knows it, without where the framework looked for it."""
    parts = [str(part) for part in place if part not in {"body", "query", "path", "header"}]
    if parts[:1] in (["sent"], ["filters"]):
        parts = parts[1:]
    return ".".join(parts) or "body"


def _failed(request: HttpRequest, error: HttpError) -> HttpResponse:
    detail = error.message
    if error.status_code == HTTPStatus.BAD_REQUEST and error.__cause__:
        detail = _("The body is not JSON: %(why)s.") % {"why": error.__cause__}
    answer = problem(error.status_code, detail)
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Accord"'
    if isinstance(error, TooOften):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _nothing_here(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(404, _("There is nothing at this address."))


def _too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(413, _("This is more than is taken at once; send it in parts."))


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """A mistake of ours; what was being written was rolled back."""
    got_request_exception.send(sender=None, request=request)
    logger.error("%s %s", request.method, request.path, exc_info=error)
    answer = problem(500, _("Accord made a mistake and nothing was saved; it has been logged."))
    setattr(answer, "_has_been_logged", True)  # noqa: B010 - Django would log it again
    return answer
