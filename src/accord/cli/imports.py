"""`accord import`: a file into leads or deals."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from accord.base.errors import Refusal
from accord.cli.ready import ready
from accord.config.home import home, prepare
from accord.flows import import_file as flow

KINDS = ("leads", "deals")


class NothingRead(Refusal):
    """Not one row of the file could be taken in."""


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map", "map_path", type=click.Path(path_type=Path), help="Which column says what (TOML)."
)
@click.option("--dry-run", is_flag=True, help="Say what would become of the rows; change nothing.")
@click.option("--live", is_flag=True, help="Hand ready leads over now, as if they came in today.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def import_file(
    *, kind: str, file: Path, map_path: Path | None, dry_run: bool, live: bool, as_json: bool
) -> None:
    """Bring in FILE (CSV, TSV, XLSX, XLS, ODS). It is history unless --live: nobody is told.

    The same file with the same map changes nothing when it is imported again; stopped on the
    way, it goes on where it was. Rows that are refused are written to a file with their
    reasons: mend them there and import that file.
    """
    ready()
    at = datetime.now(UTC)
    console = Console(stderr=True)
    plan = flow.plan_import(path=file, kind=kind, map_path=map_path)
    console.print(_seen(plan), highlight=False)
    with _progress(console) as progress:
        task = progress.add_task(kind, total=plan.found.lines or None, rows=0, rate="")

        def tell(done: flow.Progress) -> None:
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            rate = f"{speed:,.0f} rows/s" if speed else ""
            progress.update(task, completed=done.line, total=done.lines, rows=done.rows, rate=rate)

        outcome = flow.import_file(
            plan=plan, by=None, at=at, live=live, dry_run=dry_run, ledger=_ledger(plan), tell=tell
        )
    _print(outcome, as_json=as_json, dry_run=dry_run)
    if outcome.refused == outcome.rows:
        raise NothingRead(
            _("No row of %(name)s could be taken in; the reasons stand in %(ledger)s.")
            % {"name": file.name, "ledger": outcome.ledger}
        )


def _seen(plan: flow.Plan) -> str:
    """What the file is taken for, and what is left unused of it."""
    system = f"{plan.mapping.recognised_as} export, " if plan.mapping.recognised_as else ""
    said = f"{plan.found.path.name}: {system}{plan.words}."
    if plan.unmapped:
        said += f" Kept with the row only: {', '.join(plan.unmapped)}."
    return said


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _ledger(plan: flow.Plan) -> Path:
    name = f"{plan.found.path.stem}-{plan.import_id.hex[:8]}-refused.csv"
    return prepare(home()) / "imports" / name


def _print(outcome: flow.Outcome, *, as_json: bool, dry_run: bool) -> None:
    figures = {
        "rows": outcome.rows,
        "created": outcome.created,
        "merged": outcome.merged,
        "unchanged": outcome.unchanged,
        "refused": outcome.refused,
        "ledger": str(outcome.ledger),
    }
    if as_json:
        json.dump(figures, sys.stdout)
        sys.stdout.write("\n")
        return
    would = "Would be: " if dry_run else ""
    counts = ", ".join(
        f"{figures[key]:,} {key}" for key in ("created", "merged", "unchanged", "refused")
    )
    click.echo(f"{would}{outcome.rows:,} rows: {counts}.")
    for fate, rows in outcome.examples.items():
        for row in rows:
            click.echo(f"  {fate}, line {row.line}: {row.reason or row.lead}")
    if outcome.refused:
        click.echo(f"Refused rows, with their reasons, to be mended and imported: {outcome.ledger}")
