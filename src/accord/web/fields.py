"""Facts as they are shown and as they can be changed; those the company defined among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accord.web.figures import figure
from accord.web.times import day

if TYPE_CHECKING:
    from accord.leads.rules import FactRule

_KINDS = {"number": "number", "money": "number", "date": "date"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that is known, as it is shown."""

    label: str
    value: str
    link: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A fact as it can be changed. `kind` is that of the input; `signed`: it can be below 0."""

    key: str
    label: str
    kind: str
    value: str
    choices: Iterable[tuple[str, Any]] = ()
    is_signed: bool = False


def own_fields(
    rules: Mapping[str, "FactRule"], known: Mapping[str, Any], given: Mapping[str, Any]
) -> list[Field]:
    """The facts that the company defined, with what is known or was just written."""
    return [
        Field(
            key=key,
            label=rule.label,
            kind=_KINDS.get(rule.kind, "input"),
            value=str(given.get(key, _written(known.get(key)))),
            choices=_choices(rule),
            is_signed=rule.kind == "number",
        )
        for key, rule in rules.items()
    ]


def _choices(rule: "FactRule") -> list[tuple[str, str]]:
    if rule.kind == "yes_no":
        return [("yes", _("Yes")), ("no", _("No"))]
    return [(choice, choice) for choice in rule.choices]


def _written(value: Any) -> str:
    """A value as it stands in an input."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def own_facts(rules: Mapping[str, "FactRule"], known: Mapping[str, Any]) -> list[Fact]:
    """What is known of the facts that the company defined."""
    return [Fact(rule.label, shown(known[key])) for key, rule in rules.items() if key in known]


def shown(value: Any) -> str:
    """A value as people read it; nothing where it is not known."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        places = -min(int(value.normalize().as_tuple().exponent), 0)
        return figure(value, places)
    return "" if value is None else str(value)
