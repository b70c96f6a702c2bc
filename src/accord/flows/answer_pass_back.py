"""Marketing answers what came back: it agrees, mends and hands over again, or disagrees."""

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.agreement.queries import running
from accord.base.errors import Conflict, Invalid
from accord.base.lifecycle import Cause, Side, Stage
from accord.flows.hand_off import not_offered, offer
from accord.flows.moving import enter_stages
from accord.handoffs import actions
from accord.handoffs.actions import Answer, Answered
from accord.handoffs.actions.telling import tell_of_answers
from accord.handoffs.queries import earliest_re_entry
from accord.leads.actions import Entering
from accord.leads.models import Lead

ANSWERS = (Answer.AGREED, Answer.MENDED, Answer.DISAGREED)
_ASKS = {
    Answer.MENDED: gettext_lazy("Say in a few words what you mended; the rep reads it."),
    Answer.DISAGREED: gettext_lazy(
        "Say what speaks against it; both heads read it in the next meeting."
    ),
}


def keep_in_nurture(
    *,
    backs: Collection[uuid.UUID],
    by: uuid.UUID,
    at: datetime,
    re_enter_on: date | None = None,
) -> int:
    """Marketing keeps leads that were disqualified: they may return by a new event; how many.

    An event counts from the day `re_enter_on` on; None: from now on. Raises Invalid for a day
    that has come already, Conflict when none of them is disqualified any more.
    """
    if re_enter_on and re_enter_on < earliest_re_entry(at):
        raise Invalid(_("Choose a day to come, or none."), field="re_enter_on")
    with transaction.atomic():
        leads = actions.keep_in_nurture(backs=backs, re_enter_on=re_enter_on)
        moved = enter_stages(
            entries=[
                Entering(
                    lead_id=lead_id,
                    stage=Stage.RECYCLED,
                    cause=Cause.CORRECTION,
                    why=_("Marketing keeps it in nurture"),
                    agreement_version=running().number,
                )
                for lead_id in leads
            ],
            by=by,
            at=at,
            side=Side.MARKETING,
        )
        if not moved:
            raise Conflict(_("It is no longer disqualified; its page says where it stands."))
    return len(moved)


def answer_pass_backs(
    *, backs: Collection[uuid.UUID], answer: str, note: str, by: uuid.UUID, at: datetime
) -> list[Answered]:
    """Answer pass-backs, all or none; the reps who passed them back are told.

    What was mended goes to sales again at once. Raises Invalid for an answer there is not or one
    without its reason, Conflict when somebody was faster or a mended lead cannot be handed over.
    """
    if answer not in ANSWERS:
        raise Invalid(
            _("“%(given)s” is no answer; use one of %(known)s.")
            % {"given": answer, "known": ", ".join(ANSWERS)},
            field="answer",
        )
    said, note = Answer(answer), note.strip()
    if said in _ASKS and not note:
        raise Invalid(str(_ASKS[said]), field="note")
    with transaction.atomic():
        answered = actions.answer_pass_backs(backs=backs, answer=said, note=note, by=by, at=at)
        tell_of_answers(answered=answered, answer=said, note=note, by=by, at=at)
        if said == Answer.MENDED:
            _hand_over_again({each.lead_id for each in answered}, note, by, at)
    return answered


def _hand_over_again(leads: set[uuid.UUID], why: str, by: uuid.UUID, at: datetime) -> None:
    """Give mended leads to sales, all or none. Raises Conflict naming those that cannot go."""
    left = leads - {handoff.lead_id for handoff in offer(leads=leads, by=by, why=why, at=at)}
    if not left:
        return
    reasons = not_offered(leads=left, at=at)
    named = Lead.objects.filter(id__in=reasons).order_by("id")
    raise Conflict(
        _("Nothing was answered: not all can go to sales again. %(why)s Answer it without them.")
        % {"why": " ".join(f"{lead}: {reasons[lead.id]}" for lead in named)}
    )
