"""Moments and spans as people read them, with the exact moment on hover. Used by templates."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import date as date_format
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accord.agreement.wording import lasting

if TYPE_CHECKING:
    from accord.insights.behind import Behind

_RUNS = timedelta(hours=2)  # within which a clock shows its seconds
_A_WEEK = 7
_NOON = 13


def exact(moment: datetime) -> str:
    """A moment in the person's zone, to the minute, with the zone's name."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'D j M Y, H:i')} {local.tzname()}"


def span(length: timedelta | None) -> str:
    """A length of time in words."""
    return "" if length is None else lasting(abs(length))


def ago(context: dict[str, Any], moment: datetime | None) -> SafeString | str:
    """How long ago, or in how long; the exact moment on hover. Older than a month: the day."""
    if moment is None:
        return ""
    gap = context["at"] - moment
    if abs(gap) > timedelta(days=31):
        words = date_format(timezone.localtime(moment), "j M Y")
    elif gap >= timedelta(0):
        words = _("%(span)s ago") % {"span": lasting(gap)}
    else:
        words = _("in %(span)s") % {"span": lasting(-gap)}
    return _time(moment, words)


def aged(context: dict[str, Any], row: "Behind") -> SafeString:
    """How old a counted row is; the exact moment on hover."""
    return _time(row.moment, row.aged(context["at"]))


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


def soon(context: dict[str, Any], moment: datetime | None) -> SafeString | str:
    """A moment that is near: 14:30, tomorrow 09:00, Thu 09:00, 12 Mar 09:00."""
    return "" if moment is None else _time(moment, _soon(context, moment))


def _soon(context: dict[str, Any], moment: datetime) -> str:
    local, days = timezone.localtime(moment), _days_ahead(context, moment)
    if days == 0:
        return date_format(local, "H:i")
    if days == 1:
        return _("tomorrow %(time)s") % {"time": date_format(local, "H:i")}
    return date_format(local, "D H:i" if 0 < days < _A_WEEK else "j M H:i")


def half_day(context: dict[str, Any], moment: datetime | None) -> SafeString | str:
    """The half of a day in which a moment lies: tomorrow morning, on Thursday afternoon."""
    if moment is None:
        return ""
    local, days = timezone.localtime(moment), _days_ahead(context, moment)
    day = date_format(local, "l" if 0 < days < _A_WEEK else "j F")
    is_morning = local.hour < _NOON
    if days == 0:
        words = _("this morning") if is_morning else _("this afternoon")
    elif days == 1:
        words = _("tomorrow morning") if is_morning else _("tomorrow afternoon")
    else:
        form = _("on %(day)s in the morning") if is_morning else _("on %(day)s in the afternoon")
        words = form % {"day": day}
    return _time(moment, words)


def _days_ahead(context: dict[str, Any], moment: datetime) -> int:
    return (timezone.localtime(moment).date() - timezone.localtime(context["at"]).date()).days


def left(context: dict[str, Any], due_at: datetime | None) -> SafeString | str:
    """When a clock is due; within two hours of it the time left, which the page counts down."""
    if due_at is None:
        return ""
    gap = due_at - context["at"]
    if gap < -_RUNS:
        return _time(due_at, _("%(span)s over") % {"span": lasting(-gap)}, "clock clock-over")
    said_left, said_over = _("%(time)s left") % {"time": "{}"}, _("%(span)s over") % {"span": "{}"}
    more = format_html(' data-left="{}" data-over="{}"', said_left, said_over)
    if gap > _RUNS:
        far = gap > timedelta(days=6)
        words = date_format(timezone.localtime(due_at), "j M") if far else _soon(context, due_at)
        return _time(due_at, _("due %(day)s") % {"day": words}, "clock js-clock", more)
    seconds = int(abs(gap).total_seconds())
    time = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if gap < timedelta(0):
        return _time(due_at, said_over.replace("{}", time), "clock clock-over js-clock", more)
    near = "clock clock-near" if gap < timedelta(hours=1) else "clock"
    return _time(due_at, said_left.replace("{}", time), f"{near} js-clock", more)


def day(value: date | None) -> str:
    """A day, such as 5 May 2026."""
    return "" if value is None else date_format(value, "j M Y")


def month(value: date) -> str:
    """A month, such as May 2026."""
    return date_format(value, "M Y")
