"""Asking a definition of agreements that need not run: how many leads it holds for, and which."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accord.agreement.terms import Terms
from accord.criteria.compiler import Compiled, compile
from accord.criteria.registry import registry
from accord.criteria.variants import Variant, beside
from accord.leads.queries.sampling import HUNDREDTH, among
from accord.qualification.models import Outcome

_EXAMPLES = 3
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
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        cursor.execute(sql, params)
        for verdict, number, leads in cursor.fetchall():
            outcome = _OUTCOMES[verdict]
            numbers[outcome] += number
            examples[outcome] = [*examples[outcome], *leads][:_EXAMPLES]
    return Asked(numbers, examples)
