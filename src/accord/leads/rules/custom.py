"""Facts that a company defined itself: what their values may be."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from accord.base.errors import Invalid, _
from accord.leads.rules.entries import FactRule
from accord.leads.rules.values import read_choice, read_date, read_number, read_text, read_yes

MOST = 10**15
LONGEST = 500  # characters of a text: an index holds no more

Value = str | Decimal | date | bool


def read_custom(
    given: Mapping[str, Any], custom: Mapping[str, FactRule], about: str
) -> dict[str, Any]:
    """The custom facts among what is given, by key; what is left empty is None. Raises Invalid."""
    if not custom:
        return {}
    return {
        key: _read(value, custom[key])
        for key, value in given.items()
        if key in custom and custom[key].about == about
    }


def _read(given: Any, fact: FactRule) -> Value | None:
    if given is None or not str(given).strip():
        return None
    return _READERS[fact.kind](given, fact)


def _text(given: Any, fact: FactRule) -> str:
    text = read_text(given, fact.key)
    if len(text) > LONGEST:
        raise Invalid(
            _("%(label)s has %(n)s characters; at most %(longest)s fit.")
            % {"label": fact.label, "n": len(text), "longest": LONGEST},
            field=fact.key,
        )
    return text


def _number(given: Any, fact: FactRule) -> Decimal:
    text = str(given).strip()
    sign = -1 if text.startswith("-") and fact.kind == "number" else 1
    number = read_number(text.removeprefix("-") if sign < 0 else text, fact.key, MOST)
    return sign * round(number, 6)


def _choice(given: Any, fact: FactRule) -> str:
    meant = {choice.lower(): choice for choice in fact.choices}
    return meant[read_choice(given, fact.key, tuple(meant))]


_READERS: Mapping[str, Callable[[Any, FactRule], Value]] = {
    "text": _text,
    "number": _number,
    "money": _number,
    "date": lambda given, fact: read_date(given, fact.key),
    "choice": _choice,
    "yes_no": lambda given, fact: read_yes(given, fact.key),
}
