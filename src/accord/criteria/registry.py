"""What criteria may ask about. Rooms fill it when they start."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from accord.base.errors import Invalid

_T = TypeVar("_T")

# The types of facts; of those that can be closed, what an absent one is, in SQL.
TYPES = ("text", "texts", "choice", "number", "money", "date", "moment", "yes_no")
ABSENT = {
    "yes_no": "FALSE",
    "number": "0",
    "money": "0",
    "text": "''",
    "choice": "''",
    "texts": "'{}'::text[]",
}
CUSTOM = "custom_"  # how the keys of the facts begin that a company defines itself
THEN = "%(criteria_known_at)s::timestamptz"  # in the SQL of the past: when it was known


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known, or not, of a lead.

    `sql` is an expression over the alias of its relation, with % written as %%. An open fact
    that is absent is unknown; a closed one is 0, no or ''. Of "texts" it has several at once: an
    array, in small letters. `labels` are what people call its
    choices, where these are keys. `follows` says what moves it rather than somebody learning it:
    "stage", which definitions enter, or "deals". `is_lost` tells whether a value that it had
    between two moments was not kept, so that nobody can say what it was. `tells_who`: it says who
    somebody is rather than what kind of lead, so nothing is learnt from it and its values are not
    offered. Raises ValueError for a type that does not exist or cannot be closed, and for a
    choice without choices.
    """

    key: str
    label: Any
    type: str
    sql: str
    relation: str = "lead"
    is_open: bool = True
    choices: tuple[str, ...] = ()
    follows: str = ""
    is_lost: Callable[[datetime, datetime], bool] | None = field(default=None, hash=False)
    tells_who: bool = False
    labels: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def said(self, value: str) -> str:
        """What people call one of its values."""
        return str(self.labels.get(value, value))

    def __post_init__(self) -> None:
        if self.type not in TYPES or not (self.is_open or self.type in ABSENT):
            raise ValueError(f"The fact {self.key} cannot be a {self.type} of this kind.")
        if self.type == "choice" and not self.choices:
            raise ValueError(f"The fact {self.key} is a choice and has none.")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something that is done and counted: activities of these kinds.

    `outcomes` narrows to those with one of these outcomes; empty: all.
    """

    key: str
    label: Any
    kinds: tuple[str, ...]
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """Where facts stand: a table or a subquery, known by its key as its alias.

    `on` joins it (LEFT JOIN) to the relation "lead", which itself has none. `past` is the
    same as it was known at THEN. `changes` gives (lead_id, at): the moments at which it became
    something else; "" where it never does.
    """

    key: str
    sql: str
    past: str
    on: str = ""
    changes: str = ""


@dataclass(frozen=True, slots=True)
class Journal:
    """Where what was done stands, and since when each kind is watched.

    Columns of `table`: lead_id, kind, outcome, happened_at, known_at; of `observed`: kind,
    since; of `leads`, one row for each that can be judged: lead_id, since_at (when it came),
    known_at (when we learnt of it).
    """

    table: str
    observed: str
    leads: str = ""


@dataclass
class Registry:
    """Facts, behaviours, relations and the journal, by key.

    `sources` tell of the facts that the company defined, each with its relation; they are asked
    when such a fact is not known, and whenever definitions that ask for one are checked.
    """

    facts: dict[str, Fact] = field(default_factory=dict)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    journal: Journal | None = None
    sources: list[Callable[[], Iterable[tuple[Fact, Relation]]]] = field(default_factory=list)

    def add(self, *things: Fact | Behaviour | Relation | Journal) -> None:
        """Make things known to criteria. Raises ValueError when a key is taken."""
        for thing in things:
            if isinstance(thing, Journal):
                self.journal = thing
                continue
            shelf = self._shelf(thing)
            if thing.key in shelf:
                raise ValueError(f"Criteria know {thing.key} already.")
            shelf[thing.key] = thing

    def read_custom(self) -> None:
        """Learn anew of the facts that the company defined: from each of `sources`."""
        for source in self.sources:
            for fact, relation in source():
                self.facts[fact.key] = fact
                self.relations[relation.key] = relation

    def narrowed(self, behaviour: str, *, outcomes: Collection[str]) -> "Registry":
        """The same, but that one behaviour counts these outcomes. Raises Invalid."""
        narrow = replace(self.behaviour(behaviour), outcomes=tuple(sorted(outcomes)))
        return replace(self, behaviours={**self.behaviours, behaviour: narrow})

    def _shelf(self, thing: Fact | Behaviour | Relation) -> dict[str, Any]:
        if isinstance(thing, Fact):
            return self.facts
        return self.behaviours if isinstance(thing, Behaviour) else self.relations

    def fact(self, key: str) -> Fact:
        """The fact of this key. Raises Invalid, naming those that are close."""
        if key not in self.facts and key.startswith(CUSTOM):
            self.read_custom()
        return self._named(self.facts, key, _("There is no fact “%(key)s”; there is %(close)s."))

    def label(self, key: str) -> str:
        """What people call a fact; a key that is none stands for itself."""
        try:
            return str(self.fact(key).label)
        except Invalid:
            return key

    def behaviour(self, key: str) -> Behaviour:
        """The behaviour of this key. Raises Invalid, naming those that are close."""
        return self._named(
            self.behaviours, key, _("There is no behaviour “%(key)s”; there is %(close)s.")
        )

    @staticmethod
    def _named(shelf: Mapping[str, _T], key: str, unknown: str) -> _T:
        if key in shelf:
            return shelf[key]
        close = get_close_matches(key, shelf, n=3, cutoff=0.4) or sorted(shelf)
        raise Invalid(unknown % {"key": key, "close": ", ".join(close)})


registry = Registry()
