"""Why a handoff went to somebody, or waits, as sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext_lazy as _

from accord.criteria.registry import registry

_STEPS: Mapping[str, Any] = {
    "brought": _("%(name)s brought this lead and keeps it."),
    "brought_away": _("%(name)s brought this lead, but is away."),
    "brought_gone": _("%(name)s brought this lead, but is no longer here."),
    "account_owner": _("%(name)s owns the account %(account)s."),
    "account_owner_away": _("%(name)s owns the account %(account)s, but is away."),
    "account_owner_gone": _("%(name)s owns the account %(account)s, but is no longer here."),
    "account_owner_had_it": _("%(name)s owns the account %(account)s, but had the lead before."),
    "stands_in": _("%(name)s stands in."),
    "stands_in_had_it": _("%(name)s stands in, but had the lead before."),
    "route_applies": _("The route “%(route)s” applies."),
    "route_person": _("The route “%(route)s” leads to %(name)s."),
    "route_person_away": _("The route “%(route)s” leads to %(name)s, who is away."),
    "route_person_gone": _("The route “%(route)s” leads to %(name)s, who is no longer here."),
    "route_person_had_it": _("The route “%(route)s” leads to %(name)s, who had the lead before."),
    "not_on_list": _("“%(route)s” was passed over: their company is not on its list."),
    "not_met": _("“%(route)s” was passed over: they do not meet it."),
    "cannot_tell": _("“%(route)s” was passed over: cannot tell, as it is not known: %(facts)s."),
    "cannot_ask": _("“%(route)s” was passed over: what it asks no longer exists."),
    "skipped_away": _("%(name)s was skipped: away."),
    "skipped_gone": _("%(name)s was skipped: no longer here."),
    "skipped_not_in_sales": _("%(name)s was skipped: not in sales."),
    "skipped_without_share": _("%(name)s was skipped: has no share in this pool."),
    "skipped_had_it": _("%(name)s was skipped: had the lead before."),
    "skipped_not_at_work": _("%(name)s was skipped: not at work now."),
    "nobody_of_language": _("Nobody free speaks %(language)s, so anybody was asked."),
    "preferred_of_language": _("%(language)s is spoken by: %(name)s."),
    "nobody_of_zone": _("Nobody free works near their time zone, so anybody was asked."),
    "preferred_of_zone": _("Near their time zone works: %(name)s."),
    "moved_on": _("Nobody was free in “%(pool)s” in time, so “%(then)s” was asked."),
    "in_turn": _("%(name)s was next in turn."),
    "nobody": _("Nobody was there; it waits in the queue."),
}


def trace_sentences(trace: Iterable[Mapping[str, Any]]) -> list[str]:
    """Why somebody got a handoff, or nobody, step by step, in the reader's language."""
    return [_sentence(step) for step in trace]


def _sentence(step: Mapping[str, Any]) -> str:
    if step["step"] == "skipped_cap":
        return _capped(step)
    told = dict(step)
    if "facts" in told:
        names = [registry.label(key) for key in told["facts"].split(",") if key]
        told["facts"] = ", ".join(names)
    if "language" in told:
        told["language"] = language_name(told["language"])
    return str(_STEPS[step["step"]]) % told


def language_name(code: str) -> str:
    """What a language is called; one that Django does not know stands for itself."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _capped(step: Mapping[str, Any]) -> str:
    said = {
        "day": ngettext(
            "%(name)s was skipped: got %(cap)s lead today, as many as agreed.",
            "%(name)s was skipped: got %(cap)s leads today, as many as agreed.",
            step["cap"],
        ),
        "week": ngettext(
            "%(name)s was skipped: got %(cap)s lead this week, as many as agreed.",
            "%(name)s was skipped: got %(cap)s leads this week, as many as agreed.",
            step["cap"],
        ),
        "month": ngettext(
            "%(name)s was skipped: got %(cap)s lead this month, as many as agreed.",
            "%(name)s was skipped: got %(cap)s leads this month, as many as agreed.",
            step["cap"],
        ),
    }
    return said[step["period"]] % step
