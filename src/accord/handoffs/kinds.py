"""What happens to handoffs, as sentences."""

from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.base.lifecycle import Side
from accord.handoffs.models import (
    Answer,
    AttemptChannel,
    AttemptOutcome,
    ClockKind,
    Objection,
    Trigger,
)
from accord.leads.kinds import ASKED_FOR, Kind, Told, register

_TRIED = {
    AttemptChannel.CALL: gettext_lazy("Called"),
    AttemptChannel.EMAIL: gettext_lazy("Wrote an e-mail"),
    AttemptChannel.MESSAGE: gettext_lazy("Sent a message"),
    AttemptChannel.VISIT: gettext_lazy("Visited"),
}
_CAME_OF_IT = {
    AttemptOutcome.NO_ANSWER: gettext_lazy("no answer"),
    AttemptOutcome.LEFT_MESSAGE: gettext_lazy("left a message"),
    AttemptOutcome.CONNECTED: gettext_lazy("talked with them"),
    AttemptOutcome.WRONG_CONTACT: gettext_lazy("wrong address or number"),
}
_BECAUSE = {
    Trigger.READY: gettext_lazy("became sales-ready"),
    Trigger.HAND_RAISE: gettext_lazy("raised a hand"),
    Trigger.MANUAL: gettext_lazy("offered by marketing"),
    Trigger.BROUGHT: gettext_lazy("brought by the rep"),
}


def because(trigger: str, asks_for: str | None) -> str:
    """What triggered a handoff, in a few words."""
    if asks_for in ASKED_FOR:
        return _("asked %(what)s") % {"what": ASKED_FOR[asks_for]}
    return str(_BECAUSE[Trigger(trigger)])


def _offered(told: Told) -> str:
    detail = told.detail or {}
    why = because(told.outcome or Trigger.READY, detail.get("asks_for"))
    if owner := detail.get("owner"):
        return _("Handed over to %(owner)s: %(why)s") % {"owner": owner, "why": why}
    return _("Handed over, waits for somebody to be there: %(why)s") % {"why": why}


def _passed_back(told: Told) -> str:
    detail = told.detail or {}
    label = detail.get("label", "")
    if asked := detail.get("asked"):
        label = f"{label} ({asked})"
    if again := detail.get("re_enter_on"):
        return _("Passed back: %(reason)s; not again before %(day)s") % {
            "reason": label,
            "day": again,
        }
    return _("Passed back: %(reason)s") % {"reason": label}


def _answered(told: Told) -> str:
    says = Answer(told.outcome).label if told.outcome else ""
    return _("Marketing answered: %(answer)s") % {"answer": says}


def _reassigned(told: Told) -> str:
    detail = told.detail or {}
    if not detail.get("owner"):
        return _("Waits in the queue again; before it was with %(before)s") % {
            "before": detail.get("before") or ""
        }
    if before := detail.get("before"):
        return _("Given to %(owner)s instead of %(before)s") % {
            "owner": detail.get("owner") or "",
            "before": before,
        }
    return _("Given to %(owner)s") % {"owner": detail.get("owner") or ""}


def _paused(told: Told) -> str:
    until = (told.detail or {}).get("until")
    if until is None:
        return _("Waits until the date they asked for")
    return _("Waits until %(day)s, as they asked") % {"day": datetime.fromisoformat(until).date()}


_NEXT = {
    AttemptChannel.CALL: gettext_lazy("a call"),
    AttemptChannel.EMAIL: gettext_lazy("an e-mail"),
    AttemptChannel.MESSAGE: gettext_lazy("a message"),
    AttemptChannel.VISIT: gettext_lazy("a visit"),
}


def _planned(told: Told) -> str:
    detail = told.detail or {}
    what = str(_NEXT[AttemptChannel(told.channel)]) if told.channel else ""
    if not detail.get("due_at"):
        return _("Planned what comes next")
    due_at = timezone.localtime(datetime.fromisoformat(detail["due_at"]))
    words = {"what": what, "day": formats.date_format(due_at, "j F")}
    if detail.get("promised"):
        return _("Next, as they asked: %(what)s by %(day)s") % words
    return _("Next: %(what)s on %(day)s") % words


def _put_aside(told: Told) -> str:
    until = (told.detail or {}).get("until")
    if until is None:
        return _("Put aside for a while")
    moment = timezone.localtime(datetime.fromisoformat(until))
    return _("Put aside until %(when)s") % {"when": formats.date_format(moment, "j F, H:i")}


def _attempt(told: Told) -> str:
    tried = _TRIED[AttemptChannel(told.channel)] if told.channel else ""
    came_of_it = _CAME_OF_IT[AttemptOutcome(told.outcome)] if told.outcome else ""
    return f"{tried}: {came_of_it}"


def _objected(told: Told) -> str:
    if told.outcome in (None, Objection.OTHER):
        return _("Said what speaks against it")
    return _("Said what speaks against it: %(what)s") % {"what": Objection(told.outcome).label}


def _competitor(told: Told) -> str:
    name = (told.detail or {}).get("name")
    return _("Also looks at %(name)s") % {"name": name} if name else _("Also looks at others")


def _missed(told: Told) -> str:
    promise = ClockKind(told.outcome).label if told.outcome else ""
    name = (told.detail or {}).get("name")
    if not name:
        return _("Not done in time: %(promise)s") % {"promise": promise}
    return _("Not done in time: %(promise)s (%(name)s)") % {"promise": promise, "name": name}


def _says(sentence: Any) -> Any:
    return lambda told: str(sentence)


register(
    Kind(
        "handoff.offered",
        gettext_lazy("Handed over"),
        Side.MARKETING,
        "arrow-right-circle",
        _offered,
    ),
    Kind(
        "handoff.accepted",
        gettext_lazy("Accepted"),
        Side.SALES,
        "circle-check",
        _says(gettext_lazy("Accepted the lead")),
    ),
    Kind(
        "handoff.passed_back",
        gettext_lazy("Passed back"),
        Side.SALES,
        "arrow-back-up",
        _passed_back,
    ),
    Kind(
        "pass_back.answered",
        gettext_lazy("Pass-back answered"),
        Side.MARKETING,
        "message-reply",
        _answered,
    ),
    Kind(
        "handoff.pass_back_undone",
        gettext_lazy("Pass-back taken back"),
        Side.SALES,
        "arrow-forward-up",
        _says(gettext_lazy("Took the pass-back back")),
    ),
    Kind(
        "handoff.withdrawn",
        gettext_lazy("Withdrawn"),
        Side.MARKETING,
        "circle-x",
        _says(gettext_lazy("The handoff was withdrawn")),
    ),
    Kind(
        "handoff.reassigned",
        gettext_lazy("Reassigned"),
        Side.SALES,
        "switch-horizontal",
        _reassigned,
    ),
    Kind("next_step.planned", gettext_lazy("Next step"), Side.SALES, "calendar-due", _planned),
    # Heard while talking: words of theirs, but nothing that they did, so no new event.
    Kind(
        "words.heard",
        gettext_lazy("Their words"),
        Side.PROSPECT,
        "message",
        _says(gettext_lazy("Said, in their words")),
    ),
    Kind("objection.heard", gettext_lazy("Objection"), Side.PROSPECT, "shield-question", _objected),
    Kind(
        "competitor.heard",
        gettext_lazy("Competitor"),
        Side.PROSPECT,
        "swords",
        _competitor,
        shows_text=False,
    ),
    Kind("handoff.put_aside", gettext_lazy("Put aside"), Side.SALES, "clock-pause", _put_aside),
    Kind(
        "call.begun",
        gettext_lazy("Call"),
        Side.SALES,
        "phone-outgoing",
        _says(gettext_lazy("Called; what came of it is not said yet")),
    ),
    Kind("handoff.paused", gettext_lazy("Waiting"), Side.SALES, "player-pause", _paused),
    Kind("attempt.logged", gettext_lazy("Attempt"), Side.SALES, "phone-outgoing", _attempt),
    Kind(
        "lead.qualified",
        gettext_lazy("Qualified"),
        Side.SALES,
        "star",
        _says(gettext_lazy("Qualified the lead: there is a real chance")),
    ),
    Kind("clock.missed", gettext_lazy("Missed"), Side.ACCORD, "alarm", _missed),
)
