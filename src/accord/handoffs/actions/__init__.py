"""Writes to handoffs. Each is one transaction: state, fact, activity."""

from accord.handoffs.actions.answering import accept, claim, qualify, withdraw
from accord.handoffs.actions.attempts import Attempt, log_attempts
from accord.handoffs.actions.escalating import StepTaken, escalate_due, hand_to_others
from accord.handoffs.actions.offering import Offering, offer
from accord.handoffs.actions.pausing import Resumed, pause, resume_due
from accord.handoffs.actions.planning import Plan, plan_next_steps, plan_promised
from accord.handoffs.actions.pools import add_pool, join_pool, leave_pool
from accord.handoffs.actions.reassigning import reassign, record_reassigned, release_queue
from accord.handoffs.actions.replying import Answered, answer_pass_backs
from accord.handoffs.actions.returning import Returning, Undone, pass_back, undo_pass_back
from accord.handoffs.actions.taking import Taken
from accord.handoffs.models import Answer, AttemptChannel, AttemptOutcome

__all__ = [
    "Answer",
    "Answered",
    "Attempt",
    "AttemptChannel",
    "AttemptOutcome",
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
    "claim",
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
    "qualify",
    "reassign",
    "record_reassigned",
    "release_queue",
    "resume_due",
    "undo_pass_back",
    "withdraw",
]
