"""The criteria language: definitions made of clauses over facts and over what was done.

A document writes them so:

    must: {all: [...]}            or any, not, or a bare list, which means all
    should: [...]                 asked for, never decides

    {fact: country, one_of: [Germany, Austria]}
    {count: page_visits, within_days: 30, at_least: 3}
    {definition: ideal_customer}
    {score: engagement, at_least: 60}

Every clause may carry `key`, a short name unique in its definition, and `text`, plain words.
Pure: no database; whether facts exist is looked at in `checking`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accord.base.errors import Invalid

COMPARISONS = ("at_least", "at_most", "more_than", "less_than")
OPERATORS = (
    "is",
    "is_not",
    "one_of",
    "none_of",
    "contains",
    *COMPARISONS,
    "before",
    "after",
    "in_last_days",
    "in_next_days",
    "older_than_days",
    "known",
)
GROUPS = ("all", "any", "not")
_ASKED = ("fact", "count", "definition", "score")
_KEY = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MAX_DEPTH = 12
_MAX_CLAUSES = 200
MAX_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Test:
    """Asks one fact."""

    key: str
    text: str
    fact: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Count:
    """Asks how often something was done in the last `within_days`; None: ever."""

    key: str
    text: str
    behaviour: str
    within_days: int | None
    operator: str
    number: int


@dataclass(frozen=True, slots=True)
class Reference:
    """Asks whether what another definition requires is met."""

    key: str
    text: str
    definition: str


@dataclass(frozen=True, slots=True)
class Score:
    """Asks how many points a scorecard gives."""

    key: str
    text: str
    scorecard: str
    operator: str
    number: int


@dataclass(frozen=True, slots=True)
class Group:
    """Joins clauses: all, any, or not (of one)."""

    key: str
    text: str
    kind: str
    items: "tuple[Clause, ...]"


Leaf = Test | Count | Reference | Score
Clause = Leaf | Group


@dataclass(frozen=True, slots=True)
class Definition:
    """A word that can be executed: what it requires, and what it would like to know."""

    key: str
    title: str
    text: str
    stage: str | None
    must: Group
    should: tuple[Clause, ...]

    def leaves(self) -> Iterator[Leaf]:
        """The clauses that ask something, must before should, in their order."""
        for clause in (self.must, *self.should):
            yield from leaves(clause)


def leaves(clause: Clause) -> Iterator[Leaf]:
    """The clauses below that ask something, in their order."""
    if isinstance(clause, Group):
        for item in clause.items:
            yield from leaves(item)
    else:
        yield clause


def read_definition(key: str, raw: Mapping[str, Any]) -> Definition:
    """A definition from its parsed YAML or JSON.

    Raises Invalid; its field is the path of the clause that does not fit.
    """
    _check_heading(key, raw)
    reader = _Reader()
    must = reader.clause(_as_group(raw.get("must", [])), "must", 0)
    should = raw.get("should", [])
    if not isinstance(should, list):
        raise Invalid(_("It is a list of clauses."), field="should")
    asked = tuple(reader.clause(item, f"should.{number}", 0) for number, item in enumerate(should))
    group = must if isinstance(must, Group) else Group("must", "", "all", (must,))
    if not any(True for _ in leaves(group)):
        raise Invalid(_("It requires nothing; add at least one clause."), field="must")
    return Definition(
        key=key,
        title=raw["title"].strip(),
        text=raw["text"].strip(),
        stage=raw.get("stage"),
        must=group,
        should=asked,
    )


def read_clauses(raw: list[Any], path: str) -> list[Clause]:
    """Clauses that stand beside each other; their keys are unique among them. Raises Invalid."""
    reader = _Reader()
    return [reader.clause(each, f"{path}.{number}", 0) for number, each in enumerate(raw)]


def _check_heading(key: str, raw: Mapping[str, Any]) -> None:
    if not _NAME.fullmatch(key) or len(key) > 40:
        raise Invalid(_("A definition is named in small letters, digits and _, 40 at most."))
    for name in raw:
        if name not in ("title", "text", "stage", "must", "should"):
            raise Invalid(
                _("A definition has title, text, stage, must and should only."), field=str(name)
            )
    for name in ("title", "text"):
        if not isinstance(raw.get(name), str) or not raw[name].strip():
            raise Invalid(_("It is empty; say what the word means."), field=name)
    if not isinstance(raw.get("stage"), str | None):
        raise Invalid(_("It names the stage that is entered."), field="stage")


def _as_group(raw: Any) -> Any:
    return {"all": raw} if isinstance(raw, list) else raw


class _Reader:
    """Reads the clauses of one definition; keys are unique in it."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def clause(self, raw: Any, path: str, depth: int) -> Clause:
        if len(self._taken) >= _MAX_CLAUSES:
            raise Invalid(
                _("There are more than %(most)s clauses; make a definition of a part.")
                % {"most": _MAX_CLAUSES},
                field=path,
            )
        if depth > _MAX_DEPTH:
            raise Invalid(
                _("It is nested more than %(most)s deep; make a definition of a part.")
                % {"most": _MAX_DEPTH},
                field=path,
            )
        if not isinstance(raw, dict):
            raise Invalid(
                _("It is not a clause; write, say, {fact: email, known: true}."), field=path
            )
        kinds = [name for name in (*GROUPS, *_ASKED) if name in raw]
        if len(kinds) != 1:
            raise Invalid(
                _("A clause has exactly one of %(names)s.")
                % {"names": ", ".join((*GROUPS, *_ASKED))},
                field=path,
            )
        kind = kinds[0]
        if kind in GROUPS:
            return self._group(raw, kind, path, depth)
        readers: dict[str, Callable[[dict[str, Any], str], Clause]] = {
            "fact": self._test,
            "count": self._count,
            "definition": self._reference,
            "score": self._score,
        }
        return readers[kind](raw, path)

    def _group(self, raw: dict[str, Any], kind: str, path: str, depth: int) -> Group:
        _only(raw, {kind, "key", "text"}, path)
        items = [raw[kind]] if kind == "not" else raw[kind]
        if not isinstance(items, list):
            raise Invalid(_("“%(kind)s” takes a list of clauses.") % {"kind": kind}, field=path)
        key = self._key(raw, kind, path)
        read = tuple(
            self.clause(item, f"{path}.{kind}.{n}", depth + 1) for n, item in enumerate(items)
        )
        return Group(key, _text(raw, path), kind, read)

    def _test(self, raw: dict[str, Any], path: str) -> Test:
        operator = _operator(raw, OPERATORS, {"fact", "key", "text"}, path)
        fact = _name(raw["fact"], path)
        return Test(
            self._key(raw, f"{fact}-{operator}", path),
            _text(raw, path),
            fact,
            operator,
            raw[operator],
        )

    def _count(self, raw: dict[str, Any], path: str) -> Count:
        operator = _operator(raw, COMPARISONS, {"count", "within_days", "key", "text"}, path)
        behaviour = _name(raw["count"], path)
        days = raw.get("within_days")
        if days is not None and not _is_whole(days, 1, MAX_DAYS):
            raise Invalid(_("“within_days” is a whole number of days, 1 or more."), field=path)
        if not _is_whole(raw[operator], 0, 10**9):
            raise Invalid(
                _("“%(operator)s” is a whole number, 0 or more.") % {"operator": operator},
                field=path,
            )
        key = self._key(raw, f"{behaviour}-{operator}", path)
        return Count(key, _text(raw, path), behaviour, days, operator, raw[operator])

    def _score(self, raw: dict[str, Any], path: str) -> Score:
        operator = _operator(raw, COMPARISONS, {"score", "key", "text"}, path)
        if not _is_whole(raw[operator], -(10**6), 10**6):
            raise Invalid(
                _("“%(operator)s” is a whole number of points.") % {"operator": operator},
                field=path,
            )
        scorecard = _name(raw["score"], path)
        key = self._key(raw, f"{scorecard}-{operator}", path)
        return Score(key, _text(raw, path), scorecard, operator, raw[operator])

    def _reference(self, raw: dict[str, Any], path: str) -> Reference:
        _only(raw, {"definition", "key", "text"}, path)
        named = _name(raw["definition"], path)
        return Reference(self._key(raw, named, path), _text(raw, path), named)

    def _key(self, raw: dict[str, Any], default: str, path: str) -> str:
        key = raw.get("key")
        if key is None:
            key, number = default.replace("_", "-"), 2
            while key in self._taken:
                key, number = f"{default.replace('_', '-')}-{number}", number + 1
        elif not isinstance(key, str) or not _KEY.fullmatch(key) or len(key) > 60:
            raise Invalid(
                _("A key is made of small letters, digits and hyphens, 60 at most."), field=path
            )
        elif key in self._taken:
            raise Invalid(
                _("Two clauses have the key “%(key)s”; give one another.") % {"key": key},
                field=path,
            )
        self._taken.add(key)
        return str(key)


def _operator(raw: dict[str, Any], allowed: tuple[str, ...], others: set[str], path: str) -> str:
    found = [name for name in raw if name not in others]
    for name in found:
        if name not in allowed:
            raise Invalid(
                _(
                    "“%(name)s” has no meaning here; a clause asks exactly one thing, "
                    "one of %(allowed)s."
                )
                % {"name": name, "allowed": ", ".join(allowed)},
                field=path,
            )
    if len(found) != 1:
        raise Invalid(
            _("A clause asks exactly one thing: one of %(allowed)s.")
            % {"allowed": ", ".join(allowed)},
            field=path,
        )
    return found[0]


def _only(raw: dict[str, Any], allowed: set[str], path: str) -> None:
    for name in raw:
        if name not in allowed:
            raise Invalid(
                _("“%(name)s” has no meaning here; leave it out.") % {"name": name}, field=path
            )


def _name(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value:
        raise Invalid(_("It names nothing."), field=path)
    return value


def _text(raw: dict[str, Any], path: str) -> str:
    text = raw.get("text", "")
    if not isinstance(text, str):
        raise Invalid(_("“text” is a sentence."), field=path)
    return text.strip()


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
