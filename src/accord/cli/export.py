"""`accord export`: leads, companies or deals as a CSV."""

import sys

import click

from accord.cli.ready import ready
from accord.deals import queries as deals
from accord.leads import queries
from accord.leads.files.writing import csv_lines

ROWS = {
    "leads": lambda: queries.lead_rows(None, queries.LeadFilters()),
    "companies": queries.company_rows,
    "deals": deals.deal_rows,
}


@click.command("export")
@click.argument("kind", type=click.Choice(list(ROWS)))
def export(*, kind: str) -> None:
    """Print all leads, companies or deals as a CSV, facts of your own included.

    `accord import` reads it again. What is said to have happened is not in it; a backup has it.
    """
    ready()
    for line in csv_lines(ROWS[kind]()):
        sys.stdout.write(line)
