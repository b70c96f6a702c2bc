"""Putting digests into the outbox: one for each person and day, with what was kept for it."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from accord.base.ids import named_id, new_id
from accord.base.rows import recordset
from accord.outbox import kinds
from accord.outbox.actions.telling import call_senders
from accord.outbox.models import Channel, DeliveryState, Notification


@dataclass(frozen=True)
class Digest:
    """What one person reads in the morning of a day; `kept` are the notices that are in it."""

    user_id: uuid.UUID
    on: date
    subject: str
    text: str
    link: str
    kept: Collection[uuid.UUID] = ()


_COLUMNS = ("id", "event_id", "user_id", "subject", "text", "link")
_WRITE = """
INSERT INTO outbox_notification
    (id, event_id, user_id, channel, kind, subject, text, link, is_urgent, created_at, state,
     attempts, send_after, trouble)
SELECT id, event_id, user_id, 'email', %(kind)s, subject, text, link, false, %(at)s, 'due', 0,
       %(at)s, ''
FROM json_to_recordset(%(rows)s::json) AS new
    (id uuid, event_id uuid, user_id uuid, subject text, text text, link text)
ON CONFLICT (event_id, user_id, channel) DO NOTHING
RETURNING user_id
"""


def event_of(user: uuid.UUID, on: date) -> uuid.UUID:
    """The event that a person's digest of a day is."""
    return named_id("digest", user, on.isoformat())


def put_digests(*, digests: Sequence[Digest], at: datetime) -> int:
    """Have these digests sent, each once; how many are new. Three statements at most.

    What stands in one counts as sent with it. Of two that write the same one, the second finds
    it there and changes nothing.
    """
    if not digests:
        return 0
    rows = [
        (
            *(new_id(), event_of(each.user_id, each.on), each.user_id),
            *(each.subject[:200], each.text, each.link),
        )
        for each in sorted(digests, key=lambda each: str(each.user_id))
    ]
    given: dict[str, Any] = {"rows": recordset(_COLUMNS, rows), "at": at, "kind": kinds.DIGEST.key}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, given)
            written = {user for (user,) in cursor.fetchall()}
        told = {id for each in digests if each.user_id in written for id in each.kept}
        if told:
            kept = Notification.objects.filter(id__in=told, state=DeliveryState.KEPT)
            kept.update(state=DeliveryState.SENT, sent_at=at)
        if written:
            call_senders([Channel.EMAIL])
    return len(written)
