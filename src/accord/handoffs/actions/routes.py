"""Setting the routes: rules in order for where leads go. Every change is kept."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.queries import running
from accord.base.errors import Invalid, Missing
from accord.base.ids import new_id
from accord.handoffs.models import Pool, Route, RouteCompany, RouteKind
from accord.leads.models import Company
from accord.qualification.own_criteria import askable
from accord.teams.actions.changes import Changed, note_changes
from accord.teams.models import User


@dataclass(frozen=True)
class Routing:
    """A route as it is to be: companies or criteria (what is not of its kind is left out).

    It leads to a pool or to a person.
    """

    name: str
    kind: str
    criteria: Mapping[str, Any] = field(default_factory=dict)
    companies: Collection[uuid.UUID] = ()
    pool_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    is_active: bool = True


def add_route(*, routing: Routing, by: uuid.UUID | None, at: datetime) -> Route:
    """Add a route after those that are there; one of named accounts before all territories.

    Raises Invalid naming the field that does not fit.
    """
    _check(routing)
    with transaction.atomic():
        there = _in_order()
        before = [each for each in there if each.kind <= routing.kind]
        route = Route.objects.create(id=new_id(), position=len(before), **_columns(routing))
        _set_companies(route, routing)
        _set_order([*(r.id for r in before), route.id, *(r.id for r in there[len(before) :])])
        note_changes(changes=[_changed(route, {}, _of(route))], by=by, at=at)
    return route


def change_route(*, route_id: uuid.UUID, routing: Routing, by: uuid.UUID, at: datetime) -> None:
    """Change a route, but for its place. Raises Missing, or Invalid as `add_route` does."""
    _check(routing)
    with transaction.atomic():
        before = _of(_there(route_id))
        Route.objects.filter(id=route_id).update(**_columns(routing))
        route = _there(route_id)
        _set_companies(route, routing)
        note_changes(changes=[_changed(route, before, _of(route))], by=by, at=at)


def move_route(*, route_id: uuid.UUID, by_places: int, by: uuid.UUID, at: datetime) -> None:
    """Move a route up (below 0) or down in the order; at an end it stays. Raises Missing."""
    with transaction.atomic():
        route = _there(route_id)
        order = [each.id for each in _in_order()]
        place = order.index(route_id)
        order.insert(min(max(place + by_places, 0), len(order) - 1), order.pop(place))
        if order.index(route_id) == place:
            return
        _set_order(order)
        after = {"place": order.index(route_id) + 1}
        note_changes(changes=[_changed(route, {"place": place + 1}, after)], by=by, at=at)


def remove_route(*, route_id: uuid.UUID, by: uuid.UUID, at: datetime) -> None:
    """Take a route out; what it decided keeps its trace. Raises Missing."""
    with transaction.atomic():
        route = _there(route_id)
        note_changes(changes=[_changed(route, _of(route), {})], by=by, at=at)
        route.delete()
        _set_order([each.id for each in _in_order()])


def _check(routing: Routing) -> None:
    if not routing.name.strip():
        raise Invalid(_("The route has no name; say whom it is for."), field="name")
    if (routing.pool_id is None) == (routing.person_id is None):
        raise Invalid(_("Choose a pool or a person to whom it leads."), field="leads_to")
    if routing.pool_id and not Pool.objects.filter(id=routing.pool_id).exists():
        raise Invalid(_("This pool is not here any more; choose another."), field="leads_to")
    if routing.person_id and not User.objects.filter(id=routing.person_id, is_active=True).exists():
        raise Invalid(_("This person is not here any more; choose another."), field="leads_to")
    if routing.kind == RouteKind.COMPANIES:
        if not routing.companies:
            raise Invalid(_("Name at least one company."), field="companies")
    elif routing.kind == RouteKind.CRITERIA:
        askable(routing.criteria, terms=running())
    else:
        raise Invalid(_("Choose named accounts or a territory."), field="kind")


def _columns(routing: Routing) -> dict[str, Any]:
    return {
        "name": routing.name.strip()[:100],
        "kind": routing.kind,
        "criteria": dict(routing.criteria) if routing.kind == RouteKind.CRITERIA else {},
        "pool_id": routing.pool_id,
        "person_id": routing.person_id,
        "is_active": routing.is_active,
    }


def _set_companies(route: Route, routing: Routing) -> None:
    wanted = set(routing.companies) if routing.kind == RouteKind.COMPANIES else set()
    there = Company.objects.filter(id__in=wanted).order_by("id").values_list("id", flat=True)
    RouteCompany.objects.filter(route=route).exclude(company_id__in=wanted).delete()
    RouteCompany.objects.bulk_create(
        [RouteCompany(id=new_id(), route=route, company_id=id) for id in there],
        ignore_conflicts=True,
    )


def _in_order() -> list[Route]:
    return list(Route.objects.order_by("position", "id").select_for_update())


def _set_order(order: Sequence[uuid.UUID]) -> None:
    Route.objects.bulk_update(
        [Route(id=id, position=n) for n, id in enumerate(order)], ["position"]
    )


def _there(route_id: uuid.UUID) -> Route:
    route = Route.objects.select_related("pool", "person").filter(id=route_id).first()
    if route is None:
        raise Missing(_("This route is not here any more; somebody may have taken it out."))
    return route


def _of(route: Route) -> dict[str, Any]:
    """A route as the audit keeps it."""
    companies = Company.objects.filter(id__in=_companies(route)).order_by("name")
    return {
        "kind": route.kind,
        "criteria": route.criteria,
        "companies": list(companies.values_list("name", flat=True)),
        "leads_to": route.pool.name if route.pool else route.person.name if route.person else "",
        "is_active": route.is_active,
    }


def _companies(route: Route) -> list[uuid.UUID]:
    found = RouteCompany.objects.filter(route=route)
    return list(found.values_list("company_id", flat=True))


def _changed(route: Route, before: Mapping[str, Any], after: Mapping[str, Any]) -> Changed:
    return Changed("route", route.id, route.name, before, after)
