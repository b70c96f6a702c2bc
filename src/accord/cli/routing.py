"""`accord routing`: where leads go, and where they would have gone."""

import json
import sys
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from accord.cli.days import DAY
from accord.cli.ready import ready
from accord.handoffs.queries import routes as queries
from accord.handoffs.queries.simulation import Other, simulate
from accord.teams.queries import company


@click.group()
def routing() -> None:
    """Where leads go."""


@routing.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def show(*, as_json: bool) -> None:
    """Show the routes in their order, and how many leads come under each."""
    ready()
    taken = queries.taken_by_routes(datetime.now(UTC))
    rows: list[dict[str, Any]] = [{"rule": "brought", "name": "A rep brought the lead"}]
    rows.append({"rule": "account", "name": "Their company has an owner"})
    for each in queries.routes_shown():
        to = each.route.pool or each.route.person
        what = {"asks": [*each.companies, *each.clauses], "is_active": each.route.is_active}
        rows.append({"rule": each.key, "name": each.route.name, "leads_to": str(to), **what})
    rows.append({"rule": "", "name": "All other leads"})
    for row in rows:
        counts = taken.get(row["rule"], queries.Taken())
        row |= {"open": counts.open, "in_30_days": counts.lately}
    _print(rows, ("name", "leads_to", "open", "in_30_days"), as_json=as_json)


@routing.command("simulate")
@click.option("--from", "begins", type=DAY, help="First day.")
@click.option("--until", "ends", type=DAY, help="The day after the last.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def simulate_(*, begins: datetime | None, ends: datetime | None, as_json: bool) -> None:
    """Replay handoffs, else of the last 30 days, through the routes as they are. Writes nothing."""
    ready()
    at, zone = datetime.now(UTC), ZoneInfo(company().time_zone)
    today = datetime.combine(at.astimezone(zone).date(), time(), tzinfo=zone)
    found = simulate(
        other=Other(),
        begins=begins.replace(tzinfo=zone) if begins else today - timedelta(days=30),
        ends=ends.replace(tzinfo=zone) if ends else today + timedelta(days=1),
        at=at,
    )
    rows = [
        {"person": each.name or "queue", "was": each.was, "would_be": each.would_be}
        for each in found.people
    ]
    _print(rows, ("person", "was", "would_be"), as_json=as_json)


def _print(rows: list[dict[str, Any]], columns: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        json.dump(rows, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    table = Table(*(name.replace("_", " ") for name in columns), box=None, header_style="bold")
    for row in rows:
        table.add_row(*(str(row.get(name, "")) for name in columns))
    Console().print(table)
