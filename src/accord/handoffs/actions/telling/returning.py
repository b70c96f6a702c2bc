"""Who is told of what came back, and of what marketing says to it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accord.base.ids import named_id
from accord.handoffs.actions.replying import Answered
from accord.handoffs.actions.taking import Taken
from accord.handoffs.actions.telling.people import CAME_BACK, names_of, page_of
from accord.handoffs.models import Answer
from accord.outbox.actions import Telling, tell
from accord.teams import queries as teams


def tell_of_pass_backs(
    *,
    taken: Sequence[Taken],
    labels: Mapping[uuid.UUID, str],
    at: datetime,
    by: uuid.UUID | None = None,
) -> None:
    """Tell all of marketing what came back and why; `labels` by handoff."""
    people = teams.all_of_marketing()
    leads = names_of(handoff.lead_id for handoff in taken)
    tell(
        tellings=[
            Telling(
                event_id=named_id("passed back", handoff.id, at.isoformat()),
                user_id=person,
                kind="handoff.passed_back",
                subject=_("%(who)s came back: %(reason)s")
                % {"who": leads[handoff.lead_id], "reason": labels[handoff.id]},
                link=CAME_BACK,
            )
            for handoff in taken
            for person in people
        ],
        at=at,
        by=by,
    )


def tell_of_undone(*, taken: Sequence[Taken], at: datetime, by: uuid.UUID | None = None) -> None:
    """Tell marketing that what came back is with sales again."""
    people = teams.all_of_marketing()
    leads = names_of(handoff.lead_id for handoff in taken)
    tell(
        tellings=[
            Telling(
                event_id=named_id("pass-back undone", handoff.id, at.isoformat()),
                user_id=person,
                kind="handoff.pass_back_undone",
                subject=_("%(who)s stays with sales: the pass-back was taken back")
                % {"who": leads[handoff.lead_id]},
                link=page_of(handoff.lead_id),
            )
            for handoff in taken
            for person in people
        ],
        at=at,
        by=by,
    )


def tell_of_answers(
    *,
    answered: Sequence[Answered],
    answer: Answer,
    note: str,
    at: datetime,
    by: uuid.UUID | None = None,
) -> None:
    """Tell the reps who passed leads back what marketing says."""
    leads = names_of(each.lead_id for each in answered)
    tell(
        tellings=[
            Telling(
                event_id=named_id("pass-back answered", each.id),
                user_id=each.passed_back_by_id,
                kind="pass_back.answered",
                subject=_("Marketing on %(who)s: %(answer)s")
                % {"who": leads[each.lead_id], "answer": answer.label},
                text=note,
                link=page_of(each.lead_id),
            )
            for each in answered
        ],
        at=at,
        by=by,
    )
