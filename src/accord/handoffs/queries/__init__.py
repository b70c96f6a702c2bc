"""Reads of handoffs."""

from accord.handoffs.queries.cases import cases_of, last_returns, rounds_of
from accord.handoffs.queries.inbox import (
    InboxItem,
    Kept,
    Promise,
    all_open,
    inbox,
    kept_today,
    one_open,
    open_handoff,
    overdue,
    queued,
    waiting_count,
)
from accord.handoffs.queries.returned import CameBack, Choice, came_back, choices, re_enter_on
from accord.handoffs.queries.told import why_them

__all__ = [
    "CameBack",
    "Choice",
    "InboxItem",
    "Kept",
    "Promise",
    "all_open",
    "came_back",
    "cases_of",
    "choices",
    "inbox",
    "kept_today",
    "last_returns",
    "one_open",
    "open_handoff",
    "overdue",
    "queued",
    "re_enter_on",
    "rounds_of",
    "waiting_count",
    "why_them",
]
