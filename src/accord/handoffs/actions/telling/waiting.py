"""Who is told that a promise is past due, or that a rest is over."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accord.agreement.models import Seat
from accord.base.ids import named_id
from accord.handoffs.actions.escalating import StepTaken
from accord.handoffs.actions.pausing import Resumed
from accord.handoffs.actions.telling.people import (
    CAME_BACK,
    INBOX,
    heads_of_sales,
    names_of,
    page_of,
)
from accord.handoffs.models import ClockKind
from accord.outbox.actions import Telling, tell
from accord.teams import queries as teams


def tell_of_missed(*, steps: Sequence[StepTaken], at: datetime) -> None:
    """Tell the rep, or the heads of sales, as each step says, what is past due."""
    _tell_of_unanswered([each for each in steps if each.clock.user_id is None], at)
    of_reps = {each: each.clock.user_id for each in steps if each.clock.user_id}
    if not of_reps:
        return
    leads = names_of(each.clock.lead_id for each in of_reps)
    reps = teams.names(of_reps.values())
    heads = heads_of_sales()
    tell(
        tellings=[
            Telling(
                event_id=named_id("missed", each.clock.id, each.step),
                user_id=user_id,
                kind="clock.missed",
                subject=_("%(who)s waits: past due is “%(promise)s” (%(rep)s)")
                % {
                    "who": leads[each.clock.lead_id],
                    "promise": ClockKind(each.clock.kind).label,
                    "rep": reps.get(rep, ""),
                },
                text=_("Already in touch? Log the call or the mail, and the clock stops."),
                link=page_of(each.clock.lead_id),
            )
            for each, rep in of_reps.items()
            if each.step in ("tell_rep", "tell_head")
            for user_id in (heads if each.step == "tell_head" else [rep])
        ],
        at=at,
    )


def tell_of_nobody_else(*, steps: Sequence[StepTaken], at: datetime) -> None:
    """Tell the heads of sales what was to go to somebody else, and found nobody."""
    if not steps:
        return
    leads = names_of(each.clock.lead_id for each in steps)
    reps = teams.names(each.clock.user_id for each in steps if each.clock.user_id)
    tell(
        tellings=[
            Telling(
                event_id=named_id("nobody else", each.clock.id),
                user_id=head,
                kind="clock.missed",
                subject=_("%(who)s still waits for %(rep)s: nobody else is there")
                % {
                    "who": leads[each.clock.lead_id],
                    "rep": reps.get(each.clock.user_id, "") if each.clock.user_id else "",
                },
                text=_("Give the lead to somebody by hand, or ask %(rep)s to call.")
                % {"rep": reps.get(each.clock.user_id, "") if each.clock.user_id else ""},
                link=page_of(each.clock.lead_id),
            )
            for each in steps
            for head in heads_of_sales()
        ],
        at=at,
    )


def _tell_of_unanswered(steps: Sequence[StepTaken], at: datetime) -> None:
    """Tell all of marketing, or its heads, as each step says, what sales waits to hear of."""
    if not steps:
        return
    leads = names_of(each.clock.lead_id for each in steps)
    told = {
        "tell_rep": teams.all_of_marketing(),
        "tell_head": [h.id for h in teams.heads(Seat.MARKETING)],
    }
    tell(
        tellings=[
            Telling(
                event_id=named_id("missed", each.clock.id, each.step),
                user_id=user_id,
                kind="pass_back.unanswered",
                subject=_("%(who)s came back, and sales still waits for an answer")
                % {"who": leads[each.clock.lead_id]},
                text=_("Agree, mend it and hand it over again, or say what speaks against it."),
                link=CAME_BACK,
            )
            for each in steps
            for user_id in told.get(each.step, ())
        ],
        at=at,
    )


def tell_of_resumed(*, resumed: Sequence[Resumed], at: datetime) -> None:
    """Tell the reps whom a lead asked to come back on this date."""
    if not resumed:
        return
    leads = names_of(each.lead_id for each in resumed)
    tell(
        tellings=[
            Telling(
                event_id=named_id("resumed", each.handoff_id, each.resumes_at.isoformat()),
                user_id=each.user_id,
                kind="handoff.resumed",
                subject=_("%(who)s asked to hear from you now") % {"who": leads[each.lead_id]},
                link=INBOX,
            )
            for each in resumed
        ],
        at=at,
    )
