"""The same definitions, asked of each lead at every moment at which an answer may have changed.

What was done enters a count at one moment and leaves it with its window; between two such
moments, and between two changes of a fact, every verdict stays the same. So one sweep over each
lead's moments gives the whole of its past, and nothing is judged that cannot have changed.

Known is at each moment what was known then. What came along with a lead, by its first
submission or by a file of the past, counts from when it happened; before we learnt of the lead,
its facts are those we learnt first.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accord.criteria.compiler import Compiled
from accord.criteria.expressions import AT, Parts, span_of
from accord.criteria.journal import watched_since
from accord.criteria.registry import THEN

_BEGINS = "%(criteria_begins)s::timestamptz"
_ENDS = "%(criteria_ends)s::timestamptz"
# When a thing that was done begins to count: known then, or from of old.
_ENTERS = (
    "CASE WHEN done.known_at <= came.known_at THEN done.happened_at "
    "ELSE GREATEST(done.happened_at, done.known_at) END"
)

_KEPT = ("came", "watched", "standing", "leaf")  # read more than once


def timeline(
    compiled: Compiled, *, begins: datetime, ends: datetime, among: str = "TRUE"
) -> tuple[str, dict[str, Any]]:
    """A statement and its parameters; its rows are (lead_id, at, definition, verdict).

    A verdict holds from `at`, within [begins, ends), until the lead's next row of the same
    definition; two rows that follow one another may say the same. `among` is a condition on
    lead_id, with parameters of the caller's.
    """
    parts = compiled.parts
    names = [f"{name}_n" for name in parts.counts.values()]
    steps = {
        "came": _came(parts, among),
        "watched": watched_since(parts) if parts.observed else "SELECT 1 AS none",
        "version": _versions(parts, among),
        "standing": _standings(compiled),
        "point": " UNION ALL ".join([_extras(compiled), *_done(parts)]),
        "swept": _swept(parts),
        "moment": _moments(names),
        "leaf": _leaves(compiled),
        "told": compiled.verdicts,
    }
    written = ", ".join(
        f"{name} AS {'MATERIALIZED ' if name in _KEPT else ''}({sql})"
        for name, sql in steps.items()
    )
    sql = (
        f"WITH {written} SELECT leaf.lead_id, leaf.at, told.definition, told.verdict "
        "FROM leaf JOIN told ON told.said = leaf.said"
    )
    return sql, {**parts.params, "criteria_begins": begins, "criteria_ends": ends}


def _came(parts: Parts, among: str) -> str:
    if parts.registry.journal is None:
        raise LookupError("No room registered where activities stand.")
    # A number is compared quicker than an id, and there are many moments to bring in order.
    return (
        "SELECT lead.*, row_number() OVER ()::int AS nth "
        f"FROM {parts.registry.journal.leads} AS lead WHERE {among}"
    )


def _versions(parts: Parts, among: str) -> str:
    """The moments at which a fact of a lead became something else, and when each came."""
    first = (
        f"SELECT nth, lead_id, GREATEST(since_at, {_BEGINS}) AS at, known_at FROM came "
        f"WHERE since_at < {_ENDS}"
    )
    changes = [
        "SELECT nth, lead_id, changed.at, came.known_at "
        f"FROM (SELECT * FROM ({relation.changes}) AS change WHERE {among}) AS changed "
        "JOIN came USING (lead_id) "
        f"WHERE changed.at > GREATEST(came.since_at, {_BEGINS}) AND changed.at < {_ENDS}"
        for key, relation in sorted(parts.registry.relations.items())
        if key in parts.relations | {"lead"} and relation.changes
    ]
    moments = " UNION ALL ".join([first, *changes])
    return f"SELECT nth, lead_id, at, GREATEST(at, known_at) AS known_at FROM ({moments}) AS every"


def _standings(compiled: Compiled) -> str:
    """What the facts answer, from each moment on at which an answer may have changed.

    Facts are asked here alone, for they change seldom; counts are asked at each moment.
    """
    dated = [turn for asked in compiled.asked if not asked.is_counted for turn in asked.turns]
    moments = "version"
    if dated:
        turns = _in_past(
            "SELECT journal.nth, journal.lead_id, unnest(ARRAY[{}]) AS at".format(", ".join(dated)),
            compiled,
            of="version",
        )
        moments = (
            "(TABLE version UNION ALL SELECT turn.nth, turn.lead_id, turn.at, "
            f"GREATEST(turn.at, came.known_at) FROM ({turns}) AS turn JOIN came USING (nth) "
            f"WHERE turn.at > GREATEST(came.since_at, {_BEGINS}) AND turn.at < {_ENDS})"
        )
    said = [asked.outcome for asked in compiled.asked if not asked.is_counted]
    return _in_past(
        "SELECT journal.nth, journal.at, row_number() OVER (PARTITION BY journal.nth "
        f"ORDER BY journal.at) AS standing, ARRAY[{', '.join(said)}]::boolean[] AS said",
        compiled,
        of=moments,
    )


def _extras(compiled: Compiled) -> str:
    """The moments that have nothing to do with what the lead did."""
    moments = ["SELECT nth, at, 1 AS standing FROM standing"]
    turns = [turn for asked in compiled.asked if asked.is_counted for turn in asked.turns]
    if turns:
        moments.append(
            "SELECT came.nth, turn.at, 0 FROM watched CROSS JOIN LATERAL (SELECT DISTINCT at FROM "
            f"unnest(ARRAY[{', '.join(turns)}]) AS at WHERE at > {_BEGINS} AND at < {_ENDS}) "
            "AS turn CROSS JOIN came"
        )
    every = " UNION ALL ".join(moments)
    return f"SELECT nth, at, standing, NULL::int AS number, 0 AS by FROM ({every}) AS extra"


def _done(parts: Parts) -> Iterator[str]:
    """One more in a count when a thing was done, one less when its window has passed.

    Left out is what never comes to the smallest number that is asked for: of most leads most of
    what they did, such as visits.
    """
    if not parts.counts or parts.registry.journal is None:
        return
    counted = ", ".join(
        f"({number}, {parts.param(kind, 'text')}, {_outcomes(key, parts)}, {_span(days, parts)}, "
        f"{min(parts.limits[name])})"
        for number, ((key, days), name) in enumerate(parts.counts.items())
        for kind in parts.registry.behaviour(key).kinds
    )
    done = (
        "SELECT came.nth, counted.number, counted.span, counted.least, done.happened_at, "
        f"{_ENTERS} AS enters_at FROM came "
        f"JOIN {parts.registry.journal.table} AS done ON done.lead_id = came.lead_id "
        f"JOIN (VALUES {counted}) AS counted(number, kind, outcomes, span, least) "
        "ON counted.kind = done.kind "
        "AND (counted.outcomes IS NULL OR done.outcome = ANY(counted.outcomes)) "
        f"AND (counted.span IS NULL OR done.happened_at > {_BEGINS} - counted.span)"
    )
    # So many within a window, counting back from each.
    earlier = (
        "SELECT *, lag(happened_at, least - 1) OVER (PARTITION BY nth, number ORDER BY "
        f"happened_at) AS earlier_at FROM ({done}) AS done"
    )
    enough = (
        "SELECT *, bool_or(earlier_at IS NOT NULL AND (span IS NULL OR "
        "happened_at < earlier_at + span)) OVER (PARTITION BY nth, number) AS is_enough "
        f"FROM ({earlier}) AS done"
    )
    yield (
        "SELECT * FROM (SELECT nth, CASE WHEN step.by = 1 THEN enters_at ELSE "
        "GREATEST(enters_at, happened_at + span) END AS at, 0 AS standing, number, step.by "
        f"FROM ({enough}) AS done CROSS JOIN (VALUES (1), (-1)) AS step(by) "
        f"WHERE is_enough AND (step.by = 1 OR span IS NOT NULL)) AS step WHERE at < {_ENDS}"
    )


def _outcomes(key: str, parts: Parts) -> str:
    outcomes = parts.registry.behaviour(key).outcomes
    return parts.param(list(outcomes), "text[]") if outcomes else "NULL::text[]"


def _span(days: int | None, parts: Parts) -> str:
    return span_of(days, parts) or "NULL::interval"


def _swept(parts: Parts) -> str:
    """Every count at every moment, and whether one has come to a number that is asked for.

    Where several things fall on one moment it is taken to be so, at the last of them.
    """
    sums, turns = "", ["number IS NULL", "lag(at) OVER lead = at"]
    for number, name in enumerate(parts.counts.values()):
        total = f"COALESCE(sum(by) FILTER (WHERE number = {number}) OVER lead, 0)"
        sums += f", {total} AS {name}_n"
        limits = ", ".join(map(str, sorted(parts.limits[name])))
        turns.append(f"(number = {number} AND {total} + (by < 0)::int IN ({limits}))")
    return (
        f"SELECT nth, at, sum(standing) OVER lead AS standing{sums}, ({' OR '.join(turns)}) "
        "AND lead(at) OVER lead IS DISTINCT FROM at AS turns FROM point "
        "WINDOW lead AS (PARTITION BY nth ORDER BY at)"
    )


def _moments(names: list[str]) -> str:
    """The moments within the period at which an answer may have changed."""
    columns = "".join(f", swept.{name}" for name in names)
    return (
        f"SELECT came.nth, came.lead_id, swept.at, swept.standing{columns} "
        "FROM swept JOIN came USING (nth) "
        f"WHERE swept.turns AND swept.at >= GREATEST(came.since_at, {_BEGINS})"
    )


def _leaves(compiled: Compiled) -> str:
    """All answers at each moment: those of the facts stand, those of the counts are asked."""
    said, facts = [], 0
    for asked in compiled.asked:
        facts += not asked.is_counted
        said.append(asked.outcome if asked.is_counted else f"standing.said[{facts}]")
    sql = (
        f"SELECT journal.lead_id, journal.at, ARRAY[{', '.join(said)}]::boolean[] AS said "
        "FROM moment AS journal JOIN standing USING (nth, standing) CROSS JOIN watched"
    )
    return sql.replace(AT, "journal.at")


def _in_past(select: str, compiled: Compiled, *, of: str) -> str:
    """A question asked of every lead as it was known at its moments."""
    lead = compiled.parts.registry.relations["lead"]
    joins = " ".join(
        [f"JOIN {lead.past} AS lead ON lead.id = journal.lead_id", *compiled.joined(past=True)]
    )
    sql = f"{select} FROM {of} AS journal {joins}"
    # Each moment has its own now, and its own then.
    return sql.replace(AT, "journal.at").replace(THEN, "journal.known_at")
