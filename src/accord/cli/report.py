"""`accord report`: the figures of the pages, as a table or as JSON."""

import json
import sys
from datetime import UTC, date, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from accord.cli.days import DAY
from accord.cli.ready import ready
from accord.insights.channels import BY
from accord.insights.reports import REPORTS, Report
from accord.insights.reports import report as read_report
from accord.insights.sla import BY as BY_OF_SLA

SHARES = frozenset(
    ("lead_to_customer_rate", "low", "high", "in_time", "in_time_before", "acceptance_rate")
)
SHARES_OF_PROMISES = frozenset(("promised", "delivered"))
UNCUT = 1000


@click.command("report")
@click.argument("name", type=click.Choice(list(REPORTS)))
@click.option("--from", "begins", type=DAY, help="The first day counted.")
@click.option("--until", type=DAY, help="The first day no longer counted.")
@click.option(
    "--by",
    type=click.Choice(list(dict.fromkeys([*BY, *BY_OF_SLA]))),
    help="What parts the channels (source, if nothing is said) or the promises (sla).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def report(
    *, name: str, begins: datetime | None, until: datetime | None, by: str | None, as_json: bool
) -> None:
    """Print a report: funnel by month, channels, promises (sla), or the whole scoreboard."""
    ready()
    found = read_report(
        name, at=datetime.now(UTC), begins_on=_day(begins), until=_day(until), by=by
    )
    if as_json:
        json.dump(found, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    _print(found)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _print(found: Report) -> None:
    # What is read by a program, or kept in a file, has no width to fit into.
    console = Console() if sys.stdout.isatty() else Console(width=UNCUT, soft_wrap=True)
    if "headline" in found:
        console.print(found["headline"], style="bold")
    _table(console, found["rows"])
    for key in ("handoffs", "came_back", "channels"):
        _table(console, found.get(key, []))
    leaks = found.get("leaks", {})
    _table(console, [{"leak": key, "number": number} for key, number in leaks.items()])
    cohorts = found.get("funnel", {})
    _table(console, cohorts.get("rows", []))
    total = found.get("total") or cohorts.get("total")
    if total:
        _table(console, [{key: value for key, value in total.items() if key != "days_to_won"}])
        _table(
            console,
            [{"days to won": key, "": value} for key, value in total["days_to_won"].items()],
        )
    for note in found["notes"]:
        console.print(note, style="dim", highlight=False)


def _table(console: Console, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    columns = dict.fromkeys(name for row in rows for name in row)
    for name in columns:
        is_text = any(isinstance(row.get(name), str) for row in rows)
        table.add_column(
            name.replace("_", " "), justify="left" if is_text else "right", overflow="fold"
        )
    for row in rows:
        table.add_row(*(_cell(row, name) for name in columns))
    console.print(table)
    console.print()


def _cell(row: dict[str, Any], name: str) -> str:
    """A value as it is read; "" where the row has none, a dash where it is not known."""
    value = row.get(name, "")
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if name in SHARES or (name in SHARES_OF_PROMISES and "kept" in row):
        return f"{100 * value:.1f} %"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
