"""The rows behind a figure: what exactly was counted, each with its lead, person and moment."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from accord.agreement.queries import terms_of
from accord.base.errors import Missing
from accord.base.lifecycle import Stage
from accord.criteria.metrics import all_metrics
from accord.deals.models import Deal, DealState
from accord.handoffs.models import Clock, Handoff, HandoffState, PassBack
from accord.insights.metrics import Metric, Scope
from accord.leads.models import Lead
from accord.leads.queries import position_of, visible_to
from accord.qualification.models import Outcome, Verdict
from accord.qualification.queries import standing
from accord.teams.models import User
from accord.teams.queries import names

PAGE = 50


@dataclass(frozen=True)
class Behind:
    """One counted row. `lead` is None where the reader may not see it; moments as in `Shape`."""

    lead: Lead | None
    person: str
    moment: datetime
    due_at: datetime | None
    done_at: datetime | None
    says: str


@dataclass(frozen=True)
class BehindPage:
    """A page of what a metric counts over a scope, newest first, and how many there are."""

    metric: Metric
    moment_is: str
    rows: Sequence[Behind]
    total: int
    next_cursor: str | None


@dataclass(frozen=True)
class Shape:
    """How rows of a model are read: their moment and its name, whose they are, what they say."""

    moment: str
    moment_is: Callable[[], str]
    person: str
    says: Callable[[Any], str]
    due: str = ""
    done: str = ""
    lead: str = "lead_id"
    narrow: Callable[[Any, str], Any] | None = None


def _reason(back: PassBack) -> str:
    reasons = terms_of(back.agreement_version).reasons
    label = reasons[back.reason].label if back.reason in reasons else back.reason
    return f"{label}. {back.note}" if back.note else f"{label}"


SHAPES: Mapping[type[Model], Shape] = {
    Lead: Shape(
        moment="first_contact_at",
        moment_is=lambda: _("First contact"),
        person="owner_id",
        says=lambda lead: str(Stage(lead.stage).label),
        lead="id",
    ),
    Handoff: Shape(
        moment="offered_at",
        moment_is=lambda: _("Handed over"),
        person="owner_id",
        says=lambda handoff: str(HandoffState(handoff.state).label),
        narrow=lambda rows, definition: rows.filter(
            lead_id__in=standing()
            .filter(definition=definition, outcome=Outcome.MET)
            .values("lead_id")
        ),
    ),
    Clock: Shape(
        moment="started_at",
        moment_is=lambda: _("Promised from"),
        person="user_id",
        says=lambda clock: "",
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
    Deal: Shape(
        moment="closed_at",
        moment_is=lambda: _("Closed"),
        person="owner_id",
        says=lambda deal: f"{deal.title} · {DealState(deal.state).label}",
    ),
}


def behind(key: str, scope: Scope, *, user: User, only: str = "", cursor: str = "") -> BehindPage:
    """What the metric counts over the scope; `only` narrows it to a reason or definition.

    Five queries.

    Raises Missing for a figure that nobody counts.
    """
    if key not in all_metrics():
        raise Missing(_("There is no figure “%(key)s”.") % {"key": key})
    counted = all_metrics()[key]
    rows = narrowed(counted.rows(scope), only)
    shape = SHAPES[rows.model]
    found = list(_after(rows, shape.moment, cursor)[: PAGE + 1])
    return BehindPage(
        metric=counted,
        moment_is=shape.moment_is(),
        rows=_read(found[:PAGE], shape, user),
        total=rows.count(),
        next_cursor=_cursor(found[PAGE - 1], shape.moment) if len(found) > PAGE else None,
    )


def narrowed(rows: Any, only: str) -> Any:
    """The rows of a metric, where `only` names a reason or definition those of it."""
    narrow = SHAPES[rows.model].narrow
    return narrow(rows, only) if only and narrow else rows


def _after(rows: Any, moment: str, cursor: str) -> Any:
    if position := position_of(cursor):
        at, id = position
        earlier = Q(**{f"{moment}__lt": at}) | Q(**{moment: at}, id__lt=id)
        rows = rows.filter(earlier)
    return rows.order_by(f"-{moment}", "-id")


def _cursor(row: Any, moment: str) -> str:
    return f"{getattr(row, moment).isoformat()}~{row.id}"


def _read(found: Sequence[Any], shape: Shape, user: User) -> list[Behind]:
    ids: set[uuid.UUID] = {getattr(row, shape.lead) for row in found}
    leads = visible_to(user).select_related("company").in_bulk(list(ids))
    persons: list[uuid.UUID | None] = [getattr(row, shape.person, None) for row in found]
    people = names(persons)
    return [
        Behind(
            lead=leads.get(getattr(row, shape.lead)),
            person=people.get(person, "") if person else "",
            moment=getattr(row, shape.moment),
            due_at=getattr(row, shape.due) if shape.due else None,
            done_at=getattr(row, shape.done) if shape.done else None,
            says=shape.says(row),
        )
        for row, person in zip(found, persons, strict=True)
    ]
