"""How the rows behind a figure are read: their moment, whose they are, what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from accord.agreement.queries import terms_of
from accord.base.lifecycle import Stage
from accord.content.models import ContentRequest
from accord.deals.models import Deal, DealState
from accord.handoffs.kinds import because
from accord.handoffs.models import Clock, ClockKind, Handoff, HandoffState, PassBack
from accord.leads.models import Lead
from accord.qualification.models import Outcome, Verdict
from accord.qualification.queries import standing


@dataclass(frozen=True)
class Shape:
    """How rows of a model are read: their moment and its name, whose they are, what they say.

    `ages` says how long ago the moment was, `held` names the column since when it is theirs.
    """

    moment: str
    moment_is: Callable[[], str]
    person: str
    says: Callable[[Any], str]
    due: str = ""
    done: str = ""
    lead: str = "lead_id"
    narrow: Callable[[Any, str], Any] | None = None
    oldest_first: bool = False
    ages: Callable[[], str] = lambda: _("%(age)s ago")
    held: str = ""
    is_personal: bool = False  # whose it is, only those are told who may see their figures


def _reason(back: PassBack) -> str:
    reasons = terms_of(back.agreement_version).reasons
    label = reasons[back.reason].label if back.reason in reasons else back.reason
    return f"{label}. {back.note}" if back.note else f"{label}"


def _deal(deal: Deal) -> str:
    said = f"{deal.title} · {DealState(deal.state).label}"
    return said if deal.amount is None else f"{said} · {deal.amount:,.2f} {deal.currency}"


_LEAD = Shape(
    moment="first_contact_at",
    moment_is=lambda: _("First contact"),
    person="owner_id",
    says=lambda lead: str(Stage(lead.stage).label),
    lead="id",
)
_HANDOFF = Shape(
    moment="offered_at",
    moment_is=lambda: _("Handed over"),
    person="owner_id",
    says=lambda handoff: str(HandoffState(handoff.state).label),
    narrow=lambda rows, definition: rows.filter(
        lead_id__in=standing().filter(definition=definition, outcome=Outcome.MET).values("lead_id")
    ),
)
_DEAL = Shape(
    moment="closed_at",
    moment_is=lambda: _("Closed"),
    person="owner_id",
    says=_deal,
    narrow=lambda rows, currency: rows.filter(currency=currency),
)
_REQUEST = Shape(
    moment="asked_at",
    moment_is=lambda: _("Asked"),
    person="answered_by_id",
    says=lambda request: shorten(str(request), 120, placeholder="…"),
    is_personal=True,
    due="due_at",
    done="answered_at",
)
SHAPES: Mapping[type[Model], Shape] = {
    Lead: _LEAD,
    Handoff: _HANDOFF,
    Clock: Shape(
        moment="started_at",
        moment_is=lambda: _("Promised from"),
        person="user_id",
        says=lambda clock: str(ClockKind(clock.kind).label),
        is_personal=True,
        due="due_at",
        done="stopped_at",
    ),
    PassBack: Shape(
        moment="passed_back_at",
        moment_is=lambda: _("Passed back"),
        person="passed_back_by_id",
        says=_reason,
        narrow=lambda rows, reason: rows.filter(reason=reason),
    ),
    Verdict: Shape(
        moment="since_at",
        moment_is=lambda: _("Since"),
        person="",
        says=lambda verdict: str(Outcome(verdict.outcome).label),
        narrow=lambda rows, definition: rows.filter(definition=definition),
    ),
    Deal: _DEAL,
    ContentRequest: _REQUEST,
}

# What slips is looked at from its oldest on, and by the moment since when it does.
_SLIPS = replace(
    _HANDOFF,
    oldest_first=True,
    says=lambda handoff: because(handoff.trigger, None).capitalize(),
    ages=lambda: _("handed over %(age)s ago"),
    held="assigned_at",
)
_STAYS = replace(
    _LEAD,
    oldest_first=True,
    moment="stage_entered_at",
    moment_is=lambda: _("In the stage since"),
    ages=lambda: _("in the stage for %(age)s"),
)
_NURTURED = replace(_STAYS, ages=lambda: _("in nurture for %(age)s"))
_BY_KEY: Mapping[str, Shape] = {
    "never_attempted": _SLIPS,
    "gone_quiet": replace(
        _SLIPS,
        moment="accepted_at",
        moment_is=lambda: _("Accepted"),
        ages=lambda: _("accepted %(age)s ago"),
    ),
    "step_overdue": replace(
        _SLIPS,
        moment="step_due_at",
        moment_is=lambda: _("Promised for"),
        ages=lambda: _("promised for %(age)s ago"),
    ),
    "without_owner": _SLIPS,
    "without_deal": _STAYS,
    "leads_left_behind": _STAYS,
    "deals_left_behind": replace(
        _DEAL,
        oldest_first=True,
        moment="opened_at",
        moment_is=lambda: _("Opened"),
        ages=lambda: _("opened %(age)s ago"),
        says=lambda deal: str(deal.title),
    ),
    "content_past_due": replace(
        _REQUEST,
        oldest_first=True,
        person="asked_by_id",
        is_personal=False,
        ages=lambda: _("asked %(age)s ago"),
    ),
    "off_track": _NURTURED,
    "in_nurture": _NURTURED,
    "in_touch": _NURTURED,
    "out_of_touch": _NURTURED,
    "stuck_with_marketing": _STAYS,
    "stuck_with_sales": _STAYS,
}


def shape_of(key: str, rows: Any) -> Shape:
    """How the rows of a metric are read."""
    return _BY_KEY.get(key) or SHAPES[rows.model]
