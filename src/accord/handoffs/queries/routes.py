"""Routes and pools as they are shown, and what the routes would do with leads."""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accord.agreement.queries import running
from accord.base.errors import Invalid, Missing
from accord.criteria.explain import lines
from accord.criteria.registry import registry
from accord.handoffs.models import Handoff, Pool, PoolMember, Route, RouteCompany, RouteKind
from accord.handoffs.queries.free import people_now
from accord.handoffs.queries.routing import routing_plan, wanted_of
from accord.handoffs.rules import routing
from accord.handoffs.traces import trace_sentences
from accord.leads.models import Company
from accord.qualification.own_criteria import definition_of

LATELY = timedelta(days=30)
MOST = 5_000  # leads that are looked at beside the routes, the newest first


@dataclass(frozen=True)
class RouteShown:
    """A route with what it asks in words: the companies by name, or a sentence for each clause."""

    route: Route
    companies: Sequence[str]
    clauses: Sequence[str]

    @property
    def key(self) -> str:
        """Its id as text."""
        return str(self.route.id)


@dataclass(frozen=True)
class PoolShown:
    """A pool with those who take turns in it, and how many handoffs wait for one of them."""

    pool: Pool
    members: Sequence[PoolMember]
    waiting: int


@dataclass(frozen=True)
class Taken:
    """How many leads come under a rule: open handoffs, and those handed over lately."""

    open: int = 0
    lately: int = 0


@dataclass(frozen=True)
class Trial:
    """Where a lead would go now; `to` is a name, None the queue. Nothing is written."""

    to: str | None
    why: Sequence[str]


def routes_shown() -> list[RouteShown]:
    """The routes in their order. Two statements."""
    names: dict[uuid.UUID, list[str]] = {}
    rows = RouteCompany.objects.order_by("company__name").values_list("route_id", "company__name")
    for route_id, name in rows:
        names.setdefault(route_id, []).append(name)
    routes = Route.objects.select_related("pool", "person").order_by("position", "id")
    return [
        RouteShown(
            each,
            names.get(each.id, ()),
            clauses_of(each.criteria) if each.kind == RouteKind.CRITERIA else (),
        )
        for each in routes
    ]


def one_route(route_id: uuid.UUID) -> RouteShown:
    """A route. Raises Missing."""
    found = next((each for each in routes_shown() if each.route.id == route_id), None)
    if found is None:
        raise Missing(_("This route is not here any more; somebody may have taken it out."))
    return found


def clauses_of(criteria: Mapping[str, Any]) -> list[str]:
    """Criteria as sentences; what can no longer be read stands as it is written."""
    try:
        found = lines(definition_of(criteria), registry=registry, titles=running().titles)
    except Invalid:
        return [str(criteria)]
    return [f"{'– ' * line.depth}{line.sentence}" for line in found]


def pools_shown() -> list[PoolShown]:
    """The pools, the default one first. Three statements."""
    members: dict[uuid.UUID, list[PoolMember]] = {}
    places = PoolMember.objects.filter(left_at__isnull=True).select_related("user")
    for row in places.order_by("user__name", "user_id"):
        members.setdefault(row.pool_id, []).append(row)
    queued = Handoff.objects.filter(owner__isnull=True, disposed_at__isnull=True)
    waiting = dict(queued.values_list("pool_id").annotate(number=Count("id")))
    pools = Pool.objects.select_related("next_pool").order_by("-is_default", "name")
    return [PoolShown(each, members.get(each.id, ()), waiting.get(each.id, 0)) for each in pools]


def one_pool(pool_id: uuid.UUID) -> PoolShown:
    """A pool. Raises Missing."""
    found = next((each for each in pools_shown() if each.pool.id == pool_id), None)
    if found is None:
        raise Missing(_("This pool is not here any more."))
    return found


def taken_by_routes(at: datetime) -> Mapping[str, Taken]:
    """How many leads come under each rule by what is known now, whoever is there.

    By "brought", "account", a route's id, or "" for the rest; of open handoffs and those of the
    last 30 days, `MOST` at most. A fixed number of statements.
    """
    rows = (
        Handoff.objects.filter(Q(disposed_at__isnull=True) | Q(offered_at__gte=at - LATELY))
        .order_by("-offered_at", "id")
        .values_list("id", "lead_id", "disposed_at", "offered_at")[:MOST]
    )
    stand = {id: (ended is None, offered >= at - LATELY) for id, _, ended, offered in rows}
    plan = routing_plan(at)
    found: dict[str, Taken] = {}
    for one in wanted_of({id: lead_id for id, lead_id, _end, _at in rows}, plan, at=at):
        rule = routing.decided_by(plan, one)
        before, (is_open, is_late) = found.get(rule, Taken()), stand[one.handoff_id]
        found[rule] = Taken(before.open + is_open, before.lately + is_late)
    return found


def try_lead(lead_id: uuid.UUID, at: datetime) -> Trial:
    """Where a lead would go if it were handed over now, and why; nothing is written."""
    plan = routing_plan(at)
    wanted = wanted_of({lead_id: lead_id}, plan, at=at)
    people = people_now(routing.named(plan, wanted), at)
    seed = f"{at.isoformat()} {lead_id}"
    dice = random.Random(seed)  # noqa: S311 - no secret
    (found,) = routing.route(wanted=wanted, plan=plan, people=people, dice=dice)
    to = people[found.user_id].name if found.user_id else None
    return Trial(to, trace_sentences(found.trace))


def companies_named(names: Sequence[str]) -> tuple[list[uuid.UUID], list[str]]:
    """Companies by name or domain, whatever the case; and the names that there are none of."""
    wanted = {name.strip().lower(): name.strip() for name in names if name.strip()}
    found: dict[str, uuid.UUID] = {}
    rows = Company.objects.annotate(lower=Lower("name")).filter(
        Q(lower__in=wanted) | Q(domain__in=wanted)
    )
    for id, name, domain in rows.order_by("-known_at").values_list("id", "name", "domain"):
        found |= {key: id for key in (name.lower(), domain) if key in wanted}
    return list(dict.fromkeys(found.values())), [w for key, w in wanted.items() if key not in found]
