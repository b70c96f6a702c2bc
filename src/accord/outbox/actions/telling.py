"""Telling people: in Accord always, by the other channels as each of them wants."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from accord.base.ids import new_id
from accord.base.rows import id_array, recordset
from accord.outbox import jobs, kinds
from accord.outbox.models import Channel, DeliveryState, Notification, Timing

_STATES = {Timing.AT_ONCE: DeliveryState.DUE, Timing.DIGEST: DeliveryState.KEPT}


@dataclass(frozen=True)
class Telling:
    """What one person is told because of one event. `link` is a path within Accord.

    `is_urgent`: it does not wait for quiet hours to end, as somebody waits for an answer now.
    """

    event_id: uuid.UUID
    user_id: uuid.UUID
    kind: str
    subject: str
    text: str = ""
    link: str = ""
    is_urgent: bool = False


@dataclass
class Ways:
    """By which channels each of some people wants to be told, beside in Accord."""

    wishes: dict[tuple[uuid.UUID, str, str], str] = field(default_factory=dict)
    reachable: set[tuple[uuid.UUID, str]] = field(default_factory=set)
    no_digest: set[uuid.UUID] = field(default_factory=set)
    teams: dict[str, list[uuid.UUID]] = field(default_factory=dict)

    def timing(self, user: uuid.UUID, kind: kinds.Kind, channel: str) -> str:
        """When the person hears of a kind by a channel."""
        if channel != Channel.EMAIL and (user, channel) not in self.reachable:
            return Timing.OFF
        wished = self.wishes.get((user, kind.key, channel)) or kind.timing(channel)
        if wished == Timing.DIGEST and user in self.no_digest:
            return Timing.OFF
        return wished


_WAYS = """
SELECT 'wish', user_id, kind, channel, timing FROM outbox_wish
WHERE user_id = ANY(%(users)s::uuid[])
UNION ALL
SELECT DISTINCT 'reach', user_id, '', 'push', '' FROM outbox_browser
WHERE user_id = ANY(%(users)s::uuid[])
UNION ALL
SELECT 'reach', user_id, '', 'chat', '' FROM outbox_chat WHERE user_id = ANY(%(users)s::uuid[])
UNION ALL
SELECT 'no_digest', user_id, '', '', '' FROM outbox_listener
WHERE user_id = ANY(%(users)s::uuid[]) AND NOT gets_digest
UNION ALL
SELECT 'team', id, kind, '', '' FROM outbox_chat, unnest(kinds) AS kind
WHERE user_id IS NULL AND kind = ANY(%(kinds)s::text[])
"""
_COLUMNS = (
    *("id", "event_id", "user_id", "channel", "kind", "subject", "text", "link", "is_urgent"),
    *("state", "sent_at", "send_after"),
)
# The same event told again changes nothing, whatever it says.
_TELL = """
INSERT INTO outbox_notification
    (id, event_id, user_id, channel, kind, subject, text, link, is_urgent, created_at, state,
     attempts, sent_at, send_after, trouble)
SELECT id, event_id, user_id, channel, kind, subject, text, link, is_urgent, %(at)s, state, 0,
       sent_at, send_after, ''
FROM json_to_recordset(%(rows)s::json) AS new
    (id uuid, event_id uuid, user_id uuid, channel text, kind text, subject text, text text,
     link text, is_urgent boolean, state text, sent_at timestamptz, send_after timestamptz)
ON CONFLICT (event_id, user_id, channel) DO NOTHING
RETURNING channel, state
"""


def tell(*, tellings: Sequence[Telling], at: datetime, by: uuid.UUID | None = None) -> int:
    """Tell people, each event once by each channel; how many messages will go out for it.

    In Accord always; by mail, browser and chat as each person wants, or the defaults of the kind
    are; and in the chats of teams that hear of the kind. Two statements and a job for each way
    out, whatever the number. Nobody is told of their own act: `by` is left out; a team's chat
    hears of it all the same. Within the caller's transaction: nothing is told of what did not
    happen.
    """
    if not tellings:
        return 0
    ways = _ways_of(tellings)
    others = [telling for telling in tellings if telling.user_id != by]
    rows = [*_to_people(others, ways, at), *_to_teams(tellings, ways, at)]
    if not rows:
        return 0
    rows.sort(key=lambda row: (str(row[1]), str(row[2]), str(row[3])))
    with connection.cursor() as cursor:
        cursor.execute(_TELL, {"rows": recordset(_COLUMNS, rows), "at": at})
        due = [channel for channel, state in cursor.fetchall() if state == DeliveryState.DUE]
    call_senders(due)
    return len(due)


def call_senders(channels: Collection[str]) -> None:
    """Have what is due by these channels sent soon."""
    if Channel.EMAIL in channels:
        jobs.defer("send_mail")
    if {Channel.PUSH, Channel.CHAT} & set(channels):
        jobs.defer("send_posts")


def _ways_of(tellings: Sequence[Telling]) -> Ways:
    asked: dict[str, Any] = {
        "users": id_array({telling.user_id for telling in tellings}),
        "kinds": sorted({telling.kind for telling in tellings}),
    }
    ways = Ways()
    with connection.cursor() as cursor:
        cursor.execute(_WAYS, asked)
        for what, id, kind, channel, timing in cursor.fetchall():
            if what == "wish":
                ways.wishes[id, kind, channel] = timing
            elif what == "reach":
                ways.reachable.add((id, channel))
            elif what == "no_digest":
                ways.no_digest.add(id)
            else:
                ways.teams.setdefault(kind, []).append(id)
    return ways


def _to_people(
    tellings: Sequence[Telling], ways: Ways, at: datetime
) -> Iterator[tuple[object, ...]]:
    for telling in tellings:
        yield _row(telling, telling.user_id, Channel.APP, DeliveryState.SENT, at)
        kind = kinds.of(telling.kind)
        for channel in kinds.TIMINGS:
            timing = ways.timing(telling.user_id, kind, channel)
            if timing in _STATES:
                yield _row(telling, telling.user_id, channel, _STATES[Timing(timing)], at)


def _to_teams(
    tellings: Sequence[Telling], ways: Ways, at: datetime
) -> Iterator[tuple[object, ...]]:
    """Each event once in each chat that hears of its kind, however many people are told."""
    first: Mapping[uuid.UUID, Telling] = {
        telling.event_id: telling for telling in reversed(tellings)
    }
    for telling in first.values():
        for chat in ways.teams.get(telling.kind, ()):
            yield _row(telling, chat, Channel.CHAT, DeliveryState.DUE, at)


def _row(
    telling: Telling, recipient: uuid.UUID, channel: str, state: str, at: datetime
) -> tuple[object, ...]:
    said = (telling.kind, telling.subject[:200], telling.text, telling.link[:300])
    sent_at = at if state == DeliveryState.SENT else None
    send_after = at if state == DeliveryState.DUE else None
    who = (new_id(), telling.event_id, recipient, str(channel))
    return (*who, *said, telling.is_urgent, str(state), sent_at, send_after)


def mark_seen(*, user: uuid.UUID, at: datetime, ids: Collection[uuid.UUID] | None = None) -> int:
    """Note that a person has seen what they were told (None: all); how many were new to them."""
    new = Notification.objects.filter(user_id=user, channel=Channel.APP, seen_at__isnull=True)
    if ids is not None:
        new = new.filter(id__in=ids)
    return new.update(seen_at=at)


def settle_past(*, before: datetime, at: datetime) -> None:
    """What was told before a moment counts as read, and what was to be sent as sent: old news.

    For a history that was brought in, such as the sample company's.
    """
    past = Notification.objects.filter(created_at__lt=before)
    past.filter(channel=Channel.APP, seen_at__isnull=True).update(seen_at=at)
    past.filter(state__in=[DeliveryState.DUE, DeliveryState.KEPT]).update(
        state=DeliveryState.SENT, sent_at=at, lease_until=None
    )
