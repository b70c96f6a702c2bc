"""What was done, counted: one pass over the journal, and since when each kind is watched."""

from collections.abc import Callable

from accord.criteria.expressions import AT, Parts, span_of
from accord.criteria.registry import THEN

# A condition on the column of that name, such as one that chooses leads; None chooses all.
Chosen = Callable[[str], str] | None


def journal_pass(parts: Parts, *, chosen: Chosen, known: bool) -> str:
    """One pass over the journal: every count with its moments, a row for each lead chosen."""
    registry = parts.registry
    if registry.journal is None:
        raise LookupError("No room registered where activities stand.")
    columns, conditions = [], []
    for (key, days), name in parts.counts.items():
        behaviour = registry.behaviour(key)
        which = f"kind = ANY({parts.param(list(behaviour.kinds), 'text[]')})"
        if behaviour.outcomes:
            which += f" AND outcome = ANY({parts.param(list(behaviour.outcomes), 'text[]')})"
        window = span_of(days, parts)
        begins = f" AND happened_at > {AT} - {window}" if window else ""
        inside = f"FILTER (WHERE {which} AND happened_at <= {AT}{begins})"
        columns += [
            f"count(*) {inside} AS {name}_n",
            f"max(happened_at) {inside} AS {name}_last",
            f"min(happened_at) {inside} AS {name}_first",
            f"min(happened_at) FILTER (WHERE {which} AND happened_at > {AT}) AS {name}_next",
        ]
        conditions.append(f"({which}{begins})")
    where = [f"({' OR '.join(conditions)})"]
    if chosen:
        where.append(chosen("lead_id"))
    if known:
        where.append(f"known_at <= {THEN}")
    return (
        f"SELECT lead_id, {', '.join(columns)} FROM {registry.journal.table} "
        f"WHERE {' AND '.join(where)} GROUP BY lead_id"
    )


def watched_since(parts: Parts) -> str:
    """One row: since when each behaviour is watched, all its kinds; NULL where one never was."""
    registry = parts.registry
    if registry.journal is None:
        raise LookupError("No room registered where activities stand.")
    columns = []
    for key, name in parts.observed.items():
        kinds = sorted(set(registry.behaviour(key).kinds))
        which = f"FILTER (WHERE kind = ANY({parts.param(kinds, 'text[]')}))"
        columns.append(
            f"CASE WHEN count(*) {which} = {len(kinds)} THEN max(since) {which} END AS {name}"
        )
    return f"SELECT {', '.join(columns)} FROM {registry.journal.observed}"
