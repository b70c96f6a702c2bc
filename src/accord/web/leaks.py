"""The one thing to do about each kind of leak: what it is called, and where it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accord.insights.behind import Behind
    from accord.web.context import Allowed


@dataclass(frozen=True)
class Act:
    """`needs` is the URL whose right it takes; `view` the page, of the row or of its lead."""

    label: Any
    needs: str
    view: str = "lead"
    place: str = ""


_CALL = Act(_("Log"), needs="handoff_attempts", view="handoff_attempts")
_OFFER = Act(_("Hand over"), needs="lead_offer", place="?open=offer#offer")
_PASS_ON = Act(_("Pass it on"), needs="person_passing_on", view="person", place="#left")
ACTS: Mapping[str, Act] = {
    "never_attempted": _CALL,
    "step_overdue": _CALL,
    "gone_quiet": _CALL,
    "without_owner": Act(_("Give to somebody else"), needs="handoff_owner", view="handoff_owner"),
    "without_deal": Act(_("Open a deal"), needs="lead_deals", place="?open=deal#deals"),
    "deals_left_behind": _PASS_ON,
    "leads_left_behind": _PASS_ON,
    "stuck_with_sales": Act(_("Move it on"), needs="lead_deals"),
    "stuck_with_marketing": _OFFER,
    "off_track": _OFFER,
    "content_past_due": Act(_("See it"), needs="content_requests", view="content_requests"),
}
_TAKE = Act(_("Take it"), needs="handoff_claim", view="handoffs", place="?show=queue")
_OPEN = Act(_("Open"), needs="lead")


@dataclass(frozen=True)
class ToDo:
    """A link to what ends a leak."""

    label: Any
    link: str


def act_on(key: str, row: "Behind", may: "Allowed") -> ToDo | None:
    """What a person can do about a row of a leak; None for rows of other figures."""
    act = ACTS.get(key)
    if act is None:
        return None
    if act.view == "content_requests":
        return ToDo(act.label, f"{reverse(act.view)}?request={row.id}")
    if row.lead is None:
        return None
    if key == "never_attempted" and row.person_id is None:
        act = _TAKE
    if not (may[act.needs] and row.is_open):
        act = _OPEN
    places: dict[str, list[Any]] = {
        "lead": [row.lead.id],
        "handoffs": [],
        "person": [row.person_id],
    }
    args = places.get(act.view, [row.id])
    return ToDo(act.label, reverse(act.view, args=args) + act.place)
