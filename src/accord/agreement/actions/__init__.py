"""Writes of the agreement: propose, discuss, withdraw, turn down, sign."""

from accord.agreement.actions.discussing import comment
from accord.agreement.actions.proposing import (
    default_document,
    propose,
    start_trial,
    turn_down,
    withdraw,
)
from accord.agreement.actions.signing import (
    come_into_force,
    delegate,
    end_delegation,
    note_judged,
    sign,
)
from accord.agreement.actions.telling import NotTheirSeat, digest_of

__all__ = [
    "NotTheirSeat",
    "come_into_force",
    "comment",
    "default_document",
    "delegate",
    "digest_of",
    "end_delegation",
    "note_judged",
    "propose",
    "sign",
    "start_trial",
    "turn_down",
    "withdraw",
]
