"""Writes to handoffs. Each is one transaction: state, fact, activity."""

from accord.handoffs.actions.answering import accept, claim, qualify, withdraw
from accord.handoffs.actions.attempts import Attempt, log_attempts
from accord.handoffs.actions.calls import begin_calls, drop_calls, end_calls
from accord.handoffs.actions.escalating import StepTaken, escalate_due, hand_to_others
from accord.handoffs.actions.offering import Offering, offer
from accord.handoffs.actions.pausing import Resumed, pause, resume_due, wake
from accord.handoffs.actions.planning import Plan, plan_next_steps, plan_promised
from accord.handoffs.actions.pool_settings import Place, PoolSettings, remove_pool, set_pool
from accord.handoffs.actions.pools import add_pool, join_pool, leave_pool
from accord.handoffs.actions.putting_aside import bring_back, put_aside
from accord.handoffs.actions.reassigning import (
    reassign,
    record_reassigned,
    release_queue,
    route_anew,
)
from accord.handoffs.actions.replying import Answered, answer_pass_backs, keep_in_nurture
from accord.handoffs.actions.rescheduling import move_open
from accord.handoffs.actions.returning import Returning, Undone, pass_back, undo_pass_back
from accord.handoffs.actions.routes import (
    Routing,
    add_route,
    change_route,
    move_route,
    remove_route,
)
from accord.handoffs.actions.taking import Taken
from accord.handoffs.models import Answer, AttemptChannel, AttemptOutcome, Objection

__all__ = [
    "Answer",
    "Answered",
    "Attempt",
    "AttemptChannel",
    "AttemptOutcome",
    "Objection",
    "Offering",
    "Place",
    "Plan",
    "PoolSettings",
    "Resumed",
    "Returning",
    "Routing",
    "StepTaken",
    "Taken",
    "Undone",
    "accept",
    "add_pool",
    "add_route",
    "answer_pass_backs",
    "begin_calls",
    "bring_back",
    "change_route",
    "claim",
    "drop_calls",
    "end_calls",
    "escalate_due",
    "hand_to_others",
    "join_pool",
    "keep_in_nurture",
    "leave_pool",
    "log_attempts",
    "move_open",
    "move_route",
    "offer",
    "pass_back",
    "pause",
    "plan_next_steps",
    "plan_promised",
    "put_aside",
    "qualify",
    "reassign",
    "record_reassigned",
    "release_queue",
    "remove_pool",
    "remove_route",
    "resume_due",
    "route_anew",
    "set_pool",
    "undo_pass_back",
    "wake",
    "withdraw",
]
