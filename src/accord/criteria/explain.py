"""Definitions as lines that a person reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accord.criteria.language import Clause, Count, Definition, Group, Reference, Score, Test
from accord.criteria.registry import Fact, Registry
from accord.criteria.scorecards import ENGAGEMENT, FIT, EventRow, Row

Titles = Mapping[str, str]  # of definitions, by key


@dataclass(frozen=True)
class Line:
    """One clause: how deep it stands, its sentence, and whether it must or should be met.

    `names` are the facts and behaviours it asks.
    """

    key: str
    depth: int
    sentence: str
    level: str  # must | should
    is_group: bool
    names: tuple[str, ...] = ()


def lines(definition: Definition, *, registry: Registry, titles: Titles) -> list[Line]:
    """The clauses of a definition, in their order; the outermost “all” goes without saying."""
    must = definition.must
    top = must.items if must.kind == "all" else (must,)
    found = [line for clause in top for line in _lines(clause, 0, "must", registry, titles)]
    return found + [
        line
        for clause in definition.should
        for line in _lines(clause, 0, "should", registry, titles)
    ]


def _lines(
    clause: Clause, depth: int, level: str, registry: Registry, titles: Titles
) -> Iterator[Line]:
    is_group = isinstance(clause, Group)
    words = sentence(clause, registry=registry, titles=titles)
    yield Line(clause.key, depth, words, level, is_group, _names(clause))
    if isinstance(clause, Group):
        for item in clause.items:
            yield from _lines(item, depth + 1, level, registry, titles)


def _names(clause: Clause) -> tuple[str, ...]:
    if isinstance(clause, Test):
        return (clause.fact,)
    return (clause.behaviour,) if isinstance(clause, Count) else ()


def sentence(clause: Clause, *, registry: Registry, titles: Titles) -> str:
    """A clause in plain words: its own text, or one made of what it asks.

    `titles` are what people call the definitions that it may name.
    """
    if clause.text:
        return clause.text
    if isinstance(clause, Group):
        return {"all": _("All of these:"), "any": _("Any of these:"), "not": _("Not:")}[clause.kind]
    if isinstance(clause, Reference):
        return _("Meets the definition “%(name)s”") % {
            "name": titles.get(clause.definition, clause.definition)
        }
    if isinstance(clause, Score):
        points = _COUNTED[clause.operator](clause.number)
        return _("%(score)s: %(number)s points") % {
            "score": SCORECARDS[clause.scorecard],
            "number": points,
        }
    return _count(clause, registry) if isinstance(clause, Count) else _test(clause, registry)


SCORECARDS: Mapping[str, Any] = {FIT: gettext_lazy("Fit"), ENGAGEMENT: gettext_lazy("Engagement")}


def row_sentence(row: Row, *, registry: Registry, titles: Titles) -> str:
    """What a row of a scorecard gives points for: its own text, or what it counts."""
    if not isinstance(row, EventRow):
        return sentence(row.clause, registry=registry, titles=titles)
    return row.text or str(registry.behaviour(row.behaviour).label)


def row_exactly(row: Row, *, registry: Registry, titles: Titles) -> str:
    """What a row asks or counts, where its sentence does not say that; "" where it does."""
    if not isinstance(row, EventRow):
        asked = exactly(row.clause, registry=registry, titles=titles)
        said = row_sentence(row, registry=registry, titles=titles)
        return "" if asked == said else asked
    return str(registry.behaviour(row.behaviour).label) if row.text else ""


def exactly(clause: Clause, *, registry: Registry, titles: Titles) -> str:
    """What a clause asks, without words of its own, in one line with all that stands below it."""
    bare = sentence(replace(clause, text=""), registry=registry, titles=titles)
    if not isinstance(clause, Group):
        return bare
    below = (exactly(item, registry=registry, titles=titles) for item in clause.items)
    return f"{bare} {'; '.join(below)}"


def row_rule(row: Row, *, registry: Registry) -> str:
    """How the points of a row are counted; "" where they are given once."""
    if not isinstance(row, EventRow):
        return ""
    days = ngettext("in the last %(n)s day", "in the last %(n)s days", row.within_days or 0)
    said = [days % {"n": row.within_days}] if row.within_days else []
    if row.loses:
        lost = ngettext(
            "loses %(percent)s %% with each day",
            "loses %(percent)s %% with every %(n)s days",
            row.loses.every_days,
        )
        said.append(lost % {"percent": row.loses.percent, "n": row.loses.every_days})
    often = ngettext("counted once at most", "counted %(n)s times at most", row.at_most)
    return ", ".join([*said, often % {"n": row.at_most}])


_COUNTED: Mapping[str, Any] = {
    "at_least": lambda n: _("at least %(n)s") % {"n": n},
    "at_most": lambda n: _("at most %(n)s") % {"n": n},
    "more_than": lambda n: _("more than %(n)s") % {"n": n},
    "less_than": lambda n: _("less than %(n)s") % {"n": n},
}
_DAYS: Mapping[str, Any] = {
    "in_last_days": lambda n: ngettext(
        "%(fact)s lies in the last %(value)s day", "%(fact)s lies in the last %(value)s days", n
    ),
    "in_next_days": lambda n: ngettext(
        "%(fact)s lies in the next %(value)s day", "%(fact)s lies in the next %(value)s days", n
    ),
    "older_than_days": lambda n: ngettext(
        "%(fact)s lies more than %(value)s day back",
        "%(fact)s lies more than %(value)s days back",
        n,
    ),
}

_SINGLE: Mapping[str, Any] = {
    "is": gettext_lazy("%(fact)s is %(value)s"),
    "is_not": gettext_lazy("%(fact)s is not %(value)s"),
    "one_of": gettext_lazy("%(fact)s is one of %(value)s"),
    "none_of": gettext_lazy("%(fact)s is none of %(value)s"),
    "contains": gettext_lazy("%(fact)s contains “%(value)s”"),
    "before": gettext_lazy("%(fact)s is before %(value)s"),
    "after": gettext_lazy("%(fact)s is after %(value)s"),
}
_SEVERAL: Mapping[str, Any] = {
    "is": gettext_lazy("%(fact)s: %(value)s"),
    "is_not": gettext_lazy("%(fact)s: not %(value)s"),
    "one_of": gettext_lazy("%(fact)s: one of %(value)s"),
    "none_of": gettext_lazy("%(fact)s: none of %(value)s"),
}


def _count(count: Count, registry: Registry) -> str:
    what = str(registry.behaviour(count.behaviour).label)
    said = _("%(what)s: %(number)s") % {
        "what": what,
        "number": _COUNTED[count.operator](count.number),
    }
    if count.within_days is None:
        return said
    days = ngettext("in the last %(n)s day", "in the last %(n)s days", count.within_days)
    return f"{said} {days % {'n': count.within_days}}"


def _test(test: Test, registry: Registry) -> str:
    fact = registry.fact(test.fact)
    label = str(fact.label)
    if test.operator == "known":
        form = _("%(fact)s is known") if test.value else _("%(fact)s is not known")
        return form % {"fact": label}
    if test.operator in _DAYS:
        return str(_DAYS[test.operator](test.value) % {"fact": label, "value": test.value})
    forms = _SEVERAL if fact.type == "texts" else _SINGLE
    form = str(forms.get(test.operator, forms["is"]))
    number = _COUNTED.get(test.operator)
    value = number(test.value) if number else _shown(test.value, fact)
    return form % {"fact": label, "value": value}


def _shown(value: Any, fact: Fact) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item, fact) for item in value)
    return date_format(value, "j M Y") if hasattr(value, "isoformat") else fact.said(str(value))
