"""Who is told that a promise is past due, or that a rest is over."""

import uuid
from collections import Counter
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
    late_of,
    names_of,
    page_of,
    when,
)
from accord.handoffs.models import ClockKind
from accord.outbox.actions import Telling, tell
from accord.teams import queries as teams
from accord.teams.models import User


def tell_of_missed(*, steps: Sequence[StepTaken], at: datetime) -> None:
    """Tell the rep, or the heads of sales, as each step says, what is past due."""
    _tell_of_unanswered([each for each in steps if each.clock.user_id is None], at)
    of_reps = {each: each.clock.user_id for each in steps if each.clock.user_id}
    if not of_reps:
        return
    leads = names_of(each.clock.lead_id for each in of_reps)
    reps = teams.names(of_reps.values())
    for_heads = {each: rep for each, rep in of_reps.items() if each.step == "tell_head"}
    several = {rep for rep, number in Counter(for_heads.values()).items() if number > 1}
    heads = teams.heads(Seat.SALES) if for_heads else []
    tell(
        tellings=[
            *(
                _to_rep(each, rep, who=leads[each.clock.lead_id], name=reps.get(rep, ""))
                for each, rep in of_reps.items()
                if each.step == "tell_rep"
            ),
            *(
                _to_head(
                    each,
                    head,
                    who=leads[each.clock.lead_id],
                    rep=reps.get(rep, ""),
                    link=late_of(rep) if rep in several else page_of(each.clock.lead_id),
                )
                for each, rep in for_heads.items()
                for head in heads
            ),
        ],
        at=at,
    )


def _to_rep(step: StepTaken, rep: uuid.UUID, *, who: str, name: str) -> Telling:
    """Named, as the chat of their team hears of it, too."""
    return Telling(
        event_id=named_id("missed", step.clock.id, step.step),
        user_id=rep,
        kind="clock.missed",
        subject=_("%(who)s waits: past due is “%(promise)s” (%(rep)s)")
        % {"who": who, "promise": ClockKind(step.clock.kind).label, "rep": name},
        text=_("Already in touch? Log the call or the mail, and the clock stops."),
        link=page_of(step.clock.lead_id),
    )


def _to_head(step: StepTaken, head: User, *, who: str, rep: str, link: str) -> Telling:
    """Whose it is and since when it waits; what is missed of one rep at once leads to one list."""
    return Telling(
        event_id=named_id("missed", step.clock.id, step.step),
        user_id=head.id,
        kind="clock.missed",
        subject=_("%(rep)s: %(who)s waits, “%(promise)s” was due %(when)s")
        % {
            "rep": rep,
            "who": who,
            "promise": ClockKind(step.clock.kind).label,
            "when": when(step.clock.due_at, head.time_zone),
        },
        text=_("Ask %(rep)s what is in the way, or give it to somebody else there.") % {"rep": rep},
        link=link,
    )


def tell_of_nobody_else(*, steps: Sequence[StepTaken], at: datetime) -> None:
    """Tell the heads of sales what was to go to somebody else, and found nobody."""
    of_reps = {each.clock: each.clock.user_id for each in steps if each.clock.user_id}
    if not of_reps:
        return
    leads = names_of(clock.lead_id for clock in of_reps)
    reps = teams.names(of_reps.values())
    heads = heads_of_sales()
    tell(
        tellings=[
            Telling(
                event_id=named_id("nobody else", clock.id),
                user_id=head,
                kind="clock.missed",
                subject=_("%(who)s still waits for %(rep)s: nobody else is there")
                % {"who": leads[clock.lead_id], "rep": reps.get(rep, "")},
                text=_("Give the lead to somebody by hand, or ask %(rep)s to call.")
                % {"rep": reps.get(rep, "")},
                link=page_of(clock.lead_id),
            )
            for clock, rep in of_reps.items()
            for head in heads
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
