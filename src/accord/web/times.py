"""Moments and spans as people read them, with the exact moment on hover. Used by templates."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.template.defaultfilters import date as date_format
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


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


def span(length: timedelta | None) -> str:
    """A length of time in words."""
    return "" if length is None else _span(abs(length))


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


def left(context: dict[str, Any], due_at: datetime | None) -> SafeString | str:
    """The time left until a clock is due. Counts down in the page within a day of it."""
    if due_at is None:
        return ""
    gap = due_at - context["at"]
    if gap < timedelta(0):
        return _time(due_at, _("%(span)s over") % {"span": _span(-gap)}, "clock clock-over")
    if gap > timedelta(hours=20):
        form = "D H:i" if gap < timedelta(days=6) else "j M"
        words = date_format(timezone.localtime(due_at), form)
        return _time(due_at, _("due %(day)s") % {"day": words}, "clock")
    seconds = int(gap.total_seconds())
    time = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    near = "clock clock-near" if gap < timedelta(hours=1) else "clock"
    said_left, said_over = _("%(time)s left") % {"time": "{}"}, _("%(span)s over") % {"span": "{}"}
    more = format_html(' data-left="{}" data-over="{}"', said_left, said_over)
    return _time(due_at, said_left.replace("{}", time), f"{near} js-clock", more)


def day(value: date | None) -> str:
    """A day, such as 5 May 2026."""
    return "" if value is None else date_format(value, "j M Y")


def month(value: date) -> str:
    """A month, such as May 2026."""
    return date_format(value, "M Y")
