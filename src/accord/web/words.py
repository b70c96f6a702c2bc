"""Keys in the words that people read. Used by templates as filters of the same names."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from accord.agreement.spans import Span
from accord.agreement.terms import LossReason
from accord.agreement.wording import STEPS_TAKEN
from accord.base.lifecycle import LeadStatus, Side, Stage
from accord.leads.kinds import ASKED_FOR
from accord.web.permissions import ROLES

SHORT_STAGE = {"mql": "MQL", "sal": "SAL", "sql": "SQL"}
STEPS = {
    "leads": gettext_lazy("Leads"),
    "won": gettext_lazy("Customers"),
    "lost": gettext_lazy("Lost"),
}
DESTINATIONS: dict[str, Any] = {
    "nurture": gettext_lazy("Nurture: marketing holds it until something new happens"),
    "data_fix": gettext_lazy("Marketing, to put the data right"),
    "disqualify": gettext_lazy("Disqualified"),
    "merge": gettext_lazy("The lead that it repeats"),
    "suppress": gettext_lazy("Not contacted again"),
}
SHORT_DESTINATIONS: dict[str, Any] = {
    "nurture": gettext_lazy("Nurture"),
    "data_fix": gettext_lazy("Data to be put right"),
    "disqualify": gettext_lazy("Disqualified"),
    "merge": gettext_lazy("Merged"),
    "suppress": gettext_lazy("Not contacted again"),
}
UNITS: dict[str, Any] = {
    "working_minutes": ngettext_lazy("%(n)d working minute", "%(n)d working minutes", "n"),
    "working_hours": ngettext_lazy("%(n)d working hour", "%(n)d working hours", "n"),
    "working_days": ngettext_lazy("%(n)d working day", "%(n)d working days", "n"),
    "hours": ngettext_lazy("%(n)d hour", "%(n)d hours", "n"),
    "days": ngettext_lazy("%(n)d day", "%(n)d days", "n"),
}
TRIGGERS: dict[str, Any] = {
    "ready": gettext_lazy("became sales-ready"),
    "hand_raise": gettext_lazy("raised a hand"),
    "manual": gettext_lazy("offered by marketing"),
    "brought": gettext_lazy("brought by the rep"),
}
PROMISE_STATES: dict[str, Any] = {
    "kept": gettext_lazy("kept"),
    "at_risk": gettext_lazy("at risk"),
    "missed": gettext_lazy("missed"),
    "open": gettext_lazy("nothing came due yet"),
}
VERSION_STATES: dict[str, Any] = {
    "trial": gettext_lazy("on trial"),
    "proposed": gettext_lazy("proposed"),
    "signed": gettext_lazy("signed by both"),
    "in_force": gettext_lazy("in force"),
    "superseded": gettext_lazy("superseded"),
    "withdrawn": gettext_lazy("withdrawn"),
    "turned_down": gettext_lazy("turned down"),
}


def stage_label(value: str) -> str:
    """The full word of a lifecycle stage."""
    return str(Stage(value).label)


def stage_short(value: str) -> str:
    """The word of a lifecycle stage, its acronym where it has one."""
    return SHORT_STAGE.get(value) or stage_label(value)


def status_label(value: str) -> str:
    """The full word of a lead status."""
    return str(LeadStatus(value).label)


def side_label(value: str) -> str:
    """The word of a side."""
    return str(Side(value).label)


def role_label(role: str) -> str:
    """The word of a role."""
    return str(ROLES.get(role, role))


def role_labels(roles: list[str]) -> str:
    """The words of somebody's roles."""
    return ", ".join(role_label(role) for role in roles)


def promise_state(state: str) -> str:
    """How a promise stands."""
    return str(PROMISE_STATES[state])


def step_label(step: str) -> str:
    """The full word of a step of the funnel."""
    return str(STEPS.get(step) or Stage(step).label)


def step_short(step: str) -> str:
    """The word of a step of the funnel, its acronym where it has one."""
    return SHORT_STAGE.get(step) or step_label(step)


def destination_label(destination: str) -> str:
    """Where a pass-back leads."""
    return str(DESTINATIONS.get(destination, destination))


def destination_short(destination: str) -> str:
    """Where a pass-back leads, in a word or two."""
    return str(SHORT_DESTINATIONS.get(destination, destination))


def term(value: Span) -> str:
    """A span of the agreement, such as 4 working hours."""
    return str(UNITS[value.unit.value] % {"n": value.amount})


def step_taken(key: str) -> str:
    """What happens at a step of the escalation."""
    return str(STEPS_TAKEN.get(key, key))


def trigger_label(key: str) -> str:
    """What triggered a handoff."""
    return str(TRIGGERS.get(key, key))


def version_state(key: str) -> str:
    """The state of a version of the agreement."""
    return str(VERSION_STATES.get(key, key))


def asked_label(key: str) -> str:
    """What a prospect can ask for."""
    return str(ASKED_FOR.get(key, key))


def loss_label(key: str, reasons: Mapping[str, LossReason]) -> str:
    """Why a deal was lost, by the reasons of the agreement."""
    return reasons[key].label if key in reasons else key


def fact_label(key: str) -> str:
    """The word of a fact that criteria ask about."""
    return key.replace("_", " ")


FILTERS = (
    *(stage_label, stage_short, status_label, side_label, role_label, role_labels, step_label),
    promise_state,
    *(
        step_short,
        destination_label,
        destination_short,
        term,
        step_taken,
        trigger_label,
        version_state,
    ),
    *(asked_label, loss_label, fact_label),
)
