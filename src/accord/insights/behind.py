"""The rows behind a figure: what exactly was counted, each with its lead, person and moment."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accord.agreement.wording import lasting
from accord.base.errors import Missing
from accord.criteria.metrics import all_metrics
from accord.insights.became import Became, became
from accord.insights.metrics import Metric, Scope
from accord.insights.narrowing import narrowed
from accord.insights.shapes import SHAPES, Shape, shape_of
from accord.leads.models import Lead
from accord.leads.queries import position_of, visible_to
from accord.teams.models import User
from accord.teams.queries import names, whose_figures

PAGE = 50


@dataclass(frozen=True)
class Behind:
    """One counted row. `lead` is None where the reader may not see it, `lead_id` where it is about
    none; moments as in `Shape`.

    `held_since` is since when the person has it, `ages` what `aged` says. `is_open` is of handoffs:
    whether it was not disposed of. `became` is of promises that are not done.
    """

    id: uuid.UUID
    lead_id: uuid.UUID | None
    lead: Lead | None
    person: str
    person_id: uuid.UUID | None
    moment: datetime
    due_at: datetime | None
    done_at: datetime | None
    says: str
    is_open: bool
    held_since: datetime | None
    ages: str
    became: Became | None = None

    def aged(self, at: datetime) -> str:
        """How old it is at a moment, in words, such as “handed over 3 h ago”."""
        return self.ages % {"age": lasting(max(at - self.moment, timedelta()))}


@dataclass(frozen=True)
class ListPage:
    """A page of counted rows, in their order, and how many there are."""

    moment_is: str
    rows: Sequence[Behind]
    total: int
    next_cursor: str | None


@dataclass(frozen=True)
class BehindPage(ListPage):
    """A page of what a metric counts over a scope."""

    metric: Metric


def behind(key: str, scope: Scope, *, user: User, only: str = "", cursor: str = "") -> BehindPage:
    """What the metric counts over the scope; `only` narrows it, see `narrowing`.

    Six queries.

    Raises Missing for a figure that nobody counts.
    """
    if key not in all_metrics():
        raise Missing(_("There is no figure “%(key)s”.") % {"key": key})
    counted = all_metrics()[key]
    rows = narrowed(counted.rows(scope), only, reader=user)
    page = page_of(rows, user, cursor, shape=shape_of(key, rows))
    return BehindPage(**vars(page), metric=counted)


def page_of(rows: Any, user: User, cursor: str = "", *, shape: Shape | None = None) -> ListPage:
    """A page of rows; leads that the person may not see are counted, but not named."""
    shape = shape or SHAPES[rows.model]
    found = list(_after(rows, shape, cursor)[: PAGE + 1])
    return ListPage(
        moment_is=shape.moment_is(),
        rows=read_rows([(shape, found[:PAGE])], user=user)[0],
        total=rows.count(),
        next_cursor=_cursor(found[PAGE - 1], shape.moment) if len(found) > PAGE else None,
    )


def ordered(rows: Any, shape: Shape) -> Any:
    """The rows in the order in which they are looked at."""
    sign = "" if shape.oldest_first else "-"
    return rows.order_by(f"{sign}{shape.moment}", f"{sign}id")


def _after(rows: Any, shape: Shape, cursor: str) -> Any:
    if position := position_of(cursor):
        at, id = position
        beyond = "gt" if shape.oldest_first else "lt"
        later = Q(**{f"{shape.moment}__{beyond}": at})
        rows = rows.filter(later | Q(**{shape.moment: at, f"id__{beyond}": id}))
    return ordered(rows, shape)


def _cursor(row: Any, moment: str) -> str:
    return f"{getattr(row, moment).isoformat()}~{row.id}"


def read_rows(lists: Sequence[tuple[Shape, Sequence[Any]]], *, user: User) -> list[list[Behind]]:
    """Rows as a person reads them, list by list. Four queries, however many lists.

    Whose a kept or missed promise is, is told as far as a person's figures are.
    """
    found = [(shape, row) for shape, rows in lists for row in rows]
    leads = _leads(found, visible_to(user))
    told = {id for each, row in found if not each.is_personal for id in [_person(each, row)]}
    personal = {id for each, row in found if each.is_personal for id in [_person(each, row)] if id}
    if personal:
        told |= set(whose_figures(user).filter(id__in=personal).values_list("id", flat=True))
    people, ends = names(told), became(row for _shape, row in found)
    return [
        [replace(_behind(shape, row, leads, people), became=ends.get(row.id)) for row in rows]
        for shape, rows in lists
    ]


def read_all(lists: Sequence[tuple[Shape, Sequence[Any]]]) -> list[list[Behind]]:
    """As `read_rows`, for whoever may see every lead and person of them. Two queries."""
    found = [(shape, row) for shape, rows in lists for row in rows]
    leads = _leads(found, Lead.objects.filter(merged_into_id__isnull=True))
    people = names({_person(shape, row) for shape, row in found})
    return [[_behind(shape, row, leads, people) for row in rows] for shape, rows in lists]


def _leads(found: Sequence[tuple[Shape, Any]], of: QuerySet[Lead]) -> Mapping[uuid.UUID, Lead]:
    ids = {id for shape, row in found if (id := getattr(row, shape.lead))}
    return of.select_related("company").in_bulk(list(ids))


def _person(shape: Shape, row: Any) -> uuid.UUID | None:
    return getattr(row, shape.person, None) if shape.person else None


def _behind(
    shape: Shape, row: Any, leads: Mapping[uuid.UUID, Lead], people: Mapping[uuid.UUID, str]
) -> Behind:
    person = _person(shape, row)
    return Behind(
        id=row.id,
        lead_id=getattr(row, shape.lead),
        lead=leads.get(getattr(row, shape.lead)),
        person=people.get(person, "") if person else "",
        person_id=person,
        moment=getattr(row, shape.moment),
        due_at=getattr(row, shape.due) if shape.due else None,
        done_at=getattr(row, shape.done) if shape.done else None,
        says=shape.says(row),
        is_open=getattr(row, "disposed_at", None) is None,
        held_since=getattr(row, shape.held) if shape.held else None,
        ages=shape.ages(),
    )
