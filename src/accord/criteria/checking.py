"""Whether definitions make sense: facts exist, operators and values fit, nothing is circular."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accord.base.errors import Invalid
from accord.criteria.language import (
    COMPARISONS,
    Clause,
    Count,
    Definition,
    Group,
    Leaf,
    Reference,
    Test,
    leaves,
)
from accord.criteria.registry import CUSTOM, Fact, Registry

_MAX_CLAUSES = 200
_MAX_NUMBER = 10**15
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
    known: dict[str, int] = {}
    asked = (leaf for definition in definitions.values() for leaf in definition.leaves())
    if any(isinstance(leaf, Test) and leaf.fact.startswith(CUSTOM) for leaf in asked):
        registry.read_custom()  # another process may have added a choice
    for key, definition in definitions.items():
        for leaf in definition.leaves():
            try:
                _check(leaf, registry)
            except Invalid as refusal:
                raise Invalid(refusal.sentence, field=f"{key}.{leaf.key}") from refusal
        _weight(key, definition.leaves(), definitions, (key,), known)


def expand(clause: Clause, definitions: Mapping[str, Definition]) -> Clause:
    """The clause with each reference replaced by what that definition requires.

    The definitions are checked: none asks for itself.
    """
    if isinstance(clause, Group):
        items = tuple(expand(item, definitions) for item in clause.items)
        return Group(clause.key, clause.text, clause.kind, items)
    if not isinstance(clause, Reference):
        return clause
    inner = expand(definitions[clause.definition].must, definitions)
    return Group(clause.key, clause.text, "all", (inner,))


def _check(leaf: Leaf, registry: Registry) -> None:
    if isinstance(leaf, Test):
        value_of(leaf, registry.fact(leaf.fact))
    elif isinstance(leaf, Count):
        registry.behaviour(leaf.behaviour)


def _weight(
    key: str,
    asked: Iterable[Leaf],
    definitions: Mapping[str, Definition],
    path: tuple[str, ...],
    known: dict[str, int],
) -> int:
    """How many clauses a definition asks once references are replaced.

    `known` keeps what each definition requires. Raises Invalid for a reference that names
    nothing or leads back to where it came from, and for too many clauses: references multiply.
    """
    total = 0
    for leaf in asked:
        if isinstance(leaf, Reference):
            named = _named(leaf, key, definitions, path)
            if named not in known:
                must = leaves(definitions[named].must)
                known[named] = _weight(named, must, definitions, (*path, named), known)
            total += known[named]
        else:
            total += 1
    if total > _MAX_CLAUSES:
        raise Invalid(
            f"With what it refers to it asks {total} clauses; {_MAX_CLAUSES} at most. "
            "Leave some out, or refer to fewer definitions.",
            field=key,
        )
    return total


def _named(
    reference: Reference, key: str, definitions: Mapping[str, Definition], path: tuple[str, ...]
) -> str:
    named = reference.definition
    if named not in definitions:
        raise Invalid(
            f"There is no definition “{named}” with criteria; there is {', '.join(definitions)}.",
            field=f"{key}.{reference.key}",
        )
    if named in path:
        circle = " → ".join((*path, named))
        raise Invalid(
            f"It asks for itself: {circle}. Leave one of these references out.",
            field=f"{key}.{reference.key}",
        )
    return named


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
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise Invalid(
            f"“{fact.key}” is compared with a text, not with {value!r}; put a text in quotes."
        )
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
    if not -_MAX_NUMBER <= value <= _MAX_NUMBER:  # nor is NaN
        raise Invalid(f"“{fact.key}” is compared with a number that is too large.")
    return Decimal(str(value))


def _date(value: Any, fact: Fact) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(
            f"“{fact.key}” is compared with a date such as 2026-05-31, not with {value!r}."
        ) from error
