"""What handoffs are routed by: pools and routes, who is free, and what is known of leads."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from accord.agreement.queries import running
from accord.base.once import asked_until_changed
from accord.handoffs.models import (
    Assignment,
    Handoff,
    PoolMember,
    Route,
    RouteCompany,
    RouteKind,
    WhenNobody,
)
from accord.handoffs.models import Pool as PoolRow
from accord.handoffs.queries.free import language_of
from accord.handoffs.rules import routing
from accord.handoffs.rules.places import offsets_of
from accord.handoffs.rules.pools import Caps, Member, Pool, Wish
from accord.handoffs.rules.routing import Answer, Plan, Wanted
from accord.leads.models import Lead
from accord.qualification.own_criteria import answers
from accord.teams.queries import company


def routing_plan(at: datetime) -> Plan:
    """The pools and the routes in order, as they stand. Five statements at most."""
    pools = _pools()
    rows = list(PoolMember.objects.filter(left_at__isnull=True).order_by("user_id"))
    got = _got(pools, rows, at)
    members: dict[uuid.UUID, list[Member]] = {pool.id: [] for pool in pools}
    caps = {pool.id: caps_of(pool) for pool in pools}
    for row in rows:
        members[row.pool_id].append(
            Member(
                row.user_id,
                row.weight,
                row.assigned,
                row.calibration,
                caps_of(row).or_else(caps[row.pool_id]),
                got.get((row.pool_id, row.user_id), (0, 0, 0)),
            )
        )
    return Plan(
        pools={pool.id: _pool(pool, members[pool.id]) for pool in pools},
        default=next((pool.id for pool in pools if pool.is_default), None),
        routes=tuple(route for route, is_active in every_route() if is_active),
    )


def caps_of(row: PoolRow | PoolMember) -> Caps:
    """The caps that a pool or a member states."""
    return Caps(row.most_a_day, row.most_a_week, row.most_a_month)


def _pool(row: PoolRow, members: Iterable[Member]) -> Pool:
    moves_on = row.when_nobody == WhenNobody.ESCALATE
    return Pool(
        id=row.id,
        name=row.name,
        members=tuple(members),
        only_at_work=row.only_at_work,
        minds_language=row.minds_language,
        minds_zone=row.minds_zone,
        next_pool=row.next_pool_id if moves_on else None,
        moves_on_after=row.moves_on_after or timedelta(),
    )


@asked_until_changed("handoffs_pool")
def _pools() -> list[PoolRow]:
    return list(PoolRow.objects.order_by("name"))


@asked_until_changed("handoffs_route", "handoffs_routecompany")
def every_route() -> tuple[tuple[routing.Route, bool], ...]:
    """The routes in their order, each with whether it applies. Two statements at most."""
    rows = list(Route.objects.order_by("position", "id"))
    named: dict[uuid.UUID, set[uuid.UUID]] = {}
    if any(row.kind == RouteKind.COMPANIES for row in rows):
        for route_id, company_id in RouteCompany.objects.values_list("route_id", "company_id"):
            named.setdefault(route_id, set()).add(company_id)
    return tuple(
        (
            routing.Route(
                row.id,
                row.name,
                frozenset(named.get(row.id, ())) if row.kind == RouteKind.COMPANIES else None,
                row.person_id,
                row.pool_id,
            ),
            row.is_active,
        )
        for row in rows
    )


def periods(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime, datetime]:
    """When the day, the week and the month began in which a moment lies, in a time zone."""
    today = at.astimezone(zone).date()
    days = (today, today - timedelta(days=today.weekday()), today.replace(day=1))
    day, week, month = (datetime.combine(each, time(), tzinfo=zone) for each in days)
    return day, week, month


def _got(
    pools: Collection[PoolRow], members: Collection[PoolMember], at: datetime
) -> Mapping[tuple[uuid.UUID, uuid.UUID], tuple[int, int, int]]:
    """How many came to each member in turn in this day, week and month, where it matters."""
    capped = {pool.id for pool in pools if any(caps_of(pool))}
    capped |= {member.pool_id for member in members if any(caps_of(member))}
    if not capped:
        return {}
    begun = periods(at, ZoneInfo(company().time_zone))
    begins = dict(zip(("day", "week", "month"), begun, strict=True))
    rows = (
        Assignment.objects.filter(pool_id__in=capped, assigned_from__gte=min(begins.values()))
        .values_list("pool_id", "user_id")
        .annotate(
            **{
                name: Count("id", filter=Q(assigned_from__gte=begin))
                for name, begin in begins.items()
            }
        )
    )
    return {(pool, user): (day, week, month) for pool, user, day, week, month in rows if pool}


def wanted_of(
    handoffs: Mapping[uuid.UUID, uuid.UUID],
    plan: Plan,
    *,
    at: datetime,
    not_to: Mapping[uuid.UUID, uuid.UUID] | None = None,
) -> list[Wanted]:
    """Handoffs (their leads by id) as they are routed by, by lead. Three statements at most."""
    rows = Lead.objects.filter(id__in=set(handoffs.values())).values_list(
        *("id", "brought_by_id", "company__owner_id", "company__name", "company_id"),
        *("language", "phone", "country"),
    )
    facts = {row[0]: row[1:] for row in rows}
    minds_zone = any(pool.minds_zone for pool in plan.pools.values())
    said = answers_to(plan, leads=facts, at=at)
    since = dict(
        Handoff.objects.filter(id__in=handoffs, queued_at__isnull=False).values_list(
            "id", "queued_at"
        )
    )
    found = []
    for id, lead_id in sorted(handoffs.items(), key=lambda row: (row[1], row[0])):
        if lead_id not in facts:
            continue
        brought_by, owner, account, company_id, language, phone, country = facts[lead_id]
        found.append(
            Wanted(
                handoff_id=id,
                brought_by=brought_by,
                account_owner=owner,
                account=account or "",
                company_id=company_id,
                wish=Wish(
                    language_of(language),
                    offsets_of(phone, country, at) if minds_zone else frozenset(),
                ),
                not_to=(not_to or {}).get(id),
                waited=max(at - (since.get(id) or at), timedelta()),
                answers=said.get(lead_id, {}),
            )
        )
    return found


def answers_to(
    plan: Plan, *, leads: Collection[uuid.UUID], at: datetime
) -> Mapping[uuid.UUID, Mapping[uuid.UUID, Answer]]:
    """What leads answer to the criteria of the plan's routes. Two statements at most."""
    asked = [route.id for route in plan.routes if route.companies is None]
    if not asked or not leads:
        return {}
    criteria = {
        str(row.id): row.criteria for row in Route.objects.filter(id__in=asked).order_by("id")
    }
    found = answers(criteria, terms=running(), leads=leads, at=at)
    return {
        lead_id: {uuid.UUID(key): Answer(*said) for key, said in of.items()}
        for lead_id, of in found.items()
    }
