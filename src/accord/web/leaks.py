"""The one thing to do about each kind of leak: what it is called, and where it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.web.context import Allowed

if TYPE_CHECKING:
    from accord.insights.behind import Behind
    from accord.teams.models import User


class Whose(Enum):
    """Whose a leak is, for the person who looks at it."""

    MINE = "mine"
    OTHERS = "others"
    NOBODYS = "nobody's"


_ANY = frozenset(Whose)
_MINE = frozenset({Whose.MINE})


@dataclass(frozen=True)
class Act:
    """`needs` is the URL whose right it takes; `view` the page, of the row or of its lead.

    It fits leaks of those that `whose` says, and closed handoffs only where `is_late` says so.
    """

    label: Any
    needs: str
    view: str = "lead"
    place: str = ""
    whose: frozenset[Whose] = _ANY
    is_late: bool = False


_LOG = Act(_("Log an attempt"), needs="handoff_attempts", view="handoff_attempts", whose=_MINE)
_PLAN = Act(
    _("Plan the next step"), needs="handoff_next_step", view="handoff_next_step", whose=_MINE
)
_REACH = Act(_("Call or write"), needs="lead_calls", whose=_MINE, is_late=True)
_TAKE = Act(
    _("Take it"),
    needs="handoff_claim",
    view="handoffs",
    place="?show=queue",
    whose=frozenset({Whose.NOBODYS}),
)
_REASSIGN = Act(_("Reassign"), needs="handoff_owner", view="handoff_owner")
_DEAL = Act(_("Open a deal"), needs="lead_deals", place="?open=deal#deals", whose=_MINE)
_MOVE = Act(_("Move it on"), needs="lead_deals", whose=_MINE)
_OFFER = Act(_("Hand over"), needs="lead_offer", place="?open=offer#offer")
_PASS_ON = Act(_("Pass it on"), needs="person_passing_on", view="person", place="#left")
_ANSWER = Act(_("Answer it"), needs="content_request_answer", view="content_requests")
_SEE = Act(_("See it"), needs="content_requests", view="content_requests")
_OPEN = Act(_("Open"), needs="lead", is_late=True)
# The first that fits both the leak and who looks is the one offered.
ACTS: Mapping[str, Sequence[Act]] = {
    "never_attempted": (_LOG, _TAKE, _REASSIGN),
    "step_overdue": (_LOG, _REACH, _REASSIGN),
    "gone_quiet": (_PLAN, _REASSIGN),
    "without_owner": (_REASSIGN,),
    "without_deal": (_DEAL,),
    "deals_left_behind": (_PASS_ON,),
    "leads_left_behind": (_PASS_ON,),
    "stuck_with_sales": (_MOVE,),
    "stuck_with_marketing": (_OFFER,),
    "off_track": (_OFFER,),
    "content_past_due": (_ANSWER, _SEE),
}


@dataclass(frozen=True)
class ToDo:
    """A link to what ends a leak."""

    label: Any
    link: str


def act_on(key: str, row: "Behind", user: "User") -> ToDo | None:
    """What a person can do about a row of a leak; None for rows of other figures."""
    if key not in ACTS or (row.lead is None and key != "content_past_due"):
        return None
    may, whose = Allowed(set(user.roles)), _whose(row, user)
    act = next(
        act
        for act in (*ACTS[key], _OPEN)
        if may[act.needs] and whose in act.whose and (row.is_open or act.is_late)
    )
    if act.view == "content_requests":
        return ToDo(act.label, f"{reverse(act.view)}?request={row.id}")
    places: dict[str, list[Any]] = {
        "lead": [row.lead_id],
        "handoffs": [],
        "person": [row.person_id],
    }
    args = places.get(act.view, [row.id])
    return ToDo(act.label, reverse(act.view, args=args) + act.place)


def _whose(row: "Behind", user: "User") -> Whose:
    if row.person_id is None:
        return Whose.NOBODYS
    return Whose.MINE if row.person_id == user.id else Whose.OTHERS
