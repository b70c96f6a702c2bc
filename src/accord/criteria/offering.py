"""The values that leads have of facts, to choose from while criteria are written."""

from collections.abc import Collection, Sequence
from typing import Any

from accord.criteria.registry import Fact, Registry

MOST = 50
_FEWEST = 2  # of so many leads at least, so that no value gives a single person away


def may_offer(fact: Fact) -> bool:
    """Whether values of a fact can be offered at all: texts that do not tell who somebody is."""
    return fact.type == "text" and not fact.tells_who


def offering(
    facts: Collection[Fact], *, registry: Registry, chosen: str, params: Sequence[Any]
) -> tuple[str, list[Any]]:
    """The statement for MOST values of each fact, with its parameters; one fact at least.

    `chosen` selects the ids of the leads that are looked at, with its own `params`. Rows are
    (fact, value), the most frequent first. A fact whose values hardly ever come twice, such as
    what people wrote, has none.
    """
    relations = registry.relations
    joined = " ".join(
        f"LEFT JOIN {relations[key].sql} AS {key} ON {relations[key].on}"
        for key in sorted({fact.relation for fact in facts} - {"lead"})
    )
    told = ", ".join(f"(%s, {fact.sql})" for fact in facts)
    sql = (
        f"WITH chosen AS MATERIALIZED ({chosen}), "
        "counted AS (SELECT told.fact, told.value, count(*) AS leads "
        f"FROM chosen JOIN {relations['lead'].sql} AS lead ON lead.id = chosen.id {joined} "
        f"CROSS JOIN LATERAL (VALUES {told}) AS told(fact, value) "
        "WHERE told.value <> '' GROUP BY told.fact, told.value), "
        "placed AS (SELECT *, count(*) OVER (PARTITION BY fact) AS kinds, "
        "sum(leads) OVER (PARTITION BY fact) AS given, "
        "row_number() OVER (PARTITION BY fact ORDER BY leads DESC, value) AS place FROM counted) "
        "SELECT fact, value FROM placed WHERE leads >= %s AND kinds * 2 <= given AND place <= %s "
        "ORDER BY fact, place"
    )
    return sql, [*params, *(fact.key for fact in facts), _FEWEST, MOST]
