"""The least that telling could cost: the same rows by bare COPY, and asking nothing."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from accord.base.ids import new_id
from accord.base.rows import copy_rows
from accord.outbox.actions import Telling
from accord.outbox.models import Channel, DeliveryState, Notification

_COLUMNS = (
    *("id", "event_id", "user_id", "channel", "kind", "subject", "text", "link", "is_urgent"),
    *("created_at", "state", "attempts", "sent_at", "send_after", "trouble"),
)


def copy_notices(tellings: Sequence[Telling], at: datetime) -> None:
    """Write what `tell` would, in Accord and by mail, without asking anything."""
    ways = (
        (Channel.APP.value, DeliveryState.SENT.value, at, None),
        (Channel.EMAIL.value, DeliveryState.DUE.value, None, at),
    )
    rows = (
        (
            *(new_id(), uuid.uuid4(), each.user_id, channel, each.kind, each.subject, each.text),
            *(each.link, False, at, state, 0, sent_at, send_after, ""),
        )
        for each in tellings
        for channel, state, sent_at, send_after in ways
    )
    copy_rows(Notification, _COLUMNS, rows)


def ask_nothing() -> None:
    """One round trip to the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
