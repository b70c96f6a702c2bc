"""Where leads slip through: each kind with its number, its oldest rows, and who answers for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.agreement.wording import lasting, worded
from accord.base.lifecycle import Side, Stage
from accord.handoffs.leaks import quiet_span
from accord.handoffs.nurture import nurture_span
from accord.insights.behind import Behind, ordered, read_rows
from accord.insights.metrics import Metric, Scope, metric
from accord.insights.shapes import shape_of
from accord.leads.leaks import FEWEST, MOVING, Pace, held_by, not_judged, paces
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


# What is judged by the pace at which leads leave these stages.
BY_PACE = {
    "stuck_with_sales": held_by(Side.SALES),
    "stuck_with_marketing": held_by(Side.MARKETING),
}


class Counted(NamedTuple):
    """How many leaks there are of each kind, and the kinds of which there may be more than that."""

    numbers: Mapping[str, int]
    cannot_tell: Collection[str]


@dataclass(frozen=True)
class Leaking:
    """A kind of leak as it stands: how many there are, and the oldest few.

    `cannot_tell` says of which leads it cannot be told, and why.
    """

    leak: Leak
    metric: Metric
    moment_is: str
    number: int
    rows: Sequence[Behind]
    cannot_tell: Sequence[str]


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

    @property
    def is_certain(self) -> bool:
        """Whether there can be no more leaks than these."""
        return not any(each.cannot_tell for each in self.leaking)


def leaks(*, at: datetime) -> dict[str, int]:
    """How many there are of each kind, by the metric's key, counted in one query."""
    return dict(counted(at=at).numbers)


def counted(*, at: datetime) -> Counted:
    """As `leaks`, with the kinds of which there may be more than can be told. As many queries."""
    scope = Scope(at=at)
    kinds = {leak.key: metric(leak.key).rows(scope) for leak in LEAKS}
    first, *others = [
        rows.annotate(kind=kind).values("kind").annotate(number=Count("id"))
        for rows, kind in (
            *((rows, Value(key)) for key, rows in kinds.items()),
            (not_judged(scope), F("stage")),
        )
    ]
    found = {row["kind"]: row["number"] for row in first.union(*others, all=True)}
    return Counted(
        numbers={leak.key: found.get(leak.key, 0) for leak in LEAKS},
        cannot_tell=[key for key, stages in BY_PACE.items() if not found.keys().isdisjoint(stages)],
    )


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
    not_told = _not_told(scope)
    return LeakBoard(
        at=at,
        leaking=[
            Leaking(
                *(leak, metric(leak.key), shape.moment_is(), number, rows),
                cannot_tell=[
                    not_told[stage] for stage in BY_PACE.get(leak.key, ()) if stage in not_told
                ],
            )
            for (leak, shape, number, _found), rows in zip(lists, read, strict=True)
        ],
        notes=_notes(scope),
    )


def _not_told(scope: Scope) -> Mapping[str, str]:
    """The stages that have leads, and of which nobody can tell what is too long: each with why."""
    found = paces(scope)
    rows = not_judged(scope).values_list("stage").annotate(number=Count("id")).order_by()
    return {stage: _why_not(Stage(stage), found.get(stage), number) for stage, number in rows}


def _why_not(stage: Stage, known: Pace | None, number: int) -> str:
    words = {"stage": stage.label, "number": f"{number:,}", "fewest": FEWEST}
    whom = ngettext("%(stage)s, %(number)s lead:", "%(stage)s, %(number)s leads:", number) % words
    if known and known.is_enough:
        why = _(
            "more than one in ten of those who came in twelve months are still in it, so that "
            "nobody can tell who stays too long."
        )
    else:
        why = _(
            "%(n)d left it in twelve months, and it takes %(fewest)d to tell who stays too long."
        ) % {**words, "n": known.stays if known else 0}
    return f"{whom} {why}"


def _notes(scope: Scope) -> list[str]:
    quiet = _("An accepted lead has gone quiet when sales has written nothing down for %(span)s.")
    notes = [quiet % {"span": worded(quiet_span())}]
    if nurture := nurture_span():
        said = _("Nothing happens in nurture when nothing was sent or done for %(span)s.")
        notes.append(said % {"span": worded(nurture)})
    else:
        notes.append(_("The agreement promises nothing to leads in nurture; nobody is missed."))
    found = paces(scope)
    for stage in MOVING:
        each = found.get(stage)
        if each and each.is_enough and each.p90 is not None:
            said = _("%(stage)s: nine in ten leave it within %(span)s, by %(n)d who did.")
            words = {"stage": stage.label, "span": lasting(each.p90), "n": each.stays}
            notes.append(said % words)
    return notes
