"""Figures, spans and keys of the agreement in plain words."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accord.agreement.spans import Span, Unit
from accord.agreement.terms import Terms
from accord.criteria.explain import sentence
from accord.criteria.registry import registry
from accord.teams.models import Role

ROLES: Mapping[str, Any] = dict(Role.choices)
ASKED_FOR: Mapping[str, Any] = {
    "contact": gettext_lazy("To be contacted"),
    "demo": gettext_lazy("A demo"),
    "price": gettext_lazy("A price"),
    "order": gettext_lazy("To order"),
    "content": gettext_lazy("Content"),
    "newsletter": gettext_lazy("The newsletter"),
}
ASKS: Mapping[str, Any] = {
    "note": gettext_lazy("in words"),
    "date": gettext_lazy("a date"),
    "competitor": gettext_lazy("a competitor"),
    "duplicate_of": gettext_lazy("another lead"),
}
HANDED_OVER: Mapping[str, Any] = {
    "hand_raise": gettext_lazy("They asked for us"),
    "ready": gettext_lazy("They became sales-ready"),
    "manual": gettext_lazy("Marketing offered them"),
    "brought": gettext_lazy("The rep brought them"),
}
DESTINATIONS: Mapping[str, Any] = {
    "nurture": gettext_lazy("Goes to nurture."),
    "data_fix": gettext_lazy("Goes to marketing, to mend the data."),
    "disqualify": gettext_lazy("Is disqualified."),
    "merge": gettext_lazy("Is merged with the other lead."),
    "suppress": gettext_lazy("Is not contacted any more."),
    "stay": gettext_lazy("Stays with sales."),
}
A_PERIOD: Mapping[str, Any] = {
    "week": gettext_lazy("a week"),
    "month": gettext_lazy("a month"),
    "quarter": gettext_lazy("a quarter"),
}
STEPS_TAKEN: Mapping[str, Any] = {
    "tell_rep": gettext_lazy("The rep is told"),
    "tell_head": gettext_lazy("The head of sales is told"),
    "reassign": gettext_lazy("Somebody else takes over"),
}


def leads_per(period: str, number: int) -> str:
    """So many leads in each period, such as “40 leads a month”."""
    leads = ngettext("%(n)s lead %(period)s", "%(n)s leads %(period)s", number)
    return leads % {"n": number, "period": A_PERIOD[period]}


def clause_sentences(terms: Terms) -> dict[str, str]:
    """What each clause that asks something says, by “definition:clause”, as pass-backs name it."""
    return {
        f"{key}:{leaf.key}": sentence(leaf, registry=registry, titles=terms.titles)
        for key, definition in terms.definitions.items()
        for leaf in definition.leaves()
    }


def worded(span: Span) -> str:
    """A span, such as “4 working hours”."""
    said = {
        Unit.WORKING_MINUTES: ngettext(
            "%(n)s working minute", "%(n)s working minutes", span.amount
        ),
        Unit.WORKING_HOURS: ngettext("%(n)s working hour", "%(n)s working hours", span.amount),
        Unit.WORKING_DAYS: ngettext("%(n)s working day", "%(n)s working days", span.amount),
        Unit.HOURS: ngettext("%(n)s hour", "%(n)s hours", span.amount),
        Unit.DAYS: ngettext("%(n)s day", "%(n)s days", span.amount),
    }[span.unit]
    return said % {"n": span.amount}


def lasting(length: timedelta) -> str:
    """A length of time in its largest unit: 40 s, 12 min, 3 h, 5 days."""
    if length < timedelta(minutes=1):
        return _("%(n)d s") % {"n": length.total_seconds()}
    if length < timedelta(hours=1):
        return _("%(n)d min") % {"n": length // timedelta(minutes=1)}
    if length < timedelta(hours=36):
        return _("%(n)d h") % {"n": length // timedelta(hours=1)}
    days = length // timedelta(days=1)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def within(span: Span) -> str:
    """A limit, such as “within 4 working hours”."""
    return _("within %(span)s") % {"span": worded(span)}


def percent(share: float) -> str:
    """A share from 0 to 1, such as “90 %”."""
    return _("%(n)s %%") % {"n": f"{share * 100:g}"}


def joined(words: Sequence[str]) -> str:
    """A list in words, with an “and” before the last."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
