"""A back-test as tables."""

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from accord.base.errors import Missing
from accord.insights.back_test_lists import every_row
from accord.insights.compared import Compared, Deals, compared
from accord.insights.load import Load, load
from accord.insights.rules import Share
from accord.qualification.queries import terms_tried

_ROWS: tuple[tuple[str, Callable[[Compared], str]], ...] = (
    ("Leads that qualified", lambda each: _number(each.qualified, each.doubt)),
    ("of them from the beginning", lambda each: _number(each.standing, each.standing_doubt)),
    ("only with this one", lambda each: _number(each.only_here, each.only_here_doubt)),
    ("no longer with this one", lambda each: _number(each.only_there, each.only_there_doubt)),
    ("Won deals kept", lambda each: _deals(each.kept)),
    ("Won deals lost", lambda each: _deals(each.lost)),
    ("Won deals gained", lambda each: _deals(each.gained)),
    ("Accepted, of those in", lambda each: _share(each.accepted_in)),
    ("Accepted, of those out", lambda each: _share(each.accepted_out)),
    ("Win rate, of those in", lambda each: _share(each.win_in)),
    ("Win rate, of those out", lambda each: _share(each.win_out)),
    ("Became customers, of those in", lambda each: _share(each.customers_in)),
    ("Became customers, of those out", lambda each: _share(each.customers_out)),
)


def print_compared(test: Any, *, at: datetime) -> None:
    """Each variant a column, then what it asks of each rep."""
    variants = compared(test)
    span = f"{test.begins_at:%Y-%m-%d} to before {test.ends_at:%Y-%m-%d}"
    table = _table(f"{test.definition}, {span}", variants)
    for title, cell in _ROWS:
        table.add_row(title, *(cell(each) for each in variants))
    console = Console()
    console.print(table)
    loads = load(terms_tried(test), [each.owners for each in variants], at=at)
    table = _table("Leads a month for each rep, and their attempts of those possible", variants)
    for place, rep in enumerate(loads[0].each):
        table.add_row(rep.name, *(_load(every.each[place]) for every in loads))
    table.add_row("All reps", *map(_load, loads))
    console.print(table)


def _table(title: str, variants: list[Compared]) -> Table:
    table = Table("", title=title, box=None, header_style="bold")
    for each in variants:
        table.add_column(each.name, justify="right")
    return table


def _load(load: Load) -> str:
    leads = f"{load.leads_a_month:,.1f}"
    return leads if load.share is None else f"{leads} ({load.share:.0%})"


def _number(number: int, doubt: int) -> str:
    return f"{number:,} ± {doubt:,}" if doubt else f"{number:,}"


def _deals(deals: Deals) -> str:
    said = f"{_number(deals.number, deals.doubt)} ({deals.value:,.0f})"
    if deals.share.value is None or deals.value_share.value is None:
        return said
    return f"{said} {deals.share.value:.0%}, of the value {deals.value_share.value:.0%}"


def _share(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "no cases"
    return f"{share.value:.1%} ({share.low:.1%} - {share.high:.1%}), n = {share.whole:,}"


def write_rows(test: Any, file: Path) -> None:
    """Write the rows behind every figure as CSV. Raises Missing where that cannot be written."""
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["variant", "figure", "lead", "row", "at"])
            writer.writerows(every_row(test))
    except OSError as error:
        raise Missing(
            _("%(file)s cannot be written (%(strerror)s); mind the path.")
            % {"file": file, "strerror": error.strerror}
        ) from error
