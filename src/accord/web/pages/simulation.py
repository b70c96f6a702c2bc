"""What would have become of past handoffs by other routes, shares and caps. Writes nothing."""

import uuid
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accord.handoffs.queries import routes as queries
from accord.handoffs.queries.simulation import Other, simulate
from accord.handoffs.rules.pools import PERIODS, Caps
from accord.teams.queries import company
from accord.web.requests import day_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.handoffs.queries.routes import PoolShown, RouteShown
    from accord.web.requests import Request

RULES: Mapping[str, Any] = {
    "brought": gettext_lazy("Brought by a rep"),
    "account": gettext_lazy("Owner of the account"),
    "pool": gettext_lazy("Everything else"),
    "queue": gettext_lazy("Waited in the queue"),
    "claimed": gettext_lazy("Taken from the queue"),
    "by_hand": gettext_lazy("Given by hand"),
}


@require_GET
def routing_simulation(request: "Request") -> HttpResponse:
    """The handoffs of a span, replayed through what the form says."""
    given = request.GET
    routes, pools = queries.routes_shown(), queries.pools_shown()
    zone = ZoneInfo(company().time_zone)
    today = request.at.astimezone(zone).date()
    begins = day_in(given, "from") or today - timedelta(days=30)
    ends = day_in(given, "until") or today + timedelta(days=1)
    context: dict[str, Any] = {
        "begins": begins,
        "ends": ends,
        "routes": _routes(routes, given),
        "pools": [_pool(each, given) for each in pools],
    }
    if "from" in given:
        found = simulate(
            other=_other(routes, pools, given),
            begins=datetime.combine(begins, time(), tzinfo=zone),
            ends=datetime.combine(ends, time(), tzinfo=zone),
            at=request.at,
        )
        context |= {"found": found, "rules": [(_rule(each.name), each) for each in found.rules]}
    return render(request, "routing_simulation.html", context)


def _routes(routes: "Sequence[RouteShown]", given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The routes in the order that the form says, each with whether it applies."""
    rows = [
        {
            "key": each.key,
            "name": each.route.name,
            "is_on": f"on-{each.key}" in given if "from" in given else each.route.is_active,
            "place": given.get(f"place-{each.key}", str(n)),
        }
        for n, each in enumerate(routes, start=1)
    ]
    return sorted(rows, key=lambda row: (len(str(row["place"])), str(row["place"])))


def _pool(shown: "PoolShown", given: Mapping[str, str]) -> dict[str, Any]:
    pool, caps, members = shown.pool, [], []
    for period in PERIODS:
        key, now = f"{period}-{pool.id}", _text(getattr(pool, f"most_a_{period}"))
        caps.append((key, period, given.get(key, now)))
    for each in shown.members:
        key = f"share-{pool.id}-{each.user_id}"
        members.append((key, each.user.name, given.get(key, str(each.weight))))
    return {"name": shown.pool.name, "caps": caps, "members": members}


def _other(
    routes: "Sequence[RouteShown]", pools: "Sequence[PoolShown]", given: Mapping[str, str]
) -> Other:
    rows = _routes(routes, given)
    shares, caps = {}, {}
    for each in pools:
        id = each.pool.id
        for member in each.members:
            share = _number(given.get(f"share-{id}-{member.user_id}", ""))
            if share is not None and share != member.weight:
                shares[id, member.user_id] = share
        stated = Caps(*(_number(given.get(f"{period}-{id}", "")) for period in PERIODS))
        was = Caps(*(getattr(each.pool, f"most_a_{period}") for period in PERIODS))
        if stated != was:
            caps[id] = stated
    return Other([uuid.UUID(row["key"]) for row in rows if row["is_on"]], shares, caps)


def _rule(key: str) -> str:
    return str(RULES.get(key, key.removeprefix("route:")))


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and len(text.strip()) < 6 else None


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
