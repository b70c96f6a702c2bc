"""What leaves Accord, and how people want to hear of it. Plain ids: this room knows no other."""

from accord.outbox.models.listening import (
    Browser,
    Chat,
    Listener,
    PushKey,
    Quiet,
    Service,
    Timing,
    Wish,
)
from accord.outbox.models.notification import Channel, DeliveryState, Notification

__all__ = [
    "Browser",
    "Channel",
    "Chat",
    "DeliveryState",
    "Listener",
    "Notification",
    "PushKey",
    "Quiet",
    "Service",
    "Timing",
    "Wish",
]
