"""Routing, handoffs, their clocks, and pass-backs."""

from accord.handoffs.models.attempts import (
    CALL_BEGUN,
    AttemptChannel,
    AttemptOutcome,
    Objection,
)
from accord.handoffs.models.clocks import Clock, ClockKind, ClockState, Escalation, Pause
from accord.handoffs.models.handoff import Handoff, HandoffState, Trigger
from accord.handoffs.models.next_steps import NextStep
from accord.handoffs.models.returning import Answer, PassBack
from accord.handoffs.models.routing import (
    Assignment,
    Pool,
    PoolMember,
    Route,
    RouteCompany,
    RouteKind,
    WhenNobody,
)

__all__ = [
    "CALL_BEGUN",
    "Answer",
    "Assignment",
    "AttemptChannel",
    "AttemptOutcome",
    "Clock",
    "ClockKind",
    "ClockState",
    "Escalation",
    "Handoff",
    "HandoffState",
    "NextStep",
    "Objection",
    "PassBack",
    "Pause",
    "Pool",
    "PoolMember",
    "Route",
    "RouteCompany",
    "RouteKind",
    "Trigger",
    "WhenNobody",
]
