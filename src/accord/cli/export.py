"""`accord export`: leads, companies or deals as a CSV."""

import json
import sys
from collections.abc import Callable, Iterator

import click

from accord.cli.ready import ready
from accord.deals import queries as deals
from accord.leads import queries
from accord.leads.files.writing import csv_lines
from accord.leads.queries.exports import Rows

ROWS: dict[str, Callable[[], Rows]] = {
    "leads": lambda: queries.lead_rows(None, queries.LeadFilters()),
    "companies": queries.company_rows,
    "deals": deals.deal_rows,
}


@click.command("export")
@click.argument("kind", type=click.Choice(list(ROWS)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def export(*, kind: str, as_json: bool) -> None:
    """Print all leads, companies or deals as a CSV, facts of your own included.

    `accord import` reads it again. What is said to have happened is not in it; a backup has it.
    """
    ready()
    rows = ROWS[kind]()
    lines = _objects(rows) if as_json else csv_lines(rows)
    for line in lines:
        sys.stdout.write(line)


def _objects(rows: Rows) -> Iterator[str]:
    names = next(rows)
    for row in rows:
        known = {name: value for name, value in zip(names, row, strict=True) if value is not None}
        yield json.dumps(known, default=str, ensure_ascii=False) + "\n"
