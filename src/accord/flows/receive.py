"""Step 1, receive: keep what was sent, durably and quickly, before anything else."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.base.ids import fresh_ids, new_id
from accord.criteria.registry import CUSTOM
from accord.leads import actions, queries
from accord.leads.models import Door
from accord.leads.rules import Reading, read_body

__all__ = ["Door", "Incoming", "Receipt", "check_body", "receive"]


@dataclass(frozen=True)
class Incoming:
    """What a door was given. A repeated nonce is the same submission, sent again."""

    body: Mapping[str, Any]
    nonce: str | None = None


@dataclass(frozen=True)
class Receipt:
    """Proof that a submission is kept; `is_new` is False when it had been sent before."""

    id: uuid.UUID
    is_new: bool


def check_body(*, body: Mapping[str, Any], at: datetime) -> None:
    """Read what is being sent while its sender is still there to mend it.

    Raises Invalid, naming the field, when it would be refused later on.
    """
    custom = queries.fact_rules() if any(key.startswith(CUSTOM) for key in body) else {}
    reading = Reading(at=at, custom=custom)
    read_body(body, submission_id=new_id(), id_of=fresh_ids(), reading=reading)


def receive(
    *, submissions: Sequence[Incoming], door: Door, by: uuid.UUID | None, at: datetime
) -> list[Receipt]:
    """Keep submissions verbatim and have them taken in soon.

    Raises Conflict when a nonce was used before for another body; then nothing is kept.
    """
    rows = []
    for incoming in submissions:
        body = json.dumps(dict(incoming.body), sort_keys=True, ensure_ascii=False)
        rows.append((new_id(), incoming.nonce, hashlib.sha256(body.encode()).hexdigest(), body))
    # One by itself is kept or not by its statement.
    with transaction.atomic() if len(rows) > 1 else nullcontext():
        new = actions.store(rows=rows, door=door, by=by, at=at)
        nonces = [nonce for id, nonce, _, _ in rows if nonce and id not in new]
        before = queries.submissions_of_nonces(nonces) if nonces else {}
        return [
            Receipt(id=id, is_new=True) if id in new else _receipt(digest, before[nonce or ""])
            for id, nonce, digest, _ in rows
        ]


def _receipt(digest: str, kept: tuple[uuid.UUID, str | None]) -> Receipt:
    """That of what was sent before. Raises Conflict when that said something else."""
    kept_id, kept_digest = kept
    if kept_digest != digest:
        raise Conflict(
            _("This key was used before for another submission; send it with a new key.")
        )
    return Receipt(id=kept_id, is_new=False)
