"""Sending what is due: at least once, by one sender at a time, again and again, or given up."""

import logging
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accord.base.rows import recordset
from accord.outbox import chats, mail, pushes
from accord.outbox.models import Browser, Channel, DeliveryState
from accord.outbox.parcels import MOST_TOGETHER, Notice, Parcel, Trouble
from accord.outbox.rules import LEASE, rest_after

log = logging.getLogger(__name__)

# Mails that are noted as sent together: so many are repeated when a sender is killed, and can be
# told by their Message-ID. Of the other ways each is noted by itself.
NOTE_AT_ONCE = 5
SEND_AT_ONCE = 25  # messages; each may hang for as long as its way out lets it
MAIL = (Channel.EMAIL,)
POSTS = (Channel.PUSH, Channel.CHAT)
# Between two messages to one chat: more would be refused.
BETWEEN = timedelta(seconds=1)
Post = Callable[[Parcel], Trouble | None]

# The outer condition is looked at again after a wait for another sender, who has then a lease.
# A bundle is taken whole, whatever the limit.
_CLAIM = """
WITH first AS MATERIALIZED (
    SELECT id, bundle_id FROM outbox_notification
    WHERE state = 'due' AND channel = ANY(%(channels)s) AND send_after <= %(at)s
      AND (lease_until IS NULL OR lease_until <= %(at)s)
    ORDER BY send_after, id LIMIT %(limit)s)
UPDATE outbox_notification AS notice
SET lease_until = %(lease_until)s, attempts = attempts + 1
WHERE (id IN (SELECT id FROM first)
       OR (send_after <= %(at)s AND bundle_id IN (SELECT bundle_id FROM first)))
  AND state = 'due' AND (lease_until IS NULL OR lease_until <= %(at)s)
RETURNING user_id, channel, bundle_id, id, kind, subject, text, link, attempts
"""
_HOLD = """
UPDATE outbox_notification AS notice
SET send_after = held.until, bundle_id = md5(concat_ws(':', 'held', notice.user_id,
    notice.channel, extract(epoch FROM held.until)))::uuid
FROM json_to_recordset(%(rows)s::json) AS held (user_id uuid, until timestamptz, urgent boolean)
WHERE notice.user_id = held.user_id AND notice.state = 'due' AND notice.send_after <= %(at)s
  AND notice.attempts = 0 AND notice.bundle_id IS NULL AND (held.urgent OR NOT notice.is_urgent)
"""
_BIND = """
UPDATE outbox_notification AS notice SET bundle_id = bound.bundle_id
FROM json_to_recordset(%(rows)s::json) AS bound (id uuid, bundle_id uuid)
WHERE notice.id = bound.id
"""
_SETTLE = """
UPDATE outbox_notification AS notice
SET state = became.state, sent_at = became.sent_at, send_after = became.send_after,
    attempts = became.attempts_after, lease_until = NULL, trouble = became.trouble
FROM json_to_recordset(%(rows)s::json) AS became
    (id uuid, attempts smallint, attempts_after smallint, state text, sent_at timestamptz,
     send_after timestamptz, trouble text)
WHERE notice.id = became.id AND notice.attempts = became.attempts AND notice.state = 'due'
"""
_SETTLED = ("id", "attempts", "attempts_after", "state", "sent_at", "send_after", "trouble")


def hold(*, until: Mapping[uuid.UUID, tuple[datetime, bool]], at: datetime) -> int:
    """What is due to people whose quiet hours it is goes out when they end, in one message.

    For each person the end, and whether the urgent waits too. What was tried before goes on.
    """
    if not until:
        return 0
    rows = [(user, end, urgent) for user, (end, urgent) in sorted(until.items())]
    with connection.cursor() as cursor:
        names = ("user_id", "until", "urgent")
        cursor.execute(_HOLD, {"rows": recordset(names, rows), "at": at})
        number: int = cursor.rowcount
    return number


def send_due(*, channels: Collection[str] = MAIL, at: datetime, limit: int = SEND_AT_ONCE) -> int:
    """Send what is due by these channels; how many messages went out.

    At least once: a sender takes a lease before sending; killed in between, another sends again
    under the same id. What fails is tried again later, and given up in the end.
    """
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "at": at,
            "lease_until": at + LEASE,
            "limit": limit,
            "channels": list(channels),
        }
        cursor.execute(_CLAIM, given)
        parcels, later = _parcels(cursor.fetchall())
    if not parcels:
        return 0
    _bind(parcels)
    gone: list[uuid.UUID] = []
    sent = 0
    with ExitStack() as ways:
        posts = {
            channel: ways.enter_context(_way(channel, parcels, at, gone))
            for channel in sorted({parcel.channel for parcel in parcels})
        }
        size = NOTE_AT_ONCE if posts.keys() == {*MAIL} else 1
        for begin in range(0, len(parcels), size):
            became = []
            for parcel in parcels[begin : begin + size]:
                trouble = posts[parcel.channel](parcel)
                became += [_became(notice, trouble, at) for notice in parcel.notices]
                sent += trouble is None
            _settle(became)
    _settle([_postponed(notice, at + BETWEEN) for notice in later])
    if gone:
        Browser.objects.filter(id__in=gone).delete()
    return sent


def _parcels(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Parcel], list[Notice]]:
    """What goes out now, and what waits because its chat gets another message first.

    What was bundled stays so; of the rest, a chat gets what is due in one message.
    """
    groups: dict[tuple[Any, ...], list[Notice]] = {}
    for user, channel, bundle, *said in sorted(rows, key=lambda row: str(row[3])):
        notice = Notice(*said)
        alone = notice.id if bundle is None and channel != Channel.CHAT else None
        groups.setdefault((user, channel, bundle, alone), []).append(notice)
    parcels: list[Parcel] = []
    later: list[Notice] = []
    served: set[object] = set()
    for (user, channel, bundle, _alone), notices in groups.items():
        if channel == Channel.CHAT and user in served:
            later.extend(notices)
            continue
        served.add(user)
        most = MOST_TOGETHER if bundle is None else len(notices)
        later.extend(notices[most:])
        parcels.append(Parcel(bundle or notices[0].id, user, str(channel), notices[:most]))
    return parcels, later


def _bind(parcels: Sequence[Parcel]) -> None:
    """What goes out together now stays together, so that it is the same message when repeated."""
    rows = [
        (notice.id, parcel.id)
        for parcel in parcels
        if len(parcel.notices) > 1
        for notice in parcel.notices
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_BIND, {"rows": recordset(("id", "bundle_id"), rows)})


def _way(
    channel: str, parcels: Sequence[Parcel], at: datetime, gone: list[uuid.UUID]
) -> AbstractContextManager[Post]:
    users = {parcel.user_id for parcel in parcels if parcel.channel == channel}
    if channel == Channel.EMAIL:
        return mail.sending(users)
    if channel == Channel.PUSH:
        return pushes.sending(users, at, gone)
    return chats.sending(users, at)


def _settle(became: Sequence[tuple[object, ...]]) -> None:
    """Note what became of notices, unless another sender has taken them over meanwhile."""
    if became:
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, {"rows": recordset(_SETTLED, became)})


def _became(notice: Notice, trouble: Trouble | None, at: datetime) -> tuple[object, ...]:
    tried = (notice.id, notice.attempts, notice.attempts)
    if trouble is None:
        return (*tried, DeliveryState.SENT.value, at, at, "")
    said = trouble.sentence[:300]
    rest = None if trouble.is_final else rest_after(notice.attempts)
    if rest is None:
        log.error("Given up after %s attempts: %s", notice.attempts, said)
        return (*tried, DeliveryState.DEAD.value, None, at, said)
    wait = max(rest, trouble.rest or rest)
    log.warning("Not sent, and tried again in %s: %s", wait, said)
    return (*tried, DeliveryState.DUE.value, None, at + wait, said)


def _postponed(notice: Notice, until: datetime) -> tuple[object, ...]:
    """It was not tried: as it was before, but a little later."""
    attempts = (notice.attempts, notice.attempts - 1)
    return (notice.id, *attempts, DeliveryState.DUE.value, None, until, "")
