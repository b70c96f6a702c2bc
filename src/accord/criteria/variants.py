"""Several agreements' definitions beside one another, so that one question answers for all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.criteria.language import (
    Clause,
    Count,
    Definition,
    Group,
    Leaf,
    Reference,
    Score,
    leaves,
)
from accord.criteria.registry import Registry
from accord.criteria.scorecards import ClauseRow, Row, Scorecard


@dataclass(frozen=True)
class Variant:
    """What one agreement says, and which outcomes it counts of a behaviour."""

    definitions: Mapping[str, Definition]
    scorecards: Mapping[str, Scorecard]
    narrowed: Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Beside:
    """The definitions and scorecards of all variants, each under a name of its own."""

    definitions: Mapping[str, Definition]
    scorecards: Mapping[str, Scorecard]
    registry: Registry


def beside(variants: Sequence[Variant], *, key: str, registry: Registry) -> Beside:
    """The definition `key` of each variant under its number, "0" and on, with all it asks for.

    The registry is one that knows what each variant counts. A variant without such a definition
    has nobody who meets it. Raises Invalid where none has it.
    """
    if not any(key in each.definitions for each in variants):
        raise Invalid(_("None of them has a definition “%(key)s” with criteria.") % {"key": key})
    definitions: dict[str, Definition] = {}
    scorecards: dict[str, Scorecard] = {}
    for number, variant in enumerate(variants):
        if key not in variant.definitions:
            continue
        registry = _with_counted(registry, variant)
        own = _Renaming(variant, number, key)
        needed, cards = _needed(key, variant)
        for name in needed:
            definition = variant.definitions[name]
            must = own.group(definition.must)
            definitions[own.definition(name)] = replace(definition, must=must, should=())
        for name in cards:
            card = variant.scorecards[name]
            scorecards[own.card(name)] = replace(card, rows=tuple(map(own.row, card.rows)))
    return Beside(definitions, scorecards, registry)


def _with_counted(registry: Registry, variant: Variant) -> Registry:
    for behaviour, outcomes in variant.narrowed.items():
        name = _counted(behaviour, variant)
        if name not in registry.behaviours:
            narrow = registry.narrowed(behaviour, outcomes=outcomes)
            told = replace(narrow.behaviours[behaviour], key=name)
            registry = replace(registry, behaviours={**registry.behaviours, name: told})
    return registry


def _counted(behaviour: str, variant: Variant) -> str:
    return f"{behaviour}:{','.join(sorted(variant.narrowed[behaviour]))}"


def _needed(key: str, variant: Variant) -> tuple[list[str], list[str]]:
    """A definition, and all definitions and scorecards that it asks for, each once."""
    definitions, cards = {key: None}, dict[str, None]()
    waiting = list(leaves(variant.definitions[key].must))
    while waiting:
        leaf = waiting.pop()
        if isinstance(leaf, Reference) and leaf.definition not in definitions:
            definitions[leaf.definition] = None
            waiting += leaves(variant.definitions[leaf.definition].must)
        elif isinstance(leaf, Score) and leaf.scorecard not in cards:
            cards[leaf.scorecard] = None
            waiting += _asked_by(variant.scorecards[leaf.scorecard])
    return list(definitions), list(cards)


def _asked_by(card: Scorecard) -> Iterable[Leaf]:
    return [leaf for row in card.rows if isinstance(row, ClauseRow) for leaf in leaves(row.clause)]


@dataclass(frozen=True)
class _Renaming:
    """What a variant's names become beside those of the others."""

    variant: Variant
    number: int
    key: str

    def definition(self, name: str) -> str:
        return str(self.number) if name == self.key else f"{self.number}.{name}"

    def card(self, name: str) -> str:
        return f"{name}_{self.number}"

    def behaviour(self, name: str) -> str:
        return _counted(name, self.variant) if name in self.variant.narrowed else name

    def group(self, clause: Clause) -> Group:
        renamed = self.clause(clause)
        return renamed if isinstance(renamed, Group) else Group("must", "", "all", (renamed,))

    def clause(self, clause: Clause) -> Clause:
        if isinstance(clause, Group):
            return replace(clause, items=tuple(map(self.clause, clause.items)))
        if isinstance(clause, Reference):
            return replace(clause, definition=self.definition(clause.definition))
        if isinstance(clause, Score):
            return replace(clause, scorecard=self.card(clause.scorecard))
        if isinstance(clause, Count):
            return replace(clause, behaviour=self.behaviour(clause.behaviour))
        return clause

    def row(self, row: Row) -> Row:
        if isinstance(row, ClauseRow):
            return replace(row, clause=self.clause(row.clause))
        return replace(row, behaviour=self.behaviour(row.behaviour))
