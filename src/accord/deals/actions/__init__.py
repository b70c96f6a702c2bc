"""Writes to deals. Each is one transaction: state, fact, activity."""

from accord.deals.actions.closing import Losing, lose_deals, win_deals
from accord.deals.actions.giving import give_deals
from accord.deals.actions.opening import NewDeal, join_deals, move_deals, open_deals
from accord.deals.actions.steps import add_default_steps
from accord.deals.actions.taking import Taken

__all__ = [
    "Losing",
    "NewDeal",
    "Taken",
    "add_default_steps",
    "give_deals",
    "join_deals",
    "lose_deals",
    "move_deals",
    "open_deals",
    "win_deals",
]
