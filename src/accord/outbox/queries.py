"""Reads of what people were told."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.outbox import kinds
from accord.outbox.kinds import TIMINGS
from accord.outbox.models import (
    Browser,
    Channel,
    Chat,
    DeliveryState,
    Listener,
    Notification,
    Wish,
)

MOST_COUNTED = 100  # what is shown as 99+


def unseen(user: Any, *, limit: int = 50) -> list[Notification]:
    """What a person was told in Accord and has not seen, newest first."""
    return list(_unseen(user.id).order_by("-created_at", "-id")[:limit])


def unseen_count(user: Any) -> int:
    """How much of what a person was told they have not seen, up to MOST_COUNTED."""
    return _unseen(user.id)[:MOST_COUNTED].count()


def latest_unseen(user: Any, *, limit: int = 5) -> tuple[int, list[tuple[uuid.UUID, str]]]:
    """How much a person has not seen, and the latest of it (id and sentence), newest first.

    One query, by an index that holds nothing else; more than MOST_COUNTED are not counted.
    """
    rows = _unseen(user.id).order_by("-created_at", "-id")
    found = list(rows.values_list("id", "subject")[:MOST_COUNTED])
    return len(found), found[:limit]


def told(user: Any, *, limit: int = 50) -> list[Notification]:
    """What a person was told in Accord, seen or not, newest first."""
    in_accord = Notification.objects.filter(user_id=user.id, channel=Channel.APP)
    return list(in_accord.order_by("-created_at", "-id")[:limit])


@dataclass(frozen=True)
class Line:
    """What a person reads in one line, newest first: one thing, or what comes together."""

    told: Sequence[Notification]

    @property
    def first(self) -> Notification:
        """What stands for all of them."""
        return self.told[0]

    @property
    def more(self) -> int:
        """How many there are beside it."""
        return len(self.told) - 1

    @property
    def is_seen(self) -> bool:
        """Whether none of them is new."""
        return all(each.seen_at for each in self.told)


def in_lines(told: Sequence[Notification]) -> list[Line]:
    """What people read as one line each, in the order of their newest."""
    lines: dict[tuple[object, ...], list[Notification]] = {}
    for each in told:
        together = kinds.of(each.kind).comes_together
        key = (each.kind, each.created_at, each.link) if together else (each.id,)
        lines.setdefault(key, []).append(each)
    return [Line(notes) for notes in lines.values()]


def told_with(told: Notification) -> set[uuid.UUID]:
    """All that stands in one line with something that was told. One query."""
    if not kinds.of(told.kind).comes_together:
        return {told.id}
    same = Notification.objects.filter(
        user_id=told.user_id, channel=Channel.APP, created_at=told.created_at, kind=told.kind
    )
    return {told.id, *same.filter(link=told.link).values_list("id", flat=True)}


def one(user: Any, id: uuid.UUID) -> Notification:
    """One thing a person was told. Raises Missing when it was told to somebody else."""
    found = Notification.objects.filter(id=id, user_id=user.id, channel=Channel.APP).first()
    if found is None:
        raise Missing(_("There is no such notice for you; see the list of what you were told."))
    return found


def people_with_due(channels: Collection[str], *, at: datetime) -> list[uuid.UUID]:
    """To whom something is due that was not tried yet. One query, by the index of what is due."""
    due = Notification.objects.filter(
        state=DeliveryState.DUE, channel__in=list(channels), send_after__lte=at
    ).filter(attempts=0, bundle_id__isnull=True)
    return sorted(due.values_list("user_id", flat=True).distinct())


def told_of(events: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the events of which somebody was told already. One query."""
    return set(Notification.objects.filter(event_id__in=events).values_list("event_id", flat=True))


def kept_for_digest(users: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Notification]]:
    """What waits for the digests of people, oldest first. One query."""
    found: dict[uuid.UUID, list[Notification]] = {}
    kept = Notification.objects.filter(
        channel=Channel.EMAIL, state=DeliveryState.KEPT, user_id__in=users
    )
    for each in kept.order_by("created_at", "id").only("id", "user_id", "subject"):
        found.setdefault(each.user_id, []).append(each)
    return found


def listeners(users: Collection[uuid.UUID]) -> dict[uuid.UUID, Listener]:
    """How people want to be told, by their id; of those who said so. One query."""
    return Listener.objects.in_bulk(list(users)) if users else {}


def _unseen(user_id: uuid.UUID) -> QuerySet[Notification]:
    return Notification.objects.filter(user_id=user_id, channel=Channel.APP, seen_at__isnull=True)


@dataclass(frozen=True)
class Choice:
    """What a person wants of one kind: by channel, the timings there are and the one chosen."""

    kind: kinds.Kind
    chosen: Mapping[str, str]


def choices(user: Any) -> list[Choice]:
    """What a person wants of each kind that may be theirs, by each channel. One query."""
    wishes = {
        (kind, channel): timing
        for kind, channel, timing in Wish.objects.filter(user_id=user.id).values_list(
            "kind", "channel", "timing"
        )
    }
    return [
        Choice(
            kind,
            {
                str(channel): wishes.get((kind.key, channel)) or kind.timing(channel)
                for channel in TIMINGS
            },
        )
        for kind in kinds.registered().values()
        if kind.concerns(user.sides)
    ]


def listener(user: Any) -> Listener:
    """How a person wants to be told; as the defaults are, where they have said nothing."""
    return Listener.objects.filter(user_id=user.id).first() or Listener(user_id=user.id)


def browsers(user: Any) -> list[Browser]:
    """The browsers that a person lets us push to, newest first."""
    return list(Browser.objects.filter(user_id=user.id).order_by("-created_at"))


def own_chat(user: Any) -> Chat | None:
    """The person's own chat."""
    return Chat.objects.filter(user_id=user.id).first()


def team_chats(sides: Collection[str]) -> list[Chat]:
    """The chats of teams, by name."""
    return list(Chat.objects.filter(user_id=None, side__in=sides).order_by("name", "id"))


def chat_names(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What the chats of teams are called, by their id."""
    return dict(Chat.objects.filter(id__in=ids, user_id=None).values_list("id", "name"))


_NOT_SENT = (DeliveryState.DUE, DeliveryState.KEPT, DeliveryState.DEAD)


def not_sent() -> list[tuple[str, Mapping[str, int]]]:
    """How much was not sent, by channel and state. One query."""
    rows = Notification.objects.filter(state__in=_NOT_SENT).exclude(channel=Channel.APP)
    counts: dict[str, dict[str, int]] = {}
    for channel, state, number in rows.values_list("channel", "state").annotate(n=Count("id")):
        counts.setdefault(channel, {})[state] = number
    return [(channel, counts.get(channel, {})) for channel in TIMINGS]


@dataclass(frozen=True)
class Again:
    """How much of a channel is tried again after it failed, and when it goes on."""

    number: int
    next_at: datetime


def tried_again() -> dict[str, Again]:
    """What failed and is tried again by itself, by channel; none where nothing is. One query."""
    rows = Notification.objects.filter(state=DeliveryState.DUE, attempts__gt=0)
    found = rows.values_list("channel").annotate(Count("id"), Min("send_after"))
    return {channel: Again(number, next_at) for channel, number, next_at in found if next_at}


def given_up_count() -> int:
    """How much was given up and is neither tried again nor dropped. One query."""
    return Notification.objects.filter(state=DeliveryState.DEAD).count()


def last_given_up() -> datetime | None:
    """When the latest of what is given up was so; None where nothing is. One query."""
    dead = Notification.objects.filter(state=DeliveryState.DEAD)
    latest: datetime | None = dead.aggregate(latest=Max("send_after"))["latest"]
    return latest


def given_up(*, limit: int = 100) -> Sequence[Notification]:
    """What was given up, latest first: why and of what kind, and nothing of what it says."""
    dead = Notification.objects.filter(state=DeliveryState.DEAD).order_by("-created_at", "-id")
    shown = ("id", "user_id", "channel", "kind", "created_at", "attempts", "trouble")
    return list(dead.only(*shown)[:limit])
