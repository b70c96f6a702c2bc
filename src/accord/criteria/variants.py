"""Several agreements' definitions beside one another, so that one question answers for all."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from accord.base.errors import Invalid
from accord.criteria.language import Clause, Count, Definition, Group, Reference, leaves
from accord.criteria.registry import Registry


@dataclass(frozen=True)
class Variant:
    """The definitions of one agreement, and which outcomes it counts of a behaviour."""

    definitions: Mapping[str, Definition]
    narrowed: Mapping[str, Collection[str]]


def beside(
    variants: Sequence[Variant], *, key: str, registry: Registry
) -> tuple[dict[str, Definition], Registry]:
    """The definition `key` of each variant under its number, "0" and on, with all it asks for.

    The registry is one that knows what each variant counts. Raises Invalid where a variant
    has no such definition.
    """
    found: dict[str, Definition] = {}
    for number, variant in enumerate(variants):
        if key not in variant.definitions:
            raise Invalid(f"Not all of them have a definition “{key}” with criteria.")
        for behaviour, outcomes in variant.narrowed.items():
            name = _name(behaviour, variant)
            if name not in registry.behaviours:
                narrow = registry.narrowed(behaviour, outcomes=outcomes)
                told = replace(narrow.behaviours[behaviour], key=name)
                registry = replace(registry, behaviours={**registry.behaviours, name: told})
        for needed in _needed(key, variant):
            own = variant.definitions[needed]
            must = _renamed(own.must, number, key, variant)
            found[_key(needed, number, key)] = replace(own, must=must, should=())
    return found, registry


def _needed(key: str, variant: Variant) -> Iterator[str]:
    """A definition and all that it refers to, each once."""
    waiting, seen = [key], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in variant.definitions:
            continue
        seen.add(name)
        yield name
        asked = leaves(variant.definitions[name].must)
        waiting += [leaf.definition for leaf in asked if isinstance(leaf, Reference)]


def _key(needed: str, number: int, key: str) -> str:
    return str(number) if needed == key else f"{number}.{needed}"


def _name(behaviour: str, variant: Variant) -> str:
    return f"{behaviour}:{','.join(sorted(variant.narrowed[behaviour]))}"


def _renamed(clause: Clause, number: int, key: str, variant: Variant) -> Group:
    """The clause, asking for what its own variant calls by these names."""

    def walk(clause: Clause) -> Clause:
        if isinstance(clause, Group):
            return replace(clause, items=tuple(walk(item) for item in clause.items))
        if isinstance(clause, Reference):
            return replace(clause, definition=_key(clause.definition, number, key))
        if isinstance(clause, Count) and clause.behaviour in variant.narrowed:
            return replace(clause, behaviour=_name(clause.behaviour, variant))
        return clause

    renamed = walk(clause)
    return renamed if isinstance(renamed, Group) else Group("must", "", "all", (renamed,))
