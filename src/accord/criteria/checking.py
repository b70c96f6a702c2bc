"""Whether definitions and scorecards make sense: what they ask exists, nothing is circular."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

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
    Test,
    leaves,
)
from accord.criteria.registry import CUSTOM, Registry
from accord.criteria.scorecards import ClauseRow, EventRow, Scorecard
from accord.criteria.values import value_of

_MAX_CLAUSES = 200
STAGE = "stage"  # what the facts follow that definitions move


def check(
    definitions: Mapping[str, Definition],
    *,
    registry: Registry,
    scorecards: Mapping[str, Scorecard] = MappingProxyType({}),
) -> None:
    """Raises Invalid for the first clause that cannot run.

    Its field is where that stands: definitions.KEY.CLAUSE or scorecards.KEY.ROW.
    """
    words = _Words(definitions, scorecards, registry)
    places = [*words.places()]
    if any(isinstance(leaf, Test) and leaf.fact.startswith(CUSTOM) for _place, leaf, _of in places):
        registry.read_custom()  # another process may have added a choice
    for place, leaf, _of in places:
        with _standing(place):
            words.check(leaf)
    for card in scorecards.values():
        for row in card.rows:
            if isinstance(row, EventRow):
                with _standing(f"scorecards.{card.key}.{row.key}"):
                    registry.behaviour(row.behaviour)
    known: dict[str, int] = {}
    for place, leaf, name in places:
        with _standing(place):
            _weight([leaf], words, (name,), known)
    for key, definition in definitions.items():
        with _standing(f"definitions.{key}"):
            _weight(definition.leaves(), words, (key,), known)


def asking(
    definitions: Mapping[str, Definition],
    scorecards: Mapping[str, Scorecard],
    *,
    registry: Registry,
) -> frozenset[str]:
    """The definitions that ask, themselves or by what they name, a fact that follows something."""

    def follows(asked: Iterable[Leaf]) -> bool:
        for leaf in asked:
            if isinstance(leaf, Test) and registry.fact(leaf.fact).follows:
                return True
            below = words.below(leaf)
            if below and follows(below[1]):
                return True
        return False

    words = _Words(definitions, scorecards, registry)
    cards = [leaf for place, leaf, name in words.places() if place.startswith("scorecards.")]
    found = {key for key, each in definitions.items() if follows(each.leaves())}
    return frozenset(found | ({"scorecards"} if follows(cards) else set()))


@contextmanager
def _standing(place: str) -> Iterator[None]:
    try:
        yield
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field=place) from refusal


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


@dataclass(frozen=True)
class _Words:
    """What clauses may name: facts, definitions, and scorecards, whose rows ask in their turn."""

    definitions: Mapping[str, Definition]
    scorecards: Mapping[str, Scorecard]
    registry: Registry

    def places(self) -> Iterator[tuple[str, Leaf, str]]:
        """Each clause that asks something: where it stands, and what it belongs to."""
        for key, definition in self.definitions.items():
            for leaf in definition.leaves():
                yield f"definitions.{key}.{leaf.key}", leaf, key
        for key, card in self.scorecards.items():
            for row in card.rows:
                for leaf in leaves(row.clause) if isinstance(row, ClauseRow) else ():
                    yield f"scorecards.{key}.{row.key}", leaf, _score(key)

    def check(self, leaf: Leaf) -> None:
        """Raises Invalid for a clause that names what is not there, or what does not fit it."""
        if isinstance(leaf, Test):
            value_of(leaf, self.registry.fact(leaf.fact))
        elif isinstance(leaf, Count):
            self.registry.behaviour(leaf.behaviour)
        elif isinstance(leaf, Score) and leaf.scorecard not in self.scorecards:
            there = ", ".join(self.scorecards) or "none in this agreement"
            raise Invalid(
                _("There is no scorecard “%(scorecard)s”; there is %(there)s.")
                % {"scorecard": leaf.scorecard, "there": there}
            )
        elif isinstance(leaf, Reference) and leaf.definition not in self.definitions:
            raise Invalid(
                _(
                    "There is no definition “%(definition)s” with criteria; there is "
                    "%(definitions)s."
                )
                % {"definition": leaf.definition, "definitions": ", ".join(self.definitions)}
            )

    def below(self, leaf: Leaf) -> tuple[str, list[Leaf]] | None:
        """What a clause names and what that asks; None for one that names nothing.

        The stage of a lead is what the definitions that enter one ask.
        """
        if isinstance(leaf, Reference):
            return leaf.definition, list(leaves(self.definitions[leaf.definition].must))
        if isinstance(leaf, Score):
            rows = self.scorecards[leaf.scorecard].rows
            clauses = [row.clause for row in rows if isinstance(row, ClauseRow)]
            return _score(leaf.scorecard), [each for one in clauses for each in leaves(one)]
        if isinstance(leaf, Test) and self.registry.fact(leaf.fact).follows == STAGE:
            entering = [each for each in self.definitions.values() if each.stage]
            return STAGE, [each for one in entering for each in leaves(one.must)]
        return None


def _score(key: str) -> str:
    """What a scorecard is called in a circle."""
    return f"score {key}"


def _weight(
    asked: Iterable[Leaf], words: _Words, path: tuple[str, ...], known: dict[str, int]
) -> int:
    """How many clauses something asks once what it names is replaced.

    `known` keeps what each requires. Raises Invalid for what leads back to where it came from,
    and for too many clauses: references multiply.
    """
    total = 0
    for leaf in asked:
        below = words.below(leaf)
        if below is None:
            total += 1
            continue
        name, its = below
        if name in path:
            circle = " → ".join((*path, name))
            raise Invalid(
                _("It asks for itself: %(circle)s. Leave one of these out.") % {"circle": circle}
            )
        if name not in known:
            known[name] = _weight(its, words, (*path, name), known)
        total += known[name]
    if total > _MAX_CLAUSES:
        raise Invalid(
            _(
                "With what it refers to it asks %(total)s clauses; %(most)s at "
                "most. Leave some out, or refer to fewer definitions."
            )
            % {"total": total, "most": _MAX_CLAUSES}
        )
    return total
