"""A rep lets a handoff rest for a while; it comes back by itself before it is due."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.base.lifecycle import Side
from accord.base.rows import recordset
from accord.handoffs.actions.taking import RETURNING, STILL_OPEN, Taken, hold, take, take_all
from accord.leads.actions import record_activities
from accord.leads.rules import NewActivity

# The clocks run on: what is due is due.
_ASIDE = f"""
UPDATE handoffs_handoff AS handoff SET put_aside_until_at = new.until_at
FROM json_to_recordset(%(rows)s::json) AS new(id uuid, until_at timestamptz)
WHERE handoff.id = new.id AND handoff.disposed_at IS NULL AND handoff.due_at > new.until_at
{RETURNING}
"""
_BACK = f"""
UPDATE handoffs_handoff AS handoff SET put_aside_until_at = NULL
WHERE handoff.id = ANY(%(handoffs)s) AND handoff.disposed_at IS NULL
{RETURNING}
"""


def put_aside(*, until: Mapping[uuid.UUID, datetime], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Put handoffs aside until these moments, all or none.

    Raises Invalid for a moment that has passed or by which something is due, Conflict when a
    handoff is not open or not the person's.
    """
    if any(moment <= at for moment in until.values()):
        raise Invalid(_("That moment has passed; choose a later one."), field="until")
    with transaction.atomic():
        hold(until)
        take_all(STILL_OPEN, {}, handoffs=sorted(until), by=by, at=at)
        rows = recordset(("id", "until_at"), sorted(until.items()))
        taken = take(_ASIDE, {"rows": rows})
        if len(taken) < len(until):
            raise Invalid(
                _("Something is due by then. It can rest only until before that."), field="until"
            )
        record_activities(rows=[(h.lead_id, _told(h, until[h.id], by, at)) for h in taken], at=at)
    return taken


def bring_back(*, handoffs: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Take handoffs up again that were put aside, all or none.

    Raises Conflict when a handoff is not open or not the person's.
    """
    with transaction.atomic():
        hold(handoffs)
        take_all(STILL_OPEN, {}, handoffs=sorted(handoffs), by=by, at=at)
        return take(_BACK, {"handoffs": sorted(handoffs)})


def _told(handoff: Taken, until: datetime, by: uuid.UUID, at: datetime) -> NewActivity:
    return NewActivity(
        kind="handoff.put_aside",
        side=Side.SALES,
        happened_at=at,
        by_id=by,
        handoff_id=handoff.id,
        detail={"until": until.isoformat()},
    )
