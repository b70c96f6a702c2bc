"""What both teams do together, in words: the goal, the figures, the meetings, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.agreement.document import Goal
from accord.agreement.terms import Terms
from accord.agreement.wording import ROLES, joined, percent
from accord.criteria.metrics import all_metrics, all_rates

PERIODS: dict[str, Any] = {
    "month": gettext_lazy("each month"),
    "quarter": gettext_lazy("each quarter"),
    "year": gettext_lazy("each year"),
}
EVERY: dict[str, Any] = {
    "day": gettext_lazy("Every day"),
    "week": gettext_lazy("Every week"),
    "month": gettext_lazy("Every month"),
    "quarter": gettext_lazy("Every quarter"),
}


@dataclass(frozen=True)
class MeetingRead:
    """When both teams meet, who comes, and what for."""

    title: str
    every: str
    who: str
    text: str


@dataclass(frozen=True)
class FigureRead:
    """A figure that both look at: what people call it, and what it counts."""

    key: str
    label: str
    sentence: str


@dataclass(frozen=True)
class Together:
    """`goal`, `revenue` and `share` are "" where no goal is named.

    `consequences` are pairs of a side and what it does.
    """

    goal: str
    revenue: str
    share: str
    consequences: Sequence[tuple[str, str]]
    figures: Sequence[FigureRead]
    meetings: Sequence[MeetingRead]


def read_together(terms: Terms) -> Together:
    """These parts of the agreement, in the order of the document."""
    said = terms.document
    goal, missed = said.goal, said.consequences
    return Together(
        goal=goal.text if goal else "",
        revenue=_revenue(goal) if goal else "",
        share=_("Marketing brings %(share)s of it.") % {"share": percent(goal.marketing_share)}
        if goal
        else "",
        consequences=[(_("Marketing"), missed.marketing), (_("Sales"), missed.sales)]
        if missed
        else [],
        figures=[_figure(each.figure, each.text or "") for each in said.figures],
        meetings=[
            MeetingRead(
                title=each.title,
                every=str(EVERY[each.every]),
                who=joined([str(ROLES[role]) for role in each.who]),
                text=each.text,
            )
            for each in said.meetings
        ],
    )


def _revenue(goal: Goal) -> str:
    return _("%(amount)s %(currency)s %(period)s") % {
        "amount": number_format(goal.revenue, force_grouping=True),
        "currency": goal.currency,
        "period": PERIODS[goal.per],
    }


def _figure(key: str, text: str) -> FigureRead:
    counted = all_metrics().get(key) or all_rates()[key]
    return FigureRead(key, str(counted.label), text or str(counted.sentence))
