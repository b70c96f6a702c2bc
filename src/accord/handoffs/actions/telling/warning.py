"""Who is warned that a promise is soon due."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accord.base.ids import named_id
from accord.handoffs.actions.escalating import StepTaken
from accord.handoffs.actions.telling.people import CAME_BACK, names_of, page_of, when
from accord.handoffs.models import ClockKind
from accord.outbox.actions import Telling, tell
from accord.teams import queries as teams
from accord.teams.models import User


def tell_of_risk(*, steps: Sequence[StepTaken], at: datetime) -> None:
    """Warn whoever promised, each of them once; who is in touch already says so with one tap."""
    if not steps:
        return
    leads = names_of(each.clock.lead_id for each in steps)
    team = teams.all_of_marketing() if any(each.clock.user_id is None for each in steps) else []
    told = [
        (each, user_id)
        for each in steps
        for user_id in ([each.clock.user_id] if each.clock.user_id else team)
    ]
    zones = dict(
        User.objects.filter(id__in={id for _each, id in told}).values_list("id", "time_zone")
    )
    tell(
        tellings=[
            Telling(
                event_id=named_id("at risk", each.clock.id),
                user_id=user_id,
                kind="clock.at_risk" if each.clock.user_id else "pass_back.at_risk",
                subject=_("%(who)s: “%(promise)s” is due %(when)s")
                % {
                    "who": leads[each.clock.lead_id],
                    "promise": ClockKind(each.clock.kind).label,
                    "when": when(each.clock.due_at, zones.get(user_id, "UTC")),
                },
                text=_says(each),
                link=_link(each),
            )
            for each, user_id in told
        ],
        at=at,
    )


def _says(step: StepTaken) -> str:
    if step.clock.kind == ClockKind.PASS_BACK_ANSWER:
        return _("Agree, mend it and hand it over again, or say what speaks against it.")
    if step.clock.kind == ClockKind.FIRST_ATTEMPT:
        return _("Already in touch? Say so with one tap, and the clock stops.")
    return ""


def _link(step: StepTaken) -> str:
    if step.clock.user_id is None:
        return CAME_BACK
    if step.clock.kind == ClockKind.FIRST_ATTEMPT:
        return f"/handoffs/{step.clock.handoff_id}/in-touch/"
    return page_of(step.clock.lead_id)
