"""Who is told what about handoffs. An event tells each person once, whatever is repeated."""

from accord.handoffs.actions.telling.giving import (
    tell_of_accepted,
    tell_of_assignments,
    tell_of_offers,
    tell_of_queued,
    tell_of_taken_away,
    tell_of_withdrawn,
)
from accord.handoffs.actions.telling.raising import tell_of_hand_raises, tell_of_hand_raises_in_vain
from accord.handoffs.actions.telling.returning import (
    tell_of_answers,
    tell_of_pass_backs,
    tell_of_undone,
)
from accord.handoffs.actions.telling.waiting import (
    tell_of_missed,
    tell_of_nobody_else,
    tell_of_resumed,
)
from accord.handoffs.actions.telling.warning import tell_of_risk

__all__ = [
    "tell_of_accepted",
    "tell_of_answers",
    "tell_of_assignments",
    "tell_of_hand_raises",
    "tell_of_hand_raises_in_vain",
    "tell_of_missed",
    "tell_of_nobody_else",
    "tell_of_offers",
    "tell_of_pass_backs",
    "tell_of_queued",
    "tell_of_resumed",
    "tell_of_risk",
    "tell_of_taken_away",
    "tell_of_undone",
    "tell_of_withdrawn",
]
