"""From definitions to one SQL statement that judges a lead, a million leads, or the past.

It emits SQL text rather than the ORM's expressions: a verdict has three values, which a
negated Q does not keep apart, and one pre-aggregated pass over the journal cannot be joined
by the ORM. Values are always parameters; identifiers come from the registry alone.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from accord.base.errors import Invalid, _
from accord.base.rows import id_array
from accord.criteria.checking import check
from accord.criteria.expressions import Asked, Parts
from accord.criteria.journal import Chosen, journal_pass, watched_since
from accord.criteria.language import Definition
from accord.criteria.registry import Registry
from accord.criteria.scorecards import Scorecard
from accord.criteria.writing import Writer


def _these(column: str) -> str:
    return f"{column} = ANY(%(criteria_leads)s::uuid[])"


@dataclass(frozen=True)
class Question:
    """A statement in parts: the steps of its WITH, what is selected; no card, no `scores`: ""."""

    steps: str
    verdicts: str
    scores: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Compiled:
    """Definitions and scorecards, ready to be asked."""

    definitions: Mapping[str, Definition]
    parts: Parts
    asked: Sequence[Asked]
    told: str
    verdicts: str
    _columns: Sequence[str]
    _looks: Sequence[str]
    _scores: str

    def select(
        self,
        *,
        at: datetime,
        leads: Collection[uuid.UUID] | None = None,
        known_at: datetime | None = None,
    ) -> tuple[str, dict[str, Any]]:
        """The verdicts alone: a statement and its parameters."""
        question = self.ask(at=at, leads=leads, known_at=known_at)
        return f"WITH {question.steps} {question.verdicts}", question.params

    def ask(
        self,
        *,
        at: datetime,
        leads: Collection[uuid.UUID] | None = None,
        known_at: datetime | None = None,
    ) -> Question:
        """Verdicts and scores from one look at the leads. The rows of verdicts are

        (lead_id, definition, verdict, met, unmet, missing, recheck_at).

        `verdict` is true, false, or NULL for cannot tell. `met` and `unmet` are the keys of
        the clauses, must and should, that are; `missing` the facts and behaviours, sorted,
        that are unknown and could still change the verdict. At `recheck_at` time alone may
        change an outcome. The rows of scores are

        (lead_id, X_given, X_unknown, recheck_at, X_points) for each scorecard X.

        X_given holds the points of each row of the card, in its order, X_unknown the keys of
        the rows of which nobody can tell, X_points the sum. `leads`: only these. `known_at`: as
        things were known then.
        """
        params: dict[str, Any] = {**self.parts.params, "criteria_at": at}
        if leads is not None:
            params["criteria_leads"] = id_array(leads)
        if known_at is not None:
            params["criteria_known_at"] = known_at
        chosen = None if leads is None else _these
        inner = self._inner(chosen=chosen, past=known_at is not None)
        verdicts = (
            "SELECT leaf.lead_id, told.definition, told.verdict, told.met, told.unmet, "
            f"told.missing, CASE told.number {' '.join(self._looks)} END AS recheck_at "
            "FROM leaf JOIN told ON told.said = leaf.said"
        )
        steps = f"leaf AS MATERIALIZED ({inner}), told AS MATERIALIZED ({self.told})"
        return Question(steps, verdicts, self._scores, params)

    def tally(
        self, definition: str, *, at: datetime, chosen: Chosen = None, examples: int = 0
    ) -> tuple[str, dict[str, Any]]:
        """How many leads there are of each verdict: a statement and its parameters.

        Its rows are (verdict, number, lead_ids), with so many leads as examples. `chosen` gives
        the condition on a column of lead ids that chooses some of them.
        """
        inner = self._inner(chosen=chosen, past=False, columns=())
        sql = (
            "WITH leaf AS MATERIALIZED (SELECT said, count(*) AS number, "
            f"(array_agg(lead_id))[1:{int(examples)}] AS leads FROM ({inner}) AS each "
            f"GROUP BY said), told AS MATERIALIZED ({self.verdicts}) "
            "SELECT told.verdict, leaf.number, leaf.leads FROM leaf "
            "JOIN told ON told.said = leaf.said WHERE told.definition = %(criteria_tallied)s"
        )
        return sql, {**self.parts.params, "criteria_at": at, "criteria_tallied": definition}

    def facts(
        self, names: Sequence[str], *, at: datetime, chosen: Chosen
    ) -> tuple[str, dict[str, Any]]:
        """The values of facts that the definitions ask, as they were known at `at`.

        Its rows are (lead_id, value of each).
        """
        lead = self.parts.registry.relations["lead"]
        columns = [self.parts.registry.fact(name).sql for name in names]
        joins = " ".join([f"{lead.past} AS lead", *self.joined(past=True)])
        where = f"WHERE {chosen('lead.id')}" if chosen else ""
        sql = f"SELECT lead.id AS lead_id, {', '.join(columns)} FROM {joins} {where}"
        return sql, {**self.parts.params, "criteria_at": at, "criteria_known_at": at}

    def _inner(self, *, chosen: Chosen, past: bool, columns: Sequence[str] | None = None) -> str:
        lead = self.parts.registry.relations["lead"]
        sources = [f"{lead.past if past else lead.sql} AS lead", *self.joined(past=past)]
        if self.parts.counts:
            journal = journal_pass(self.parts, chosen=chosen, known=past)
            sources.append(f"LEFT JOIN ({journal}) AS journal ON journal.lead_id = lead.id")
        if self.parts.observed:
            sources.append(f"CROSS JOIN ({watched_since(self.parts)}) AS watched")
        where = f"WHERE {chosen('lead.id')}" if chosen else ""
        kept = [f"{self.said} AS said", *(self._columns if columns is None else columns)]
        return f"SELECT lead.id AS lead_id, {', '.join(kept)} FROM {' '.join(sources)} {where}"

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


def compile(
    definitions: Mapping[str, Definition],
    *,
    registry: Registry,
    scorecards: Mapping[str, Scorecard] = MappingProxyType({}),
) -> Compiled:
    """Compile definitions, at least one, and scorecards, of which all definitions may ask.

    Raises Invalid for a clause that cannot run.
    """
    if not definitions:
        raise Invalid(_("There is no definition to judge by; add one with criteria."))
    check(definitions, registry=registry, scorecards=scorecards)
    writer = Writer(Parts(registry=registry, scorecards=scorecards), definitions)
    rows, short, looks = [], [], []
    for number, (key, definition) in enumerate(definitions.items()):
        rows.append(writer.row(number, key, definition))
        short.append(writer.verdict(key, definition))
        looks.append(writer.look(number, definition))
    scores = writer.scores(scorecards) if scorecards else ""
    parts = writer.parts
    # The passes add parameters of their own, so they are written once before any is sent.
    if parts.counts:
        journal_pass(parts, chosen=None, known=False)
    if parts.observed:
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
    return Compiled(
        definitions, parts, writer.asked(), told, verdicts, writer.columns(), looks, scores
    )
