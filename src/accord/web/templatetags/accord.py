"""How things look in words: icons, sides, stages, times, figures."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.template.defaultfilters import date as date_format
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.base.lifecycle import HOLDER, Side, Stage
from accord.leads.queries import LeadFilters
from accord.web.filters import leads_url
from accord.web.nonces import new_nonce
from accord.web.words import FILTERS, stage_short

register = template.Library()
for each in FILTERS:
    register.filter(each)

SIDE_ICON = {
    "marketing": "speakerphone",
    "sales": "phone",
    "prospect": "user",
    "accord": "bolt",
    "nobody": "circle-off",
}


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    path = finders.find(f"icons/outline/{name}.svg")
    if not path:
        raise template.TemplateSyntaxError(f"There is no icon “{name}”.")
    text = Path(str(path)).read_text(encoding="utf-8")
    return text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")].strip()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An outline icon, drawn in place; the word beside it is what is read aloud."""
    return format_html(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        'aria-hidden="true" focusable="false">{}</svg>',
        extra,
        mark_safe(_drawing(name)),
    )


@register.simple_tag
def nonce(purpose: str) -> SafeString:
    """The hidden field that makes a repeated sending the same one."""
    return format_html('<input type="hidden" name="nonce" value="{}">', new_nonce(purpose))


@register.simple_tag
def side(value: str, word: bool = True) -> SafeString:
    """A side: its colour, its icon and its word."""
    label = Side(value).label
    return format_html(
        '<span class="side side-{}" title="{}">{}{}</span>',
        value,
        label,
        icon(SIDE_ICON[value]),
        format_html("<span>{}</span>", label)
        if word
        else format_html('<span class="visually-hidden">{}</span>', label),
    )


@register.simple_tag
def stage(value: str, long: bool = False) -> SafeString:
    """A lifecycle stage, coloured by the side that holds a lead in it."""
    label = str(Stage(value).label)
    return format_html(
        '<span class="stage side-{}" title="{}">{}</span>',
        HOLDER[Stage(value)].value,
        label,
        label if long else stage_short(value),
    )


def exact(moment: datetime) -> str:
    """A moment in the person's zone, to the minute, with the zone's name."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'D j M Y, H:i')} {local.tzname()}"


def _span(length: timedelta) -> str:
    """A length of time in its largest unit: 40 s, 12 min, 3 h, 5 d."""
    if length < timedelta(minutes=1):
        return _("%(n)d s") % {"n": length.total_seconds()}
    if length < timedelta(hours=1):
        return _("%(n)d min") % {"n": length // timedelta(minutes=1)}
    if length < timedelta(hours=36):
        return _("%(n)d h") % {"n": length // timedelta(hours=1)}
    days = length // timedelta(days=1)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter
def span(length: timedelta | None) -> str:
    """A length of time in words."""
    return "" if length is None else _span(abs(length))


@register.simple_tag(takes_context=True)
def ago(context: dict[str, Any], moment: datetime | None) -> SafeString | str:
    """How long ago, or in how long; the exact moment on hover. Older than a month: the day."""
    if moment is None:
        return ""
    gap = context["at"] - moment
    if abs(gap) > timedelta(days=31):
        words = date_format(timezone.localtime(moment), "j M Y")
    elif gap >= timedelta(0):
        words = _("%(span)s ago") % {"span": _span(gap)}
    else:
        words = _("in %(span)s") % {"span": _span(-gap)}
    return _time(moment, words)


@register.simple_tag
def when(moment: datetime | None, form: str = "j M, H:i") -> SafeString | str:
    """A moment in the person's zone; the exact one on hover."""
    if moment is None:
        return ""
    return _time(moment, date_format(timezone.localtime(moment), form))


def _time(moment: datetime, words: str, extra: str = "", more: str = "") -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}" class="{}"{}>{}</time>',
        moment.astimezone(UTC).isoformat(timespec="seconds"),
        exact(moment),
        extra,
        more,
        words,
    )


@register.simple_tag(takes_context=True)
def left(context: dict[str, Any], due_at: datetime | None) -> SafeString | str:
    """The time left until a clock is due. Counts down in the page within a day of it."""
    if due_at is None:
        return ""
    gap = due_at - context["at"]
    if gap < timedelta(0):
        return _time(due_at, _("%(span)s over") % {"span": _span(-gap)}, "clock clock-over")
    if gap > timedelta(hours=20):
        words = date_format(timezone.localtime(due_at), "D H:i")
        return _time(due_at, _("due %(day)s") % {"day": words}, "clock")
    seconds = int(gap.total_seconds())
    time = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    near = "clock clock-near" if gap < timedelta(hours=1) else "clock"
    words = {
        "left": _("%(time)s left") % {"time": "{}"},
        "over": _("%(span)s over") % {"span": "{}"},
    }
    more = format_html(' data-left="{}" data-over="{}"', words["left"], words["over"])
    return _time(due_at, words["left"].replace("{}", time), f"{near} js-clock", more)


@register.simple_tag
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


@register.filter
def day(value: date | None) -> str:
    """A day, such as 5 May 2026."""
    return "" if value is None else date_format(value, "j M Y")


@register.filter
def figure(value: Decimal | float | None, places: int = 0) -> str:
    """A number with thousands apart; nothing where it is not known."""
    if value is None:
        return "–"
    return number_format(
        _rounded(value, places), decimal_pos=places, use_l10n=True, force_grouping=True
    )


@register.filter
def percent(value: float | None, places: int = 0) -> str:
    """A share from 0 to 1 as per cent."""
    if value is None:
        return "–"
    return f"{number_format(_rounded(value * 100, places), decimal_pos=places)} %"


def _rounded(value: Decimal | float, places: int) -> Decimal:
    """To so many decimal places, a half up: Django's number_format only cuts off."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@register.filter
def money(amount: Decimal | None, currency: str = "") -> str:
    """An amount without cents, with its currency after it."""
    if amount is None:
        return "–"
    return f"{figure(amount)} {currency}".rstrip()


@register.filter
def initials(name: str) -> str:
    """The first letters of a name, for the circle beside it."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.filter
def month(value: date) -> str:
    """A month, such as May 2026."""
    return date_format(value, "M Y")


@register.filter
def at(values: Mapping[str, Any], key: str) -> Any:
    """What a mapping holds under a key."""
    return values.get(key)


@register.filter
def leads_href(filters: LeadFilters | None) -> str:
    """The address of the leads list with these filters."""
    return "" if filters is None else leads_url(filters)


@register.simple_tag
def opens(number: float | None, filters: LeadFilters | None) -> SafeString | str:
    """A figure as a link to the very rows it counts."""
    if filters is None or not number:
        return figure(number)
    return format_html('<a class="figure" href="{}">{}</a>', leads_url(filters), figure(number))


@register.filter
def unlocal(value: float) -> str:
    """A number as machines read it."""
    return f"{float(value):g}"


@register.filter
def absolute(value: float) -> float:
    """The size of a number, without its sign."""
    return abs(value)
