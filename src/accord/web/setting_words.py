"""Settings and what changed of them, in words. Used by templates as filters of the same names."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.handoffs.queries.routes import clauses_of
from accord.teams.calendars import DAY_KEYS

if TYPE_CHECKING:
    from accord.teams.models import SettingChange

_PERIODS: Mapping[str, Any] = {
    "day": gettext_lazy("a day"),
    "week": gettext_lazy("a week"),
    "month": gettext_lazy("a month"),
}
_DAYS = dict(
    zip(
        DAY_KEYS,
        (
            *(gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu")),
            *(gettext_lazy("Fri"), gettext_lazy("Sat"), gettext_lazy("Sun")),
        ),
        strict=True,
    )
)
_CHOICES: Mapping[str, Any] = {
    "criteria": gettext_lazy("a territory or segment"),
    "companies": gettext_lazy("named accounts"),
    "hold": gettext_lazy("it waits"),
    "alert": gettext_lazy("it waits, and the head is told"),
    "escalate": gettext_lazy("it goes to another pool"),
}
_NAMES: Mapping[str, Any] = {
    "place": gettext_lazy("place"),
    "kind": gettext_lazy("kind"),
    "criteria": gettext_lazy("criteria"),
    "companies": gettext_lazy("companies"),
    "leads_to": gettext_lazy("leads to"),
    "is_active": gettext_lazy("applies"),
    "caps": gettext_lazy("at most a day, week, month"),
    "only_at_work": gettext_lazy("only at work"),
    "minds_language": gettext_lazy("language first"),
    "minds_zone": gettext_lazy("time zone first"),
    "when_nobody": gettext_lazy("while nobody is free"),
    "moves_on_to": gettext_lazy("goes on to"),
    "moves_on_after": gettext_lazy("goes on after"),
    "members": gettext_lazy("members (share, a day, a week, a month)"),
}


def cap_label(period: str) -> str:
    """a day, a week or a month."""
    return str(_PERIODS[period])


def week_words(week: Mapping[str, Any]) -> str:
    """A week in one line; days that follow one another with the same hours together."""
    groups: list[tuple[str, str, str]] = []
    for key in DAY_KEYS:
        hours = ", ".join(f"{begins}–{ends}" for begins, ends in week.get(key, ()))
        if groups and groups[-1][2] == hours:
            groups[-1] = (groups[-1][0], key, hours)
        else:
            groups.append((key, key, hours))
    return "; ".join(
        f"{_DAYS[first] if first == last else f'{_DAYS[first]}–{_DAYS[last]}'} {hours}"
        for first, last, hours in groups
        if hours
    )


def changed_before(change: "SettingChange") -> str:
    """How a setting stood, as far as it changed."""
    return _side(change.before, change.after) if change.before else _("did not exist")


def changed_after(change: "SettingChange") -> str:
    """How a setting stands since, as far as it changed."""
    return _side(change.after, change.before) if change.after else _("taken out")


def _side(stands: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    said = [
        f"{_NAMES.get(key, key)}: {_stated(key, value)}"
        for key, value in stands.items()
        if value != other.get(key) and (other or value not in _NOTHING)
    ]
    return "; ".join(said)


def _stated(key: str, value: Any) -> str:
    if key == "criteria" and value:
        return ", ".join(clauses_of(value))
    return str(_CHOICES.get(value, "")) if key in ("kind", "when_nobody") else _value(value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(each)}" for key, each in value.items())
    if isinstance(value, list):
        return " / ".join(_value(each) for each in value)
    return "–" if value is None else str(value)


_NOTHING: tuple[Any, ...] = ({}, [], "", False, [None, None, None])

FILTERS = (cap_label, week_words, changed_before, changed_after)
