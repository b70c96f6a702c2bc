"""What is done with requests for content."""

from accord.content.actions.answering import Answer, Taken, answer, take, withdraw
from accord.content.actions.asking import Wanted, ask
from accord.content.actions.telling import (
    tell_of_answered,
    tell_of_asked,
    tell_of_missed,
    tell_of_risk,
    tell_of_taken,
    tell_of_withdrawn,
)
from accord.content.actions.watching import StepTaken, escalate_due, move_open
from accord.content.models import ContentRequest, Piece

__all__ = [
    "Answer",
    "ContentRequest",
    "Piece",
    "StepTaken",
    "Taken",
    "Wanted",
    "answer",
    "ask",
    "escalate_due",
    "move_open",
    "take",
    "tell_of_answered",
    "tell_of_asked",
    "tell_of_missed",
    "tell_of_risk",
    "tell_of_taken",
    "tell_of_withdrawn",
    "withdraw",
]
