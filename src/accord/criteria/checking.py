"""Whether definitions make sense: facts exist, operators and values fit, nothing is circular."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accord.base.errors import Invalid
from accord.criteria.language import COMPARISONS, Clause, Count, Definition, Group, Reference, Test
from accord.criteria.registry import Fact, Registry

_NUMERIC = ("is", "is_not", *COMPARISONS, "known")
_DATED = ("before", "after", "in_last_days", "in_next_days", "older_than_days", "known")
OPERATORS_OF = {
    "text": ("is", "is_not", "one_of", "none_of", "contains", "known"),
    "choice": ("is", "is_not", "one_of", "none_of", "known"),
    "number": _NUMERIC,
    "money": _NUMERIC,
    "date": _DATED,
    "moment": _DATED,
    "yes_no": ("is", "known"),
}


def check(definitions: Mapping[str, Definition], *, registry: Registry) -> None:
    """Raises Invalid for the first clause that cannot run; its field is definition.clause."""
    for key, definition in definitions.items():
        for clause in (definition.must, *definition.should):
            _check(clause, key, definitions, registry)
        expand(definition.must, definitions, (key,))


def expand(clause: Clause, definitions: Mapping[str, Definition], path: tuple[str, ...]) -> Clause:
    """The clause with each reference replaced by what that definition requires.

    Raises Invalid for a reference that leads back to where it came from.
    """
    if isinstance(clause, Group):
        items = tuple(expand(item, definitions, path) for item in clause.items)
        return Group(clause.key, clause.text, clause.kind, items)
    if not isinstance(clause, Reference):
        return clause
    if clause.definition not in definitions:
        raise Invalid(
            f"There is no definition “{clause.definition}” with criteria; "
            f"there is {', '.join(definitions)}.",
            field=f"{path[0]}.{clause.key}",
        )
    if clause.definition in path:
        circle = " → ".join((*path, clause.definition))
        raise Invalid(f"It asks for itself: {circle}.", field=f"{path[0]}.{clause.key}")
    must = definitions[clause.definition].must
    inner = expand(must, definitions, (*path, clause.definition))
    return Group(clause.key, clause.text, "all", (inner,))


def _check(
    clause: Clause, key: str, definitions: Mapping[str, Definition], registry: Registry
) -> None:
    if isinstance(clause, Group):
        for item in clause.items:
            _check(item, key, definitions, registry)
        return
    try:
        if isinstance(clause, Test):
            fact = registry.fact(clause.fact)
            value_of(clause, fact)
        elif isinstance(clause, Count):
            registry.behaviour(clause.behaviour)
        else:
            expand(clause, definitions, (key,))
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field=refusal.field or f"{key}.{clause.key}") from refusal


def value_of(test: Test, fact: Fact) -> Any:
    """The value of a test in the type of its fact. Raises Invalid when it does not fit."""
    allowed = OPERATORS_OF[fact.type]
    if test.operator not in allowed:
        raise Invalid(
            f"“{fact.key}” is a {fact.type.replace('_', '/')}; it can be asked with "
            f"{', '.join(allowed)}, not with “{test.operator}”."
        )
    value = test.value
    if test.operator == "known":
        return _yes(value, "known")
    if test.operator in ("one_of", "none_of"):
        if not isinstance(value, list | tuple) or not value:
            raise Invalid(f"“{test.operator}” takes a list of values.")
        return [_single(item, fact) for item in value]
    if test.operator.endswith("_days"):
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 36_500:
            raise Invalid(f"“{test.operator}” is a whole number of days, 1 or more.")
        return value
    return _single(value, fact)


def _yes(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"“{name}” is true or false.")
    return value


def _single(value: Any, fact: Fact) -> Any:
    if fact.type == "yes_no":
        return _yes(value, fact.key)
    if fact.type in ("number", "money"):
        return _number(value, fact)
    if fact.type in ("date", "moment"):
        return _date(value, fact)
    return _text(value, fact) if fact.type == "text" else _choice(value, fact)


def _text(value: Any, fact: Fact) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"“{fact.key}” is compared with a text, not with {value!r}.")
    return value.strip()


def _choice(value: Any, fact: Fact) -> str:
    if value not in fact.choices:
        raise Invalid(
            f"“{value}” is no choice of “{fact.key}”; there is {', '.join(fact.choices)}."
        )
    return str(value)


def _number(value: Any, fact: Fact) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Invalid(f"“{fact.key}” is compared with a number, not with {value!r}.")
    return Decimal(str(value))


def _date(value: Any, fact: Fact) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(
            f"“{fact.key}” is compared with a date such as 2026-05-31, not with {value!r}."
        ) from error
