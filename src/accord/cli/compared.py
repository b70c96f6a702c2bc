"""A back-test as a table."""

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from accord.insights.compared import Compared, Deals, compared
from accord.insights.rules import Share

_ROWS: tuple[tuple[str, Callable[[Compared], str]], ...] = (
    ("Leads that qualified", lambda each: f"{each.qualified:,}"),
    ("only with this one", lambda each: f"{each.only_here:,}"),
    ("no longer with this one", lambda each: f"{each.only_there:,}"),
    ("Won deals kept", lambda each: _deals(each.kept)),
    ("Won deals lost", lambda each: _deals(each.lost)),
    ("Won deals gained", lambda each: _deals(each.gained)),
    ("Accepted, of those in", lambda each: _share(each.accepted_in)),
    ("Accepted, of those out", lambda each: _share(each.accepted_out)),
    ("Won, of those in", lambda each: _share(each.won_in)),
    ("Won, of those out", lambda each: _share(each.won_out)),
)


def print_compared(test: Any) -> None:
    """Each variant a column."""
    variants = compared(test.figures)
    span = f"{test.begins_at:%Y-%m-%d} to before {test.ends_at:%Y-%m-%d}"
    table = Table("", title=f"{test.definition}, {span}", box=None, header_style="bold")
    for each in variants:
        table.add_column(each.name, justify="right")
    for title, cell in _ROWS:
        table.add_row(title, *(cell(each) for each in variants))
    Console().print(table)


def _deals(deals: Deals) -> str:
    return f"{deals.number:,} ({deals.value:,.0f})"


def _share(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "no cases"
    return f"{share.value:.1%} ({share.low:.1%} - {share.high:.1%}), n = {share.whole:,}"
