"""`accord bench`: how fast it is, each figure beside its limit of the same run."""

import dataclasses
import json
from datetime import UTC, datetime
from functools import partial

import click
from rich.console import Console
from rich.table import Table

from accord.bench.figures import Figure
from accord.bench.runs import run
from accord.cli.ready import ready


@click.command()
@click.argument("names", nargs=-1)
@click.option("--leads", type=click.IntRange(min=100), help="How many leads; else each one's own.")
@click.option("--seconds", type=click.IntRange(2, 600), help="How long `mixed` lasts; else 60.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def bench(*, names: tuple[str, ...], leads: int | None, seconds: int | None, as_json: bool) -> None:
    """Run benchmarks by their names, or all, each in a database of its own."""
    ready(migrated=False)
    now = partial(datetime.now, UTC)
    console, figures = Console(stderr=True), []
    for figure in run(names=names, leads=leads, now=now, seconds=seconds):
        console.print(f"{figure.name}: {figure.figure} {figure.unit}", highlight=False)
        figures.append(figure)
    if as_json:
        click.echo(json.dumps([_plain(figure) for figure in figures]))
    else:
        Console(width=160).print(_table(figures))


def _plain(figure: Figure) -> dict[str, object]:
    return dataclasses.asdict(figure)


def _table(figures: list[Figure]) -> Table:
    table = Table("name", "leads", "figure", "ratio", "limit", "p50", "p95", "queries", "MB", "")
    for each in figures:
        kept = {True: "kept", False: "MISSED", None: ""}[each.is_kept]
        sign = "≥" if each.limit_is == "at_least" else "≤"
        table.add_row(
            each.name,
            f"{each.leads:,}" if each.leads else "",
            f"{each.figure} {each.unit}" if each.figure is not None else "",
            _shown(each.ratio),
            f"{sign} {each.limit} {kept}" if each.limit is not None else "",
            _shown(each.p50_ms),
            _shown(each.p95_ms),
            _shown(each.queries),
            _shown(each.rss_mb),
            each.says,
        )
    return table


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value}"
