"""What a fact may be asked, and the values it is compared with."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.criteria.language import COMPARISONS, Test
from accord.criteria.registry import Fact

_MAX_NUMBER = 10**15
_NUMERIC = ("is", "is_not", *COMPARISONS, "known")
_DATED = ("before", "after", "in_last_days", "in_next_days", "older_than_days", "known")
OPERATORS_OF = {
    "text": ("is", "is_not", "one_of", "none_of", "contains", "known"),
    "texts": ("is", "is_not", "one_of", "none_of", "known"),
    "choice": ("is", "is_not", "one_of", "none_of", "known"),
    "number": _NUMERIC,
    "money": _NUMERIC,
    "date": _DATED,
    "moment": _DATED,
    "yes_no": ("is", "known"),
}


def value_of(test: Test, fact: Fact) -> Any:
    """The value of a test in the type of its fact. Raises Invalid when it does not fit."""
    allowed = OPERATORS_OF[fact.type]
    if test.operator not in allowed:
        raise Invalid(
            _("“%(key)s” is a %(type)s; it can be asked with %(allowed)s, not with “%(operator)s”.")
            % {
                "key": fact.key,
                "type": fact.type.replace("_", "/"),
                "allowed": ", ".join(allowed),
                "operator": test.operator,
            }
        )
    value = test.value
    if test.operator == "known":
        return _yes(value, "known")
    if test.operator in ("one_of", "none_of"):
        if not isinstance(value, list | tuple) or not value:
            raise Invalid(_("“%(operator)s” takes a list of values.") % {"operator": test.operator})
        return [_single(item, fact) for item in value]
    if test.operator.endswith("_days"):
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 36_500:
            raise Invalid(
                _("“%(operator)s” is a whole number of days, 1 or more.")
                % {"operator": test.operator}
            )
        return value
    return _single(value, fact)


def _yes(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(_("“%(name)s” is true or false.") % {"name": name})
    return value


def _single(value: Any, fact: Fact) -> Any:
    if fact.type == "yes_no":
        return _yes(value, fact.key)
    if fact.type in ("number", "money"):
        return _number(value, fact)
    if fact.type in ("date", "moment"):
        return _date(value, fact)
    return _text(value, fact) if fact.type in ("text", "texts") else _choice(value, fact)


def _text(value: Any, fact: Fact) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise Invalid(
            _("“%(key)s” is compared with a text, not with %(value)r; put a text in quotes.")
            % {"key": fact.key, "value": value}
        )
    return value.strip()


def _choice(value: Any, fact: Fact) -> str:
    if value not in fact.choices:
        raise Invalid(
            _("“%(value)s” is no choice of “%(key)s”; there is %(choices)s.")
            % {"value": value, "key": fact.key, "choices": ", ".join(fact.choices)}
        )
    return str(value)


def _number(value: Any, fact: Fact) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Invalid(
            _("“%(key)s” is compared with a number, not with %(value)r.")
            % {"key": fact.key, "value": value}
        )
    if not -_MAX_NUMBER <= value <= _MAX_NUMBER:  # nor is NaN
        raise Invalid(
            _("“%(key)s” is compared with a number that is too large.") % {"key": fact.key}
        )
    return Decimal(str(value))


def _date(value: Any, fact: Fact) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(
            _("“%(key)s” is compared with a date such as 2026-05-31, not with %(value)r.")
            % {"key": fact.key, "value": value}
        ) from error
