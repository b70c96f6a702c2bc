"""Asking a definition of agreements that need not run: how many leads it holds for, and which."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from accord.agreement.terms import Terms
from accord.base.rows import id_array
from accord.criteria.compiler import Compiled, compile
from accord.criteria.language import Definition, Group, Test
from accord.criteria.offering import may_offer, offering
from accord.criteria.registry import registry
from accord.criteria.timeline import timeline
from accord.criteria.variants import Variant, beside
from accord.leads.past import as_first_known
from accord.leads.queries import visible_to
from accord.leads.queries.sampling import HUNDREDTH, among
from accord.qualification.models import Outcome
from accord.teams.models import User

_EXAMPLES = 3
_LOOKED_AT = 10_000  # leads whose values are offered, so that it takes as long at any size
_EVER = "SELECT DISTINCT definition, lead_id FROM ({past}) AS past WHERE verdict"
_OUTCOMES = {True: Outcome.MET, False: Outcome.NOT_MET, None: Outcome.CANNOT_TELL}


def question(variants: Sequence[Terms], definition: str) -> Compiled:
    """The definition of all variants in one question, under their numbers. Raises Invalid."""
    of = [
        Variant(each.definitions, each.scorecards, {"hand_raises": each.hand_raises})
        for each in variants
    ]
    found = beside(of, key=definition, registry=registry)
    return compile(found.definitions, registry=found.registry, scorecards=found.scorecards)


@dataclass(frozen=True)
class Asked:
    """How many leads have each outcome of a definition, and a few of each."""

    numbers: Mapping[str, int]
    examples: Mapping[str, Sequence[uuid.UUID]]

    @property
    def leads(self) -> int:
        """How many were asked."""
        return sum(self.numbers.values())


def ask(terms: Terms, definition: str, *, at: datetime, is_sample: bool) -> Asked:
    """A definition asked of all leads, or of a hundredth of them. One query; nothing is written.

    Raises Invalid where the agreement has no such definition.
    """
    compiled = question([terms], definition)
    chosen = among(HUNDREDTH) if is_sample else None
    sql, params = compiled.tally("0", at=at, chosen=chosen, examples=_EXAMPLES)
    numbers: dict[str, int] = dict.fromkeys(_OUTCOMES.values(), 0)
    examples: dict[str, list[uuid.UUID]] = {outcome: [] for outcome in numbers}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
        cursor.execute(sql, params)
        for verdict, number, leads in cursor.fetchall():
            outcome = _OUTCOMES[verdict]
            numbers[outcome] += number
            examples[outcome] = [*examples[outcome], *leads][:_EXAMPLES]
    return Asked(numbers, examples)


def ever_met(
    variants: Sequence[Terms],
    definition: str,
    *,
    leads: Collection[uuid.UUID],
    begins: datetime,
    ends: datetime,
) -> list[set[uuid.UUID]]:
    """Of the leads, those that met a definition at any moment of [begins, ends), by variant.

    As things were known at each moment. One query; nothing is written.
    """
    select, params = timeline(
        question(variants, definition), begins=begins, ends=ends, among=_these("lead_id")
    )
    found: list[set[uuid.UUID]] = [set() for _ in variants]
    names = {str(number): number for number in range(len(variants))}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
        cursor.execute(_EVER.format(past=select), {**params, "asked_leads": id_array(leads)})
        for name, lead_id in cursor.fetchall():
            if name in names:
                found[names[name]].add(lead_id)
    return found


def facts_at_first(
    names: Sequence[str], *, leads: Collection[uuid.UUID], at: datetime
) -> dict[uuid.UUID, tuple[Any, ...]]:
    """The values of facts as they were known when each lead came. One query."""
    first = as_first_known(registry)
    asked = [Test(f"{name}-known", "", name, "known", True) for name in names]  # noqa: FBT003
    wanted = Definition("facts", "", "", None, Group("must", "", "all", tuple(asked)), ())
    sql, params = compile({"facts": wanted}, registry=first).facts(names, at=at, chosen=_these)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**params, "asked_leads": id_array(leads)})
        return {lead_id: tuple(values) for lead_id, *values in cursor.fetchall()}


def values_offered(names: Collection[str], *, user: User) -> Mapping[str, Sequence[str]]:
    """Of each of these facts the values that leads have now, the most frequent first.

    Of leads that the person may see, of many the newest. None of a fact that is no text or tells
    who somebody is. One query; none where no fact is left.
    """
    facts = [fact for fact in map(registry.fact, sorted(set(names))) if may_offer(fact)]
    if not facts:
        return {}
    newest = visible_to(user).order_by("-id").values("id")[:_LOOKED_AT]
    try:
        chosen, params = newest.query.sql_with_params()
    except EmptyResultSet:  # they may see none
        return {}
    with connection.cursor() as cursor:
        cursor.execute(*offering(facts, registry=registry, chosen=chosen, params=params))
        rows = cursor.fetchall()
    return {name: [value for _, value in own] for name, own in groupby(rows, lambda row: row[0])}


def _these(column: str) -> str:
    return f"{column} = ANY(%(asked_leads)s::uuid[])"


def card_at_first(
    terms: Terms, card: str, *, leads: Collection[uuid.UUID], at: datetime
) -> dict[uuid.UUID, float]:
    """The points a scorecard gives leads, by what was known when each came. One query."""
    compiled = compile(
        terms.definitions, registry=as_first_known(registry), scorecards=terms.scorecards
    )
    asked = compiled.ask(at=at, leads=leads, known_at=at)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {asked.steps} {asked.scores}", asked.params)
        names = [column.name for column in cursor.description or ()]
        place = names.index(f"{card}_points")
        return {row[0]: float(row[place]) for row in cursor.fetchall()}
