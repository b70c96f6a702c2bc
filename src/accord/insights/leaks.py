"""Where leads slip through: each kind with its number, its oldest rows, and who answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Value
from django.utils.translation import gettext as _

from accord.agreement.wording import worded
from accord.base.lifecycle import Side
from accord.handoffs.leaks import quiet_span
from accord.handoffs.nurture import nurture_span
from accord.insights.behind import Behind, ordered, read_rows
from accord.insights.metrics import Metric, Scope, metric
from accord.insights.shapes import shape_of
from accord.leads.leaks import FEWEST, MOVING, pace
from accord.teams.models import User

SHOWN = 5  # of a kind; all of them stand behind its number


class Leak(NamedTuple):
    """A kind of leak: its metric, the side that can end it, and the duty that covers it."""

    key: str
    side: Side
    step: str


# What costs a customer soonest comes first.
LEAKS = (
    Leak("never_attempted", Side.SALES, "first_attempt"),
    Leak("step_overdue", Side.SALES, "follow_up"),
    Leak("without_owner", Side.SALES, "follow_up"),
    Leak("gone_quiet", Side.SALES, "attempts"),
    Leak("without_deal", Side.SALES, "disposition"),
    Leak("deals_left_behind", Side.SALES, "close"),
    Leak("leads_left_behind", Side.SALES, "follow_up"),
    Leak("stuck_with_sales", Side.SALES, "disposition"),
    Leak("stuck_with_marketing", Side.MARKETING, "hand_off"),
    Leak("content_past_due", Side.MARKETING, "content"),
    Leak("off_track", Side.MARKETING, "pass_back_answer"),
)


@dataclass(frozen=True)
class Leaking:
    """A kind of leak as it stands: how many there are, and the oldest few."""

    leak: Leak
    metric: Metric
    moment_is: str
    number: int
    rows: Sequence[Behind]


@dataclass(frozen=True)
class LeakBoard:
    """Every kind of leak; `notes` say by which limits they are judged."""

    at: datetime
    leaking: Sequence[Leaking]
    notes: Sequence[str]

    @property
    def total(self) -> int:
        """How many in all; a lead that slips in two ways is two."""
        return sum(each.number for each in self.leaking)


def leaks(*, at: datetime) -> dict[str, int]:
    """How many there are of each kind, by the metric's key, counted in one query."""
    scope = Scope(at=at)
    counts = [
        metric(leak.key)
        .rows(scope)
        .annotate(kind=Value(leak.key))
        .values("kind")
        .annotate(number=Count("id"))
        for leak in LEAKS
    ]
    found = {row["kind"]: row["number"] for row in counts[0].union(*counts[1:], all=True)}
    return {leak.key: found.get(leak.key, 0) for leak in LEAKS}


def leaks_by_side(*, at: datetime) -> dict[Side, dict[str, int]]:
    """As `leaks`, by the side that can end them."""
    numbers = leaks(at=at)
    return {
        side: {leak.key: numbers[leak.key] for leak in LEAKS if leak.side == side}
        for side in (Side.SALES, Side.MARKETING)
    }


def leak_board(*, user: User, at: datetime) -> LeakBoard:
    """Every kind of leak with its oldest rows. A fixed number of queries."""
    scope, lists = Scope(at=at), []
    for leak in LEAKS:
        rows = metric(leak.key).rows(scope)
        shape = shape_of(leak.key, rows)
        found = list(ordered(rows, shape)[: SHOWN + 1])
        number = len(found) if len(found) <= SHOWN else rows.count()
        lists.append((leak, shape, number, found[:SHOWN]))
    read = read_rows([(shape, found) for _leak, shape, _number, found in lists], user=user)
    return LeakBoard(
        at=at,
        leaking=[
            Leaking(leak, metric(leak.key), shape.moment_is(), number, rows)
            for (leak, shape, number, _found), rows in zip(lists, read, strict=True)
        ],
        notes=_notes(scope),
    )


def _notes(scope: Scope) -> list[str]:
    notes = [_("An accepted lead is quiet after %(span)s.") % {"span": worded(quiet_span())}]
    if nurture := nurture_span():
        notes.append(_("One in nurture is after %(span)s.") % {"span": worded(nurture)})
    else:
        notes.append(_("The agreement promises nothing to leads in nurture; nobody is missed."))
    known = scope.once("pace", lambda: pace(scope.at))
    for stage in MOVING:
        each = known.get(stage)
        words = {"stage": stage.label, "n": each.stays if each else 0, "fewest": FEWEST}
        if each and each.is_enough and each.p90 is None:
            said = _(
                "%(stage)s: more than one in ten of those who came in twelve months are still in "
                "it, so nobody is called stuck."
            )
            notes.append(said % words)
        elif each and each.is_enough and each.p90 is not None:
            said = _("%(stage)s: nine in ten left it within %(days).1f days, by %(n)d who did.")
            notes.append(said % {**words, "days": each.p90.total_seconds() / 86_400})
        else:
            notes.append(
                _(
                    "%(stage)s: only %(n)d stays ended in twelve months; nobody is called stuck "
                    "by fewer than %(fewest)d."
                )
                % words
            )
    return notes
