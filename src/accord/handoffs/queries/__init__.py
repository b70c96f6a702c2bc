"""Reads of handoffs."""

from accord.handoffs.queries.cadence import Cadence, cadence_of, moments_to_rest
from accord.handoffs.queries.calls import OpenCall, open_calls
from accord.handoffs.queries.cases import cases_of, last_returns, rounds_of
from accord.handoffs.queries.fresh import newly_ready, newly_ready_count
from accord.handoffs.queries.inbox import (
    PAGE,
    InboxItem,
    Promise,
    Show,
    late_of_others,
    one_open,
    open_handoff,
    shown,
    shown_count,
    waiting_count,
)
from accord.handoffs.queries.kept import Kept, kept_today
from accord.handoffs.queries.planned import Planned, late_next_steps, my_next_steps, next_steps_of
from accord.handoffs.queries.reasons import Choice, choices, earliest_re_entry, re_enter_on
from accord.handoffs.queries.returned import (
    MEETING_SPAN,
    RETURNED_PAGE,
    CameBack,
    Of,
    Returned,
    came_back,
    came_back_count,
    likely_clauses,
    shares_of_came_back,
)
from accord.handoffs.queries.told import why_them
from accord.handoffs.queries.work import owners_of, work_of, work_of_those_gone

__all__ = [
    "MEETING_SPAN",
    "PAGE",
    "RETURNED_PAGE",
    "Cadence",
    "CameBack",
    "Choice",
    "InboxItem",
    "Kept",
    "Of",
    "OpenCall",
    "Planned",
    "Promise",
    "Returned",
    "Show",
    "cadence_of",
    "came_back",
    "came_back_count",
    "cases_of",
    "choices",
    "earliest_re_entry",
    "kept_today",
    "last_returns",
    "late_next_steps",
    "late_of_others",
    "likely_clauses",
    "moments_to_rest",
    "my_next_steps",
    "newly_ready",
    "newly_ready_count",
    "next_steps_of",
    "one_open",
    "open_calls",
    "open_handoff",
    "owners_of",
    "re_enter_on",
    "rounds_of",
    "shares_of_came_back",
    "shown",
    "shown_count",
    "waiting_count",
    "why_them",
    "work_of",
    "work_of_those_gone",
]
