"""What the data suggests, as tables or JSON."""

import dataclasses
from collections.abc import Set
from typing import Any

from rich.console import Console
from rich.table import Table

from accord.insights.learning import Learnt
from accord.insights.suggestions import Suggestions


def as_rows(found: Suggestions) -> dict[str, Any]:
    """As JSON writes it; of leads their numbers."""
    return _plain(dataclasses.asdict(found))  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, Set):
        return len(value)
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def print_suggestions(found: Suggestions) -> None:
    """Clauses, missing facts, then the points and how they compare with today's."""
    console = Console(highlight=False)
    for each in found.effects:
        table = _table(each.title, "Clause", "lets in", "won", "came back", "shuts out", "won")
        for clause in each.clauses:
            row = (clause.lets_in, clause.shuts_out)
            table.add_row(
                clause.sentence,
                *map(str, (row[0].leads, row[0].won, row[0].passed_back.part)),
                *map(str, (row[1].leads, row[1].won)),
            )
        console.print(table)
    table = _table("Missing most often", "Fact", "definition", "leads")
    for fact in found.missing:
        table.add_row(fact.label, fact.title, f"{fact.leads:,}")
    console.print(table)
    if found.learnt:
        _print_learnt(console, found.learnt)
    else:
        console.print(found.too_few, markup=False)


def _print_learnt(console: Console, learnt: Learnt) -> None:
    table = _table(f"Points learnt from {learnt.outcomes:,} outcomes", "For", "points", "won", "of")
    for row in learnt.rows:
        table.add_row(row.sentence, f"{row.points:+}", f"{row.won.part:,}", f"{row.won.whole:,}")
    console.print(table)
    auc = (learnt.suggested.auc, learnt.today.auc if learnt.today else None)
    said = ["-" if each is None else f"{each:.3f}" for each in auc]
    console.print(f"AUC on {learnt.checked:,} newer leads: {said[0]}; of today's card: {said[1]}")
    table = _table("What it makes of today's grades", "Today", "suggested", "leads", "won")
    for move in learnt.moves:
        if move.won.whole:
            table.add_row(move.today, move.suggested, f"{move.won.whole:,}", f"{move.won.part:,}")
    console.print(table)


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(first, title=title, box=None, header_style="bold")
    for name in others:
        table.add_column(name, justify="right")
    return table
