"""Writes to handoffs. Each is one transaction: state, fact, activity."""

from accord.handoffs.actions.answering import accept, claim, qualify, withdraw
from accord.handoffs.actions.attempts import Attempt, log_attempts
from accord.handoffs.actions.calls import begin_calls, drop_calls, end_calls
from accord.handoffs.actions.escalating import StepTaken, escalate_due, hand_to_others
from accord.handoffs.actions.offering import Offering, offer
from accord.handoffs.actions.pausing import Resumed, pause, resume_due
from accord.handoffs.actions.planning import Plan, plan_next_steps, plan_promised
from accord.handoffs.actions.pools import add_pool, join_pool, leave_pool
from accord.handoffs.actions.putting_aside import bring_back, put_aside
from accord.handoffs.actions.reassigning import reassign, record_reassigned, release_queue
from accord.handoffs.actions.replying import Answered, answer_pass_backs
from accord.handoffs.actions.returning import Returning, Undone, pass_back, undo_pass_back
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
    "Plan",
    "Resumed",
    "Returning",
    "StepTaken",
    "Taken",
    "Undone",
    "accept",
    "add_pool",
    "answer_pass_backs",
    "begin_calls",
    "bring_back",
    "claim",
    "drop_calls",
    "end_calls",
    "escalate_due",
    "hand_to_others",
    "join_pool",
    "leave_pool",
    "log_attempts",
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
    "resume_due",
    "undo_pass_back",
    "withdraw",
]
