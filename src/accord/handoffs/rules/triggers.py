"""What triggers a handoff: becoming sales-ready, raising a hand, being brought by a rep.

After a pass-back or a lost deal a lead comes in again only by a new event on or after the day
of re-entry, and only so many rounds; a hand-raise goes through at once.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accord.base.ids import named_id

READY = "ready"
HAND_RAISE = "hand_raise"
BROUGHT = "brought"
_SALES_HAS_IT = frozenset({"sal", "sql", "opportunity", "customer"})


@dataclass(frozen=True)
class Event:
    """Something the prospect did; `asks_for` names what they raised their hand for."""

    id: uuid.UUID
    happened_at: datetime
    asks_for: str = ""


@dataclass(frozen=True)
class Return:
    """The last time the lead left sales: when, and the first day it may come again."""

    at: datetime
    re_enter_on: date | None


@dataclass(frozen=True)
class Case:
    """What is known of a lead at the moment of decision.

    `ready_episode` is set while the sales-ready definition is met, since `ready_since`.
    `last_event` is the newest thing the prospect did, `hand_raise` the newest that is new to
    us and asks for sales: it may have happened before the lead was passed back, by somebody who
    did not know of it yet. `rounds` counts the pass-backs so far.
    """

    lead_id: uuid.UUID
    stage: str
    known_at: datetime
    is_reachable: bool
    do_not_contact: bool = False
    brought_by: uuid.UUID | None = None
    has_open_handoff: bool = False
    was_handed_over: bool = False
    ready_episode: uuid.UUID | None = None
    ready_since: datetime | None = None
    hand_raise: Event | None = None
    last_event: Event | None = None
    last_return: Return | None = None
    rounds: int = 0


@dataclass(frozen=True)
class Triggered:
    """A handoff is to be offered. The episode names what made the lead ready, once."""

    lead_id: uuid.UUID
    trigger: str
    episode_id: uuid.UUID
    ready_at: datetime
    asks_for: str = ""
    enters_mql: bool = False


def triggered(case: Case, *, max_rounds: int, time_zone: str) -> Triggered | None:
    """The handoff that a lead's state calls for, if any.

    `time_zone` is where the day of re-entry begins.
    """
    if case.has_open_handoff or case.do_not_contact:
        return None
    if case.brought_by and not case.was_handed_over and case.stage not in _SALES_HAS_IT:
        episode = named_id("brought", case.lead_id)
        return Triggered(case.lead_id, BROUGHT, episode, case.known_at)
    if case.stage in _SALES_HAS_IT:
        return None
    raised = case.hand_raise
    if raised and case.is_reachable:
        return Triggered(case.lead_id, HAND_RAISE, raised.id, raised.happened_at, raised.asks_for)
    if case.ready_episode is None or case.ready_since is None:
        return None
    if case.last_return:
        return _again(case, case.last_return, max_rounds, time_zone)
    if case.stage == "mql":
        return Triggered(case.lead_id, READY, case.ready_episode, case.ready_since)
    return None


def hand_raise_for_owner(case: Case) -> Event | None:
    """A hand-raise that makes no handoff because sales has the lead: its owner is told."""
    if case.has_open_handoff or case.stage in _SALES_HAS_IT:
        return case.hand_raise
    return None


def hand_raise_in_vain(case: Case) -> Event | None:
    """A hand-raise of somebody who had asked us to stop: a person has to look at it."""
    return case.hand_raise if case.do_not_contact and not hand_raise_for_owner(case) else None


def start_of(day: date, time_zone: str) -> datetime:
    """The moment at which a day begins in a zone."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(time_zone))


def _again(case: Case, back: Return, max_rounds: int, time_zone: str) -> Triggered | None:
    """Re-entry: a new event on or after the day, and rounds left."""
    event = case.last_event
    if case.stage not in ("recycled", "mql") or event is None or case.rounds >= max_rounds:
        return None
    if event.happened_at <= back.at:
        return None
    if back.re_enter_on and event.happened_at < start_of(back.re_enter_on, time_zone):
        return None
    return Triggered(case.lead_id, READY, event.id, event.happened_at, enters_mql=True)
