"""Somebody who is told things, and what they are told."""

import uuid
from datetime import UTC, datetime

from accord.outbox.actions import NewChat, Telling, connect_chat
from accord.outbox.models import Notification
from accord.teams.actions import Newcomer, add_user
from accord.teams.models import User

# A Monday, 10:00 in Berlin.
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def somebody(name: str = "sam") -> User:
    """A rep of the tests' company."""
    newcomer = Newcomer(f"{name}@halden.example", name.title(), ["rep"], time_zone="Europe/Berlin")
    return add_user(newcomer=newcomer, at=AT)


def telling(user: User, event: uuid.UUID | None = None, **said: object) -> Telling:
    """Something that somebody is told."""
    given = {"kind": "handoff.offered", "subject": "Dana Ruiz asks for a demo", **said}
    return Telling(event_id=event or uuid.uuid4(), user_id=user.id, **given)


def own_chat(user: User, url: str, service: str = "slack") -> uuid.UUID:
    """The person's own chat, connected and greeted."""
    chat = NewChat(name="Mine", service=service, url=url)
    return greeted(connect_chat(chat=chat, user=user.id, by=user.id, at=AT))


def team_chat(by: User, url: str) -> uuid.UUID:
    """A chat of sales that hears of missed promises, connected and greeted."""
    chat = NewChat("#sales", "slack", url, side="sales", kinds=["clock.missed"])
    return greeted(connect_chat(chat=chat, user=None, by=by.id, at=AT))


def greeted(chat: uuid.UUID) -> uuid.UUID:
    """The first message has arrived."""
    Notification.objects.filter(kind="chat.connected").delete()
    return chat


def of_channel(channel: str) -> list[Notification]:
    """What goes by a channel, in the order in which it was told."""
    return list(Notification.objects.filter(channel=channel).order_by("id"))
