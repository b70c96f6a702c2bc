"""Numbers as people read them, and bars. Used by templates."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString


def meter(value: float | None, whole: float, mark: float | None, label: str) -> SafeString:
    """A bar from nothing to `whole`, with a line where it ought to be by now."""
    filled = min(max((value or 0) / whole, 0), 1) * 100 if whole else 0
    line = ""
    if mark is not None and whole:
        place = min(mark / whole, 1) * 99.4
        line = format_html(
            '<rect class="mark" x="{}" width="0.6" height="8"></rect>', f"{place:.1f}"
        )
    return format_html(
        '<svg class="meter my-1" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><rect class="value" width="{}" height="8"></rect>{}</svg>',
        label,
        f"{filled:.1f}",
        line,
    )


def figure(value: Decimal | float | None, places: int = 0) -> str:
    """A number with thousands apart; nothing where it is not known."""
    if value is None:
        return "–"
    return number_format(
        _rounded(value, places), decimal_pos=places, use_l10n=True, force_grouping=True
    )


def percent(value: float | None, places: int = 0) -> str:
    """A share from 0 to 1 as per cent."""
    if value is None:
        return "–"
    return f"{number_format(_rounded(value * 100, places), decimal_pos=places)} %"


def _rounded(value: Decimal | float, places: int) -> Decimal:
    """To so many decimal places, a half up: Django's number_format only cuts off."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def money(amount: Decimal | None, currency: str = "") -> str:
    """An amount without cents, with its currency after it."""
    if amount is None:
        return "–"
    return f"{figure(amount)} {currency}".rstrip()


def unlocal(value: float) -> str:
    """A number as machines read it."""
    return f"{float(value):g}"


def absolute(value: float) -> float:
    """The size of a number, without its sign."""
    return abs(value)
