"""Past handoffs, replayed through other routes, shares and caps. Nothing is written."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from accord.agreement.queries import running
from accord.handoffs.models import Assignment, Handoff, Route
from accord.handoffs.queries.routing import every_route, periods, routing_plan, wanted_of
from accord.handoffs.rules import routing
from accord.handoffs.rules.pools import Caps, Person
from accord.handoffs.rules.replay import Past, replay
from accord.handoffs.rules.routing import Answer, Plan, Routed, Wanted
from accord.handoffs.traces import trace_sentences
from accord.leads.models import Lead
from accord.qualification.own_criteria import answers_then
from accord.teams.models import SALES_ROLES, Absence, User
from accord.teams.queries import calendars_of, company
from accord.teams.rules import elapsed

MOST = 5_000
MOVED_SHOWN = 50
_A_MOMENT = timedelta(microseconds=1)
Span = tuple[datetime, datetime, uuid.UUID | None]


@dataclass(frozen=True)
class Other:
    """What is different in a simulation.

    `routes` are the ids of those that apply, in their order; None: as they are. `shares` and
    `caps` replace those of members (by pool and person) and of pools.
    """

    routes: Sequence[uuid.UUID] | None = None
    shares: Mapping[tuple[uuid.UUID, uuid.UUID], int] = field(default_factory=dict)
    caps: Mapping[uuid.UUID, Caps] = field(default_factory=dict)

    def of(self, plan: Plan, every_route: Iterable[routing.Route]) -> Plan:
        """The plan with this in it; `every_route` has those, too, that do not apply now."""
        pools = {
            id: replace(
                pool,
                members=tuple(
                    replace(
                        member,
                        weight=self.shares.get((id, member.user_id), member.weight),
                        caps=self.caps.get(id, member.caps),
                    )
                    for member in pool.members
                ),
            )
            for id, pool in plan.pools.items()
        }
        if self.routes is None:
            return replace(plan, pools=pools)
        by_id = {route.id: route for route in every_route}
        chosen = tuple(by_id[id] for id in self.routes if id in by_id)
        return replace(plan, pools=pools, routes=chosen)


@dataclass(frozen=True)
class Compared:
    """How many there were and would have been, of a person or under a rule."""

    name: str
    was: int
    would_be: int

    @property
    def more(self) -> int:
        """How many more there would have been; below zero: fewer."""
        return self.would_be - self.was


@dataclass(frozen=True)
class Moved:
    """A lead that would have gone to somebody else. "" is the queue."""

    lead: Lead
    was: str
    would_be: str
    why: Sequence[str]


@dataclass(frozen=True)
class Simulated:
    """What came of a replay; of the leads that would move, the first few."""

    handoffs: int
    people: Sequence[Compared]
    rules: Sequence[Compared]
    moved: int
    examples: Sequence[Moved]
    is_cut: bool  # there were more than `MOST`, and only the newest were replayed


def simulate(*, other: Other, begins: datetime, ends: datetime, at: datetime) -> Simulated:
    """Replay the handoffs offered within [begins, ends) through a plan that differs.

    Criteria are answered by what was known at each handoff, absences as they were; who owns an
    account, the people and their hours as they are now.
    """
    rows = list(
        Handoff.objects.filter(offered_at__gte=begins, offered_at__lt=ends)
        .order_by("-offered_at", "id")
        .values_list("id", "lead_id", "offered_at")[: MOST + 1]
    )
    is_cut, rows = len(rows) > MOST, rows[:MOST]
    plan = other.of(routing_plan(at), [route for route, _is_active in every_route()])
    past = _past(rows, plan, at)
    everybody = _People(plan, [one.wanted for one in past])
    found = replay(
        past,
        plan=plan,
        people=everybody.at,
        periods=partial(periods, zone=ZoneInfo(company().time_zone)),
        seed=begins.isoformat(),
    )
    return _compared(found, _first(rows), {id: lead for id, lead, _ in rows}, plan, is_cut)


def _past(
    rows: Sequence[tuple[uuid.UUID, uuid.UUID, datetime]], plan: Plan, at: datetime
) -> list[Past]:
    moments = {id: moment for id, _lead, moment in rows}
    blank = replace(plan, routes=tuple(r for r in plan.routes if r.companies is not None))
    wanted = wanted_of({id: lead for id, lead, _ in rows}, blank, at=at)
    said = _answers(rows, plan)
    return [
        Past(
            moments[one.handoff_id],
            replace(one, waited=timedelta(), answers=said.get(one.handoff_id, {})),
        )
        for one in wanted
    ]


def _answers(
    rows: Sequence[tuple[uuid.UUID, uuid.UUID, datetime]], plan: Plan
) -> dict[uuid.UUID, dict[uuid.UUID, Answer]]:
    """What each lead answered at its handoff; of several of one lead, at the last of them."""
    ids = [route.id for route in plan.routes if route.companies is None]
    criteria = {str(row.id): row.criteria for row in Route.objects.filter(id__in=ids)}
    moments = {lead: moment for _id, lead, moment in reversed(rows)}
    found = answers_then(criteria, terms=running(), moments=moments) if criteria else {}
    return {
        id: {uuid.UUID(key): Answer(*said) for key, said in found.get(lead, {}).items()}
        for id, lead, _moment in rows
    }


class _People:
    """Who was there when, by the absences that are known."""

    def __init__(self, plan: Plan, wanted: Sequence[Wanted]) -> None:
        named = routing.named(plan, wanted)
        self._away: dict[uuid.UUID, list[Span]] = {}
        for each in Absence.objects.order_by("absent_from"):
            span = (each.absent_from, each.absent_until, each.stand_in_id)
            self._away.setdefault(each.user_id, []).append(span)
        stand_ins = {span[2] for spans in self._away.values() for span in spans if span[2]}
        self._users = list(User.objects.filter(id__in=named | stand_ins))
        minds_hours = any(pool.only_at_work for pool in plan.pools.values())
        self._calendars = calendars_of([u.id for u in self._users]) if minds_hours else {}

    def at(self, moment: datetime) -> Mapping[uuid.UUID, Person]:
        """The people at a moment."""
        return {user.id: self._person(user, moment) for user in self._users}

    def _person(self, user: User, moment: datetime) -> Person:
        spans = self._away.get(user.id, ())
        away = next((span for span in spans if span[0] <= moment < span[1]), None)
        calendar = self._calendars.get(user.id)
        return Person(
            user.name,
            is_active=user.is_active,
            is_in_sales=not SALES_ROLES.isdisjoint(user.roles),
            is_present=away is None,
            is_at_work=calendar is None or bool(elapsed(calendar, moment, moment + _A_MOMENT)),
            languages=frozenset(user.languages),
            offset=moment.astimezone(ZoneInfo(user.time_zone)).utcoffset(),
            stand_in=away[2] if away else None,
        )


def _first(
    rows: Collection[tuple[uuid.UUID, uuid.UUID, datetime]],
) -> dict[uuid.UUID, Assignment]:
    """Who had each handoff first."""
    found = Assignment.objects.filter(handoff_id__in=[id for id, _, _ in rows])
    newest_first = found.order_by("-assigned_from", "-id").defer("trace")
    return {each.handoff_id: each for each in newest_first}


def _compared(
    found: Sequence[Routed],
    first: Mapping[uuid.UUID, Assignment],
    leads: Mapping[uuid.UUID, uuid.UUID],
    plan: Plan,
    is_cut: bool,  # noqa: FBT001
) -> Simulated:
    had = {r.handoff_id: a.user_id if (a := first.get(r.handoff_id)) else None for r in found}
    ids = {*had.values(), *(r.user_id for r in found)}
    names = dict(User.objects.filter(id__in=[i for i in ids if i]).values_list("id", "name"))
    titles = dict(Route.objects.values_list("id", "name"))
    moved = [r for r in found if r.user_id != had[r.handoff_id]]
    shown = moved[:MOVED_SHOWN]
    of = Lead.objects.select_related("company").in_bulk([leads[r.handoff_id] for r in shown])
    return Simulated(
        handoffs=len(found),
        people=_sides(
            Counter(names.get(user, "") if user else "" for user in had.values()),
            Counter(names.get(r.user_id, "") if r.user_id else "" for r in found),
        ),
        rules=_sides(
            Counter(_rule_of(first.get(r.handoff_id), titles) for r in found),
            Counter(_rule(r.rule, r.route_id, titles) for r in found),
        ),
        moved=len(moved),
        examples=[
            Moved(
                of[leads[r.handoff_id]],
                names.get(user, "") if (user := had[r.handoff_id]) else "",
                names.get(r.user_id, "") if r.user_id else "",
                trace_sentences(r.trace),
            )
            for r in shown
            if leads[r.handoff_id] in of
        ],
        is_cut=is_cut,
    )


def _sides(was: Counter[str], would_be: Counter[str]) -> list[Compared]:
    names = sorted({*was, *would_be}, key=lambda name: (-max(was[name], would_be[name]), name))
    return [Compared(name, was[name], would_be[name]) for name in names]


def _rule_of(assignment: Assignment | None, titles: Mapping[uuid.UUID, str]) -> str:
    if assignment is None:
        return routing.QUEUE
    return _rule(assignment.rule, assignment.route_id, titles)


def _rule(rule: str, route_id: uuid.UUID | None, titles: Mapping[uuid.UUID, str]) -> str:
    """A rule's key, or the name of the route that decided."""
    if route_id and rule != routing.QUEUE:
        return f"route:{titles.get(route_id, '')}"
    return rule
