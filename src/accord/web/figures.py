"""Numbers as people read them, and bars. Used by templates."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


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


def bars(values: Sequence[tuple[str, int]], label: str) -> SafeString:
    """Upright bars beside each other, the highest as high as there is room."""
    most = max((number for _name, number in values), default=0) or 1
    drawn = format_html_join(
        "",
        '<rect class="value" x="{}" y="{}" width="7" height="{}" rx="1">'
        "<title>{}: {}</title></rect>",
        (
            (
                place * 8,
                f"{32 - 30 * number / most:.1f}",
                f"{max(30 * number / most, 0.5):.1f}",
                name,
                number,
            )
            for place, (name, number) in enumerate(values)
        ),
    )
    return format_html(
        '<svg class="bars" viewBox="0 0 {} 32" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>',
        len(values) * 8 - 1,
        label,
        drawn,
    )


def figure(value: Decimal | float | None, places: int = 0) -> str:
    """A number with thousands apart; nothing where it is not known."""
    if value is None:
        return "–"
    return number_format(
        _rounded(value, places), decimal_pos=places, use_l10n=True, force_grouping=True
    )


def points(value: Decimal | int, form: str = "given") -> str:
    """Points of a scorecard, with their sign unless they are a total."""
    exact = Decimal(value).normalize()
    places = max(0, -int(exact.as_tuple().exponent))
    sign = "+" if form == "given" and exact > 0 else "−" if exact < 0 else ""
    return f"{sign}{number_format(abs(exact), decimal_pos=places)}"


def percent(value: float | None, places: int = 0) -> str:
    """A share from 0 to 1 as per cent."""
    if value is None:
        return "–"
    return f"{number_format(_rounded(value * 100, places), decimal_pos=places)} %"


def _rounded(value: Decimal | float, places: int) -> Decimal:
    """To so many decimal places, a half up: Django's number_format only cuts off."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def hours(value: float | None) -> str:
    """Hours of working time: in minutes below one, with one decimal below ten."""
    if value is None:
        return "–"
    if value < 1:
        return _("%(n)s min") % {"n": figure(value * 60)}
    return _("%(n)s h") % {"n": figure(value, 1 if value < 10 else 0)}


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
