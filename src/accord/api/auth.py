"""Keys: every operation is called with one, and the key's person must be allowed to."""

from collections import Counter
from datetime import datetime
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.security import HttpBearer

from accord.api.permissions import may
from accord.api.problems import TooOften
from accord.teams.queries import digest_of, user_of_token

if TYPE_CHECKING:
    from accord.teams.models import User

    class Request(HttpRequest):
        """A call with a good key: whose it is, which one, and the moment of the call."""

        auth: User
        key_id: str
        at: datetime

else:
    Request = HttpRequest

SPAN = 60  # seconds
CALLS = 600  # of one key in a span, in each web process
STRANGERS = 60  # calls without a good key from one address
_counts: Counter[tuple[int, str]] = Counter()
_counting = Lock()


class BearerToken(HttpBearer):
    """Lets an operation be called by those whom the permission table names."""

    def __init__(self, operation: str = "") -> None:
        super().__init__()
        self.operation = operation

    def __call__(self, request: HttpRequest) -> Any:
        user = super().__call__(request)
        if user is None:
            _count(request, str(request.META.get("REMOTE_ADDR", "")), STRANGERS)
            raise HttpError(
                HTTPStatus.UNAUTHORIZED,
                _("Send a key that is in use, as “Authorization: Bearer …”; see accord token add."),
            )
        return user

    def authenticate(self, request: HttpRequest, token: str) -> "User | None":
        """The key's person. Raises HttpError when their roles do not allow it."""
        user = user_of_token(token.strip())
        if user is None:
            return None
        key_id = digest_of(token.strip())[:32]
        setattr(request, "key_id", key_id)  # noqa: B010 - HttpRequest does not know of it
        _count(request, key_id, CALLS)
        if not may(set(user.roles), self.operation):
            raise HttpError(
                HTTPStatus.FORBIDDEN,
                _("The roles of this key's person do not allow this; an admin can give others."),
            )
        return user


def called(operation: str) -> dict[str, Any]:
    """How an operation is declared: its name, and that only whom the table names may call it."""
    return {"operation_id": operation, "auth": BearerToken(operation)}


def _count(request: HttpRequest, who: str, most: int) -> None:
    """Count one call in this process. Raises TooOften past `most` of them in a span."""
    span = int(cast("Request", request).at.timestamp()) // SPAN
    with _counting:
        if (span, "") not in _counts:
            _counts.clear()
            _counts[span, ""] = 1
        _counts[span, who] += 1
        number = _counts[span, who]
    if number > most:
        raise TooOften(SPAN)
