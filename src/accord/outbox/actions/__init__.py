"""Telling people, sending what is due, and how people want to be told."""

from accord.outbox.actions.connecting import (
    SERVICES,
    NewChat,
    add_browser,
    connect_chat,
    disconnect_chat,
    push_key,
    remove_browser,
)
from accord.outbox.actions.giving_up import drop, try_again
from accord.outbox.actions.listening import (
    CHANNELS,
    QUIETS,
    Listening,
    set_listener,
    set_wishes,
)
from accord.outbox.actions.sending import hold, send_due
from accord.outbox.actions.telling import Telling, mark_seen, settle_past, tell

__all__ = [
    "CHANNELS",
    "QUIETS",
    "SERVICES",
    "Listening",
    "NewChat",
    "Telling",
    "add_browser",
    "connect_chat",
    "disconnect_chat",
    "drop",
    "hold",
    "mark_seen",
    "push_key",
    "remove_browser",
    "send_due",
    "set_listener",
    "set_wishes",
    "settle_past",
    "tell",
    "try_again",
]
