"""What the builder offers: the things one can ask, and the field that fits each answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.agreement.terms import Terms
from accord.criteria.drafting import LISTS, DraftRow, operators_of
from accord.criteria.registry import registry

_NUMBERS = ("number", "money")
OPERATORS: Mapping[str, Any] = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "one_of": gettext_lazy("is one of"),
    "none_of": gettext_lazy("is none of"),
    "contains": gettext_lazy("contains"),
    "at_least": gettext_lazy("at least"),
    "at_most": gettext_lazy("at most"),
    "more_than": gettext_lazy("more than"),
    "less_than": gettext_lazy("less than"),
    "before": gettext_lazy("before"),
    "after": gettext_lazy("after"),
    "in_last_days": gettext_lazy("in the last days"),
    "in_next_days": gettext_lazy("in the next days"),
    "older_than_days": gettext_lazy("longer ago than days"),
    "known": gettext_lazy("is known"),
}
GROUPS: Mapping[str, Any] = {
    "all": gettext_lazy("All of these"),
    "any": gettext_lazy("Any of these"),
    "not": gettext_lazy("None of these"),
}

# What a row lacks that cannot be asked yet, as `criteria.drafting.unfinished` names it.
LACKING: Mapping[str, Any] = {
    "name": gettext_lazy("There is nothing of this name; choose one from the list."),
    "thing": gettext_lazy("Nothing is asked here yet; choose from the list, or remove the row."),
    "value": gettext_lazy("The answer is missing; give one, or remove the row."),
    "rows": gettext_lazy("Nothing stands in this group; add a condition, or remove it."),
}


@dataclass(frozen=True)
class Thing:
    """Something one can ask: `asks` as a row writes it, what it is called, and its kind."""

    asks: str
    label: str
    kind: str


def things(terms: Terms) -> dict[str, Thing]:
    """All that can be asked, by what it is called, in small letters."""
    registry.read_custom()
    found = [
        *(Thing(f"fact:{key}", str(fact.label), _("fact")) for key, fact in registry.facts.items()),
        *(
            Thing(f"count:{key}", _("%(what)s (how often)") % {"what": each.label}, _("behaviour"))
            for key, each in registry.behaviours.items()
        ),
        *(
            Thing(f"definition:{key}", _("Meets: %(word)s") % {"word": each.title}, _("definition"))
            for key, each in terms.definitions.items()
        ),
        *(
            Thing(f"score:{key}", _("Points: %(card)s") % {"card": card.title}, _("points"))
            for key, card in terms.scorecards.items()
        ),
    ]
    return {thing.label.casefold(): thing for thing in sorted(found, key=lambda each: each.label)}


def facts_asked(rows: Sequence[DraftRow]) -> set[str]:
    """The facts that rows ask, whose values may be offered."""
    asked = (row.asks.partition(":") for row in rows)
    return {name for what, _colon, name in asked if what == "fact" and name}


def shown(
    row: DraftRow, number: int, labels: Mapping[str, str], offered: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """A row with the field that fits: for a group its kinds, for a question what answers it.

    `offered` are the values of facts to choose from.
    """
    what, _colon, name = row.asks.partition(":")
    operators = operators_of(row.asks, registry=registry) if what != "?" else ()
    chosen = [each.strip() for each in row.value.split(",")]
    fact = registry.fact(name) if what == "fact" else None
    return {
        "number": number,
        "row": row,
        "indent": range(row.depth),
        "name": labels.get(row.asks, name),
        "called": labels.get(row.asks) or str(GROUPS.get(row.kind, "")) or _("new condition"),
        "is_unknown": what == "?",
        "groups": GROUPS.items(),
        "operators": [(key, OPERATORS[key]) for key in operators],
        "field": _field(row, what, name) if operators else "",
        "choices": [(each, each in chosen, fact.said(each)) for each in fact.choices]
        if fact
        else [],
        "is_counted": what == "count",
        "offered": _offered(row, offered.get(name, ())) if what == "fact" else [],
    }


def _offered(row: DraftRow, values: Sequence[str]) -> list[str]:
    """What the value can become by one choice: each value, in a list beside those that stand."""
    if row.operator not in LISTS:
        return [*values]
    given = [each.strip() for each in row.value.split(",") if each.strip()]
    return [", ".join([*given, each]) for each in values if each not in given]


def _field(row: DraftRow, what: str, name: str) -> str:
    """yes_no, choice, choices, number, date or text."""
    kind = registry.fact(name).type if what == "fact" else "number"
    if row.operator == "known" or kind == "yes_no":
        return "yes_no"
    if kind == "choice":
        return "choices" if row.operator in LISTS else "choice"
    if row.operator.endswith("_days") or kind in _NUMBERS:
        return "number"
    return "date" if kind in ("date", "moment") else "text"
