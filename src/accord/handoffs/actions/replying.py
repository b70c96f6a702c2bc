"""Marketing's answer to what came back: the clock stops, and the timeline knows."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Missing
from accord.base.lifecycle import Side
from accord.handoffs.actions.clocks import stop_clocks_of_team
from accord.handoffs.actions.pools import give_turns_back
from accord.handoffs.models import Answer, PassBack
from accord.leads.actions import record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity
from accord.teams.queries import names

_ANSWER = """
UPDATE handoffs_passback AS back
SET answer = %(answer)s, answer_note = %(note)s, answered_at = %(at)s, answered_by_id = %(by)s,
    gives_turn_back = back.gives_turn_back AND %(gives)s
WHERE back.id = ANY(%(backs)s) AND back.answered_at IS NULL AND back.undone_at IS NULL
RETURNING back.id, back.lead_id, back.handoff_id, back.passed_back_by_id
"""
_TO_NURTURE = """
UPDATE handoffs_passback AS back SET destination = 'nurture', re_enter_on = %(day)s
WHERE back.id = ANY(%(backs)s) AND back.destination = 'disqualify' AND back.undone_at IS NULL
RETURNING back.lead_id
"""


@dataclass(frozen=True)
class Answered:
    """A pass-back that was answered now; `passed_back_by_id` waits to hear of it."""

    id: uuid.UUID
    lead_id: uuid.UUID
    handoff_id: uuid.UUID
    passed_back_by_id: uuid.UUID


def answer_pass_backs(
    *, backs: Collection[uuid.UUID], answer: Answer, note: str, by: uuid.UUID, at: datetime
) -> list[Answered]:
    """Answer pass-backs, all or none; stops what marketing promised about them.

    What marketing stands by was a lead, and counts as a turn of whoever had it.
    Raises Missing for one that there is not, Conflict with who was faster.
    """
    with transaction.atomic():
        found = PassBack.objects.filter(id__in=backs)
        leads = dict(found.values_list("id", "lead_id"))
        if len(leads) < len(set(backs)):
            raise Missing(_("What you answer is not there any more; look at the list again."))
        hold_leads(leads=leads.values())
        if answer == Answer.DISAGREED:
            given = found.filter(gives_turn_back=True, answered_at=None, undone_at=None)
            give_turns_back(given.values_list("handoff_id", flat=True), credit=-1)
        with connection.cursor() as cursor:
            cursor.execute(
                _ANSWER,
                {
                    "backs": sorted(backs),
                    "answer": answer.value,
                    "note": note,
                    "by": by,
                    "at": at,
                    "gives": answer != Answer.DISAGREED,
                },
            )
            rows = sorted((Answered(*row) for row in cursor.fetchall()), key=lambda row: row.id)
        if missing := set(leads) - {row.id for row in rows}:
            raise Conflict(_what_became_of(min(missing)))
        stop_clocks_of_team([row.handoff_id for row in rows], by, at)
        record_activities(
            rows=[(row.lead_id, _told(row, answer, note, by, at)) for row in rows], at=at
        )
    return rows


def keep_in_nurture(
    *, backs: Collection[uuid.UUID], re_enter_on: date | None = None
) -> list[uuid.UUID]:
    """What was disqualified goes to nurture after all; the leads, each once.

    They may return from that day on, or from now on.
    """
    with transaction.atomic():
        leads = dict(PassBack.objects.filter(id__in=backs).values_list("id", "lead_id"))
        hold_leads(leads=leads.values())
        with connection.cursor() as cursor:
            cursor.execute(_TO_NURTURE, {"backs": sorted(backs), "day": re_enter_on})
            return sorted({row[0] for row in cursor.fetchall()})


def _told(row: Answered, answer: Answer, note: str, by: uuid.UUID, at: datetime) -> NewActivity:
    return NewActivity(
        kind="pass_back.answered",
        side=Side.MARKETING,
        happened_at=at,
        by_id=by,
        handoff_id=row.handoff_id,
        outcome=answer.value,
        text=note or None,
    )


def _what_became_of(id: uuid.UUID) -> str:
    back = PassBack.objects.get(id=id)
    if back.undone_at:
        return _("The rep took this pass-back back; the lead is with sales.")
    who = names([back.answered_by_id]).get(back.answered_by_id) if back.answered_by_id else None
    return _("%(name)s has answered this already.") % {"name": who or "Accord"}
