"""Connecting what people are told by beside mail: chats and browsers."""

import hashlib
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.db import transaction
from django.utils.translation import gettext as _
from webpush import VAPID, WebPushSubscription

from accord.base.errors import Invalid, Missing
from accord.base.ids import named_id
from accord.outbox import egress, kinds
from accord.outbox.actions.telling import call_senders
from accord.outbox.models import (
    Browser,
    Channel,
    Chat,
    DeliveryState,
    Notification,
    PushKey,
    Service,
)
from accord.outbox.sealing import seal

MOST_BROWSERS = 10
SERVICES = Service.choices


@dataclass(frozen=True)
class NewChat:
    """A chat to connect: a person's own, or a team's with its side and what it hears of."""

    name: str
    service: str
    url: str
    side: str = ""
    kinds: Collection[str] = ()


def connect_chat(
    *, chat: NewChat, user: uuid.UUID | None, by: uuid.UUID, at: datetime
) -> uuid.UUID:
    """Connect a person's own chat (in place of the one before) or a team's; its id.

    Raises Invalid for an address that cannot be posted to, a service or a kind there is not.
    """
    if chat.service not in Service.values:
        raise Invalid(_("Choose Slack or Microsoft Teams."), field="service")
    if user is None:
        _check_team(chat)
    said = {
        "name": chat.name.strip()[:80] or str(Service(chat.service).label),
        "side": chat.side if user is None else "",
        "service": chat.service,
        "sealed_url": seal(egress.check(chat.url)),
        "kinds": sorted(chat.kinds) if user is None else [],
        "created_at": at,
        "created_by": by,
    }
    with transaction.atomic():
        kept = (
            Chat.objects.create(**said)
            if user is None
            else Chat.objects.update_or_create(user_id=user, defaults=said)[0]
        )
        _say_hello(kept, at)
    return kept.id


def _say_hello(chat: Chat, at: datetime) -> None:
    """A first message, so that one sees whether it arrives."""
    Notification.objects.create(
        event_id=named_id("connected", chat.id, at.isoformat()),
        user_id=chat.user_id or chat.id,
        channel=Channel.CHAT,
        kind=kinds.CONNECTED.key,
        subject=_("Accord is connected."),
        text=_("From now on it tells you here what you chose."),
        link="/notifications/settings/",
        is_urgent=True,
        created_at=at,
        state=DeliveryState.DUE,
        send_after=at,
    )
    call_senders([Channel.CHAT])


def _check_team(chat: NewChat) -> None:
    if not chat.name.strip():
        raise Invalid(_("Give the chat a name, such as #sales."), field="name")
    for key in chat.kinds:
        kind = kinds.registered().get(key)
        if kind is None or kind.is_personal or kind.side not in {"", chat.side}:
            raise Invalid(_("A team's chat cannot hear of this."), field="kinds")
    if not chat.kinds:
        raise Invalid(_("Choose at least one thing that the chat hears of."), field="kinds")


def disconnect_chat(*, id: uuid.UUID, user: uuid.UUID | None, sides: Collection[str] = ()) -> None:
    """Forget a chat and its address: one's own, or a team's of these sides. Raises Missing."""
    found = Chat.objects.filter(id=id, user_id=user)
    if user is None:
        found = found.filter(side__in=sides)
    if not found.delete()[0]:
        raise Missing(_("There is no such chat any more."))


def push_key(*, at: datetime) -> str:
    """The public key with which browsers subscribe; made at first use, the first one stands."""
    kept = PushKey.objects.first()
    if kept is None:
        private, _public, public = VAPID.generate_keys()
        key = PushKey(public=public, sealed_private=seal(private.decode()), made_at=at)
        PushKey.objects.bulk_create([key], ignore_conflicts=True)
        kept = PushKey.objects.get()
    return kept.public


def add_browser(*, user: uuid.UUID, said: str, name: str, at: datetime) -> uuid.UUID:
    """Push to a browser from now on, as its subscription (JSON) says; its id.

    Raises Invalid for what is no subscription, or an address that cannot be posted to.
    """
    try:
        subscription = WebPushSubscription.model_validate_json(said[:4_000])
        point = urlsafe_b64decode(subscription.keys.p256dh + "==")
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:  # pydantic's is one, too
        raise Invalid(_("The browser's answer was not understood; try once more.")) from None
    endpoint = egress.check(str(subscription.endpoint))
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    row = {"user_id": user, "name": name[:80], "created_at": at}
    row["sealed"] = seal(subscription.model_dump_json())
    kept, is_new = Browser.objects.update_or_create(digest=digest, defaults=row)
    if is_new:
        mine = Browser.objects.filter(user_id=user).order_by("-created_at", "-id")
        old = list(mine.values_list("id", flat=True)[MOST_BROWSERS:])
        Browser.objects.filter(id__in=old).delete()
    return kept.id


def remove_browser(*, user: uuid.UUID, id: uuid.UUID) -> None:
    """Push to a browser of one's own no longer. Raises Missing."""
    if not Browser.objects.filter(user_id=user, id=id).delete()[0]:
        raise Missing(_("This browser is not pushed to any more."))
