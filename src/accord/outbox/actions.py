"""Telling people, in Accord and by e-mail, and sending what is due."""

import logging
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accord.base.ids import new_id
from accord.base.rows import recordset
from accord.outbox import jobs, mail
from accord.outbox.models import Channel, DeliveryState, Notification
from accord.outbox.rules import LEASE, rest_after

log = logging.getLogger(__name__)

SEND_AT_ONCE = 50


@dataclass(frozen=True)
class Telling:
    """What one person is told because of one event. `link` is a path within Accord."""

    event_id: uuid.UUID
    user_id: uuid.UUID
    kind: str
    subject: str
    text: str = ""
    link: str = ""


_COLUMNS = (
    *("id", "event_id", "user_id", "channel", "kind", "subject", "text", "link"),
    *("state", "sent_at", "send_after"),
)
# The same event told again changes nothing, whatever it says.
_TELL = """
INSERT INTO outbox_notification
    (id, event_id, user_id, channel, kind, subject, text, link, created_at, state, attempts,
     sent_at, send_after, trouble)
SELECT id, event_id, user_id, channel, kind, subject, text, link, %(at)s, state, 0,
       sent_at, send_after, ''
FROM json_to_recordset(%(rows)s::json) AS new
    (id uuid, event_id uuid, user_id uuid, channel text, kind text, subject text, text text,
     link text, state text, sent_at timestamptz, send_after timestamptz)
ON CONFLICT (event_id, user_id, channel) DO NOTHING
RETURNING channel
"""
# The outer condition is looked at again after a wait for another sender, who has then a lease.
_CLAIM = """
UPDATE outbox_notification AS mail
SET lease_until = %(lease_until)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM outbox_notification
    WHERE state = 'due' AND channel = 'email' AND send_after <= %(at)s
      AND (lease_until IS NULL OR lease_until <= %(at)s)
    ORDER BY send_after, id LIMIT %(limit)s)
  AND state = 'due' AND (lease_until IS NULL OR lease_until <= %(at)s)
RETURNING id, user_id, subject, text, link, attempts
"""


def tell(*, tellings: Sequence[Telling], at: datetime) -> int:
    """Tell people in Accord and by e-mail, each event once; how many mails will go out.

    Within the caller's transaction: nothing is told of what did not happen.
    """
    rows = [row for telling in tellings for row in _rows(telling, at)]
    if not rows:
        return 0
    rows.sort(key=lambda row: (str(row[1]), str(row[2]), row[3]))
    with connection.cursor() as cursor:
        cursor.execute(_TELL, {"rows": recordset(_COLUMNS, rows), "at": at})
        channels = [str(channel) for (channel,) in cursor.fetchall()]
    mails = channels.count(Channel.EMAIL.value)
    if mails:
        jobs.defer("send_mail")
    return mails


def mark_seen(*, user: uuid.UUID, at: datetime, ids: Collection[uuid.UUID] | None = None) -> int:
    """Note that a person has seen what they were told (None: all); how many were new to them."""
    new = Notification.objects.filter(user_id=user, channel=Channel.APP, seen_at__isnull=True)
    if ids is not None:
        new = new.filter(id__in=ids)
    return new.update(seen_at=at)


def send_due(*, at: datetime, limit: int = SEND_AT_ONCE) -> int:
    """Send the mails that are due; how many went out.

    At least once: a sender takes a lease before sending; killed in between, another sends again
    with the same Message-ID. What fails is tried again later, and given up in the end.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at, "lease_until": at + LEASE, "limit": limit})
        due = [mail.Mail(*row) for row in cursor.fetchall()]
    if not due:
        return 0
    sent = 0
    addresses = mail.addresses_of({each.user_id for each in due})
    with mail.sending() as post:
        for each in sorted(due, key=lambda each: each.id):
            address = addresses.get(each.user_id)
            trouble = post(each, address) if address else mail.NOBODY
            _settle(each, trouble, at)
            sent += trouble is None
    return sent


def _rows(telling: Telling, at: datetime) -> list[tuple[object, ...]]:
    said = (telling.kind, telling.subject[:200], telling.text, telling.link[:300])
    who = (telling.event_id, telling.user_id)
    in_accord = (DeliveryState.SENT.value, at, None)
    by_mail = (DeliveryState.DUE.value, None, at)
    return [
        (new_id(), *who, Channel.APP.value, *said, *in_accord),
        (new_id(), *who, Channel.EMAIL.value, *said, *by_mail),
    ]


def _settle(each: mail.Mail, trouble: str | None, at: datetime) -> None:
    """Note what became of a mail, unless another sender has taken it over meanwhile."""
    ours = Notification.objects.filter(id=each.id, attempts=each.attempts)
    if trouble is None:
        ours.update(state=DeliveryState.SENT, sent_at=at, lease_until=None, trouble="")
        return
    rest = rest_after(each.attempts)
    if rest is None or trouble == mail.NOBODY:
        log.error("A mail was given up after %s attempts: %s", each.attempts, trouble)
        ours.update(state=DeliveryState.DEAD, lease_until=None, trouble=trouble[:300])
        return
    log.warning("A mail did not go out and is tried again in %s: %s", rest, trouble)
    ours.update(send_after=at + rest, lease_until=None, trouble=trouble[:300])


def settle_past(*, before: datetime, at: datetime) -> None:
    """What was told before a moment counts as read, and its mails as sent: old news.

    For a history that was brought in, such as the sample company's.
    """
    past = Notification.objects.filter(created_at__lt=before)
    past.filter(channel=Channel.APP, seen_at__isnull=True).update(seen_at=at)
    past.filter(channel=Channel.EMAIL, state=DeliveryState.DUE).update(
        state=DeliveryState.SENT, sent_at=at, lease_until=None
    )
