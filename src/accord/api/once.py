"""A call that is sent again with the same `Idempotency-Key` is answered, and not done, again."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from ninja import Header

from accord.base.errors import Conflict

if TYPE_CHECKING:
    from accord.api.auth import Request

KEPT = timedelta(days=7)
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="Any text of yours; a call with the same one is done once.",
    ),
]


def once(
    request: "Request",
    key: str | None,
    sent: Mapping[str, Any],
    act: Callable[[], Mapping[str, Any]],
) -> Mapping[str, Any]:
    """What `act` returns, or returned when this key came first.

    Raises Conflict when the key came with something else, or when that call is still under way.
    What fails may be sent again.
    """
    if key is None:
        return act()
    said = json.dumps([request.path, dict(sent)], sort_keys=True, default=str)
    digest = hashlib.sha256(said.encode()).hexdigest()
    name = f"once:{request.key_id}:{key}"
    if not cache.add(name, {"digest": digest, "answer": None}, KEPT.total_seconds()):
        return _kept(name, digest)
    try:
        answer = act()
    except BaseException:
        cache.delete(name)
        raise
    cache.set(name, {"digest": digest, "answer": answer}, KEPT.total_seconds())
    return answer


def _kept(name: str, digest: str) -> Mapping[str, Any]:
    kept: Mapping[str, Any] = cache.get(name) or {"digest": digest, "answer": None}
    if kept["digest"] != digest:
        raise Conflict(_("This key was used before for another call; send it with a new key."))
    if kept["answer"] is None:
        raise Conflict(_("The call with this key is still under way; send it again in a moment."))
    answer: Mapping[str, Any] = kept["answer"]
    return answer
