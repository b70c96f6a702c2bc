"""From definitions to one SQL statement that judges a lead, a million leads, or the past.

It emits SQL text rather than the ORM's expressions: a verdict has three values, which a
negated Q does not keep apart, and one pre-aggregated pass over the journal cannot be joined
by the ORM. Values are always parameters; identifiers come from the registry alone.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accord.base.errors import Invalid
from accord.base.rows import id_array
from accord.criteria.checking import check, expand
from accord.criteria.expressions import Asked, Parts, ask
from accord.criteria.journal import journal_pass, watched_since
from accord.criteria.language import Clause, Count, Definition, Group, Reference, Test
from accord.criteria.registry import Registry


@dataclass(frozen=True)
class Compiled:
    """Definitions, ready to be asked."""

    definitions: Mapping[str, Definition]
    parts: Parts
    asked: Sequence[Asked]
    told: str
    verdicts: str
    _rechecks: Sequence[str]
    _looks: Sequence[str]

    def select(
        self,
        *,
        at: datetime,
        leads: Collection[uuid.UUID] | None = None,
        known_at: datetime | None = None,
    ) -> tuple[str, dict[str, Any]]:
        """A statement and its parameters; its rows are

        (lead_id, definition, verdict, met, unmet, missing, recheck_at).

        `verdict` is true, false, or NULL for cannot tell. `met` and `unmet` are the keys of
        the clauses, must and should, that are; `missing` the facts and behaviours, sorted,
        that are unknown and could still change the verdict. At `recheck_at` time alone may
        change an outcome. `leads`: only these. `known_at`: as things were known then.
        """
        params: dict[str, Any] = {**self.parts.params, "criteria_at": at}
        if leads is not None:
            params["criteria_leads"] = id_array(leads)
        if known_at is not None:
            params["criteria_known_at"] = known_at
        inner = self._inner(for_leads=leads is not None, past=known_at is not None)
        sql = (
            f"WITH leaf AS MATERIALIZED ({inner}), told AS MATERIALIZED ({self.told}) "
            "SELECT leaf.lead_id, told.definition, told.verdict, told.met, told.unmet, "
            f"told.missing, CASE told.number {' '.join(self._looks)} END AS recheck_at "
            "FROM leaf JOIN told ON told.said = leaf.said"
        )
        return sql, params

    def _inner(self, *, for_leads: bool, past: bool) -> str:
        lead = self.parts.registry.relations["lead"]
        sources = [f"{lead.past if past else lead.sql} AS lead", *self.joined(past=past)]
        if self.parts.counts:
            journal = journal_pass(self.parts, for_leads=for_leads, known=past)
            sources.append(f"LEFT JOIN ({journal}) AS journal ON journal.lead_id = lead.id")
            sources.append(f"CROSS JOIN ({watched_since(self.parts)}) AS watched")
        where = "WHERE lead.id = ANY(%(criteria_leads)s::uuid[])" if for_leads else ""
        columns = [f"{self.said} AS said", *self._rechecks]
        return f"SELECT lead.id AS lead_id, {', '.join(columns)} FROM {' '.join(sources)} {where}"

    @property
    def said(self) -> str:
        """The answers of all clauses that ask something, in one array."""
        return f"ARRAY[{', '.join(each.outcome for each in self.asked)}]::boolean[]"

    def joined(self, *, past: bool) -> list[str]:
        """The joins of what is asked beside the lead, as it is or as it was known."""
        relations = self.parts.registry.relations
        return [
            f"LEFT JOIN {relations[key].past if past else relations[key].sql} AS {key} "
            f"ON {relations[key].on}"
            for key in sorted(self.parts.relations - {"lead"})
        ]


def compile(definitions: Mapping[str, Definition], *, registry: Registry) -> Compiled:
    """Compile definitions, at least one. Raises Invalid for a clause that cannot run."""
    if not definitions:
        raise Invalid("There is no definition to judge by; add one with criteria.")
    check(definitions, registry=registry)
    writer = _Writer(Parts(registry=registry))
    rows, short, looks = [], [], []
    for number, (key, definition) in enumerate(definitions.items()):
        rows.append(writer.row(number, key, definition, definitions))
        short.append(writer.verdict(key, definition, definitions))
        looks.append(writer.look(number, definition, definitions))
    parts = writer.parts
    # The passes add parameters of their own, so they are written once before any is sent.
    if parts.counts:
        journal_pass(parts, for_leads=False, known=False)
        watched_since(parts)
    # Many leads give the same answers to all clauses, and what follows from the answers is
    # worked out once for each such pattern: that takes longer than asking the clauses.
    patterns = "SELECT leaf.said, told.* FROM (SELECT DISTINCT said FROM leaf) AS leaf"
    told = (
        f"{patterns} CROSS JOIN LATERAL (VALUES {', '.join(rows)}) "
        "AS told(number, definition, verdict, met, unmet, missing)"
    )
    verdicts = (
        f"{patterns} CROSS JOIN LATERAL (VALUES {', '.join(short)}) AS told(definition, verdict)"
    )
    return Compiled(definitions, parts, writer.asked(), told, verdicts, writer.rechecks(), looks)


@dataclass
class _Writer:
    """Writes the clauses. Each that asks something stands once in the inner query: its answer
    in the array `said`, its next boundary in time as a column."""

    parts: Parts
    _asked: dict[str, Asked] = field(default_factory=dict)
    _boundary: dict[str, str] = field(default_factory=dict)

    def asked(self) -> list[Asked]:
        """What the clauses ask, in the order of `said`."""
        return list(self._asked.values())

    def rechecks(self) -> list[str]:
        """The columns of boundaries in time."""
        return [f"{sql} AS {name}" for sql, name in self._boundary.items()]

    def row(
        self, number: int, key: str, definition: Definition, all_of_them: Mapping[str, Definition]
    ) -> str:
        """The row of one definition, in terms of `said`."""
        must = expand(definition.must, all_of_them)
        verdict = self._outcome(must)
        stated = [
            (leaf.key, self._outcome(expand(leaf, all_of_them))) for leaf in definition.leaves()
        ]
        columns = (
            str(number),
            self.parts.param(key, "text"),
            verdict,
            self._keys(stated),
            self._keys([(name, f"NOT {sql}") for name, sql in stated]),
            f"CASE WHEN {verdict} IS NULL THEN {self._missing(must)} ELSE '{{}}'::text[] END",
        )
        return f"({', '.join(columns)})"

    def verdict(self, key: str, definition: Definition, all_: Mapping[str, Definition]) -> str:
        """The row of one definition without its reasons."""
        return f"({self.parts.param(key, 'text')}, {self._outcome(expand(definition.must, all_))})"

    def look(
        self, number: int, definition: Definition, all_of_them: Mapping[str, Definition]
    ) -> str:
        """When to look at a lead again because of one definition, in terms of the boundaries."""
        stated = (definition.must, *definition.should)
        everything = Group("", "", "all", tuple(expand(s, all_of_them) for s in stated))
        rechecks = sorted(self._boundaries(everything))
        first = f"LEAST({', '.join(rechecks)})" if rechecks else "NULL::timestamptz"
        return f"WHEN {number} THEN {first}"

    def _keys(self, stated: Sequence[tuple[str, str]]) -> str:
        if not stated:
            return "'{}'::text[]"
        cases = [
            f"CASE WHEN {sql} THEN {self.parts.param(name, 'text')} END" for name, sql in stated
        ]
        return f"array_remove(ARRAY[{', '.join(cases)}], NULL)"

    def _outcome(self, clause: Clause) -> str:
        if isinstance(clause, Group):
            return self._group(clause)
        if isinstance(clause, Reference):
            raise TypeError("References are replaced before they are written.")
        return self._leaf(clause)

    def _group(self, group: Group) -> str:
        if group.kind == "not":
            return f"(NOT {self._outcome(group.items[0])})"
        if not group.items:
            return "FALSE" if group.kind == "any" else "NULL::boolean"
        joint = " AND " if group.kind == "all" else " OR "
        return f"({joint.join(self._outcome(item) for item in group.items)})"

    def _leaf(self, leaf: Test | Count) -> str:
        asked = ask(leaf, self.parts)
        self._asked.setdefault(asked.outcome, asked)
        place = list(self._asked).index(asked.outcome) + 1
        if asked.recheck:
            self._boundary.setdefault(asked.recheck, f"r{len(self._boundary)}")
        return f"leaf.said[{place}]"

    def _boundaries(self, clause: Clause) -> set[str]:
        if isinstance(clause, Group):
            return {name for item in clause.items for name in self._boundaries(item)}
        if isinstance(clause, Reference):
            raise TypeError("References are replaced before they are written.")
        recheck = ask(clause, self.parts).recheck
        return {f"leaf.{self._boundary[recheck]}"} if recheck else set()

    def _missing(self, must: Clause) -> str:
        """The facts of leaves that are unknown below groups that are all unknown."""
        open_leaves: dict[str, list[str]] = {}
        self._open(must, [], open_leaves)
        return self._keys(
            [(name, " OR ".join(dict.fromkeys(ways))) for name, ways in sorted(open_leaves.items())]
        )

    def _open(self, clause: Clause, above: list[str], found: dict[str, list[str]]) -> None:
        unknown = [*above, f"{self._outcome(clause)} IS NULL"]
        if isinstance(clause, Group):
            for item in clause.items:
                self._open(item, unknown, found)
        elif not isinstance(clause, Reference):
            name = clause.fact if isinstance(clause, Test) else clause.behaviour
            found.setdefault(name, []).append(f"({' AND '.join(unknown)})")
