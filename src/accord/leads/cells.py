"""From the text in a cell to the value it means: dates and numbers as people write them.

Pure. What can be read in two ways is refused with both readings, never guessed.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from accord.base.errors import Invalid, _

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")
# Day and month stand first in either order, the year in full at the end, a time may follow.
_DAY_MONTH_YEAR = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?"
)
_CURRENCY = re.compile(r"^(?:[A-Z]{3}\b|[A-Z]{0,2}[$€£¥₹])\s*|\s*(?:\b[A-Z]{3}|[$€£¥₹])$")
_NUMBER = re.compile(r"[+-]?(?:\d[\d.,' \u00a0\u202f]*|[.,]\d+)(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"\D*[1-9]\d{0,2}([.,])\d{3}\D*")
_GROUPS = re.compile(r"[' \u00a0\u202f]")


# What exports write where nothing is known. Never “unknown”: that is something a source said.
PLACEHOLDERS = frozenset(
    (
        *("select", "- select -", "-select-", "--select--", "please select", "--none--", "-none-"),
        *("n/a", "#n/a", "n.a.", "na", "-", "--", "---", "–", "—", "null", "none", "nil", "(none)"),
        *("(blank)", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "nan"),
    )
)
DAY, MONTH = "day first", "month first"


def is_ordered(text: str) -> bool:
    """Whether it is a date in which the day or the month may stand first, such as 3/4/2018."""
    match = _DAY_MONTH_YEAR.fullmatch(text)
    return match is not None and match[2] != "."


def order_of(text: str) -> str:
    """Whether day or month stands first in a date that can be read in one way only, else ""."""
    match = _DAY_MONTH_YEAR.fullmatch(text.strip())
    if not match or match[2] == ".":
        return ""
    first, second = int(match[1]), int(match[3])
    if first > 12 >= second:
        return DAY
    return MONTH if second > 12 >= first else ""


def read_date(text: str, formats: Sequence[str] = (), order: str = "") -> str:
    """A date or moment as ISO 8601 text, its zone only where the text names one.

    `formats` are as in `datetime.strptime`, and hold first. Without them 2018-05-31, with or
    without a time, and dates whose day and month cannot be taken for each other are read, and
    the others where `order` says which stands first. Raises Invalid for anything else and for
    days that do not exist.
    """
    return _read_date(text.strip(), tuple(formats), order)


@lru_cache(maxsize=50_000)
def _read_date(text: str, formats: tuple[str, ...], order: str) -> str:
    for pattern in formats:
        try:
            moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone comes later
        except ValueError:
            continue
        return moment.isoformat(sep=" ")
    if _ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text).isoformat(sep=" ")
        except ValueError as error:
            raise Invalid(
                _("“%(text)s” is not a date: %(error)s.") % {"text": text, "error": error}
            ) from error
    if match := _DAY_MONTH_YEAR.fullmatch(text):
        return _read_parts(text, match, american=_is_american(text, match, order))
    form = _("“%(text)s” is not a date that can be read; write it as 2018-05-31.")
    if formats:
        form = _(
            "“%(text)s” is not a date that can be read; none of the map's date_formats fits; "
            "write it as 2018-05-31."
        )
    raise Invalid(form % {"text": text})


def _is_american(text: str, match: re.Match[str], order: str) -> bool:
    first, mark, second = int(match[1]), match[2], int(match[3])
    if mark == "." or first > 12 or first == second:
        return False
    if second > 12 or order:
        return second > 12 or order == MONTH
    raise Invalid(
        _(
            "“%(text)s” can be read as day/month or as month/day; say which in the "
            'map, as in dates = "day first", or write it as 2018-05-31.'
        )
        % {"text": text}
    )


def _read_parts(text: str, match: re.Match[str], *, american: bool) -> str:
    month, day = (match[1], match[3]) if american else (match[3], match[1])
    hour = int(match[5] or 0)
    if match[8]:
        hour = hour % 12 + (12 if match[8].lower() == "pm" else 0)
    try:
        moment = datetime(  # noqa: DTZ001 - the zone comes later
            int(match[4]), int(month), int(day), hour, int(match[6] or 0), int(match[7] or 0)
        )
    except ValueError as error:
        raise Invalid(
            _("“%(text)s” is not a date: %(error)s.") % {"text": text, "error": error}
        ) from error
    return moment.isoformat(sep=" ")


def read_number(text: str, decimal: str | None = None) -> str:
    """A number as plain text with a point, such as 1234.56, from 1.234,56 or € 1'234.56.

    `decimal` is the mark before the decimals, "." or ","; without it, a single mark before
    exactly three digits could be either and is refused. Raises Invalid.
    """
    plain = _CURRENCY.sub("", text.strip())
    if not _NUMBER.fullmatch(plain):
        raise Invalid(_("“%(text)s” is not a number; write it as 1234.56.") % {"text": text})
    mantissa, exponent = re.fullmatch(r"([^eE]*)([eE].*)?", plain).groups()  # type: ignore[union-attr]
    digits = _GROUPS.sub("", mantissa)
    mark = decimal or _decimal_mark(text, digits)
    other = "," if mark == "." else "."
    whole, *decimals = digits.split(mark)
    if (
        len(decimals) > 1
        or any(other in part for part in decimals)
        or not _is_grouped(whole, other)
    ):
        raise Invalid(_("“%(text)s” is not a number; write it as 1234.56.") % {"text": text})
    return ".".join([whole.replace(other, "") or "0", *decimals]).rstrip(".") + (exponent or "")


def read_money(text: str, *, field: str) -> str:
    """An amount as a person writes it in a form, as plain text: 12500 from 12.500 EUR.

    Money has two decimals, so that a single mark before three digits parts thousands. Raises
    Invalid about the field.
    """
    thousands = _THOUSANDS.fullmatch(text.strip())
    decimal = {".": ",", ",": "."}[thousands[1]] if thousands else None
    try:
        return read_number(text, decimal)
    except Invalid as error:
        raise Invalid(error.sentence, field=field) from None


def _is_grouped(whole: str, mark: str) -> bool:
    """Marks in the whole part part thousands, so three digits follow each."""
    return all(len(group) == 3 for group in whole.split(mark)[1:])


def _decimal_mark(text: str, digits: str) -> str:
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "." if digits.rindex(".") > digits.rindex(",") else ","
    if points + commas == 0:
        return "."
    mark = "." if points else ","
    if points + commas > 1:
        return "," if points else "."
    whole, decimals = digits.split(mark)
    # No thousands are written as 0.500 or as 1234.500.
    if len(decimals) == 3 and 1 <= len(whole.lstrip("+-")) <= 3 and whole.lstrip("+-0"):
        raise Invalid(
            _(
                "“%(text)s” can be read as a thousand or as a decimal number; say in "
                'the map which: decimal = "." or decimal = ",".'
            )
            % {"text": text}
        )
    return mark
