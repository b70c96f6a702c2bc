"""Who owns a lead, and the rep's working state."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from accord.base.ids import new_id
from accord.base.lifecycle import LeadStatus, Side
from accord.base.rows import copy_rows, recordset
from accord.leads.actions.activities import record_activities
from accord.leads.models import Ownership
from accord.leads.rules import NewActivity

_SET_OWNER = """
UPDATE leads_lead AS lead SET owner_id = new.owner_id
FROM json_to_recordset(%s::json) AS new(id uuid, owner_id uuid)
WHERE lead.id = new.id AND lead.owner_id IS DISTINCT FROM new.owner_id
RETURNING lead.id, (SELECT name FROM teams_user WHERE id = new.owner_id)
"""
_END_OWNERSHIP = """
UPDATE leads_ownership SET owned_until = greatest(owned_from, %s)
WHERE lead_id = ANY(%s) AND owned_until IS NULL
"""
_SET_STATUS = """
UPDATE leads_lead AS lead SET status = new.status
FROM json_to_recordset(%s::json) AS new(id uuid, status text)
WHERE lead.id = new.id AND lead.status <> new.status
"""


def assign_owners(
    *,
    owners: Mapping[uuid.UUID, uuid.UUID | None],
    why: str,
    by: uuid.UUID | None,
    at: datetime,
) -> set[uuid.UUID]:
    """Give leads an owner (None: nobody); the leads whose owner changed."""
    rows = recordset(("id", "owner_id"), sorted(owners.items(), key=lambda row: row[0]))
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_SET_OWNER, [rows])
        names = dict(cursor.fetchall())
        cursor.execute(_END_OWNERSHIP, [at, sorted(names)])
        taken = [(lead_id, owners[lead_id]) for lead_id in sorted(names) if owners[lead_id]]
        copy_rows(
            Ownership,
            ("id", "lead_id", "owner_id", "owned_from", "why"),
            ((new_id(), lead_id, owner, at, why[:200]) for lead_id, owner in taken),
        )
        record_activities(
            rows=[
                (
                    lead_id,
                    NewActivity(
                        kind="owner.assigned",
                        side=Side.ACCORD,
                        happened_at=at,
                        by_id=by,
                        detail={"owner": names[lead_id], "why": why},
                    ),
                )
                for lead_id, _ in taken
            ],
            at=at,
        )
    return set(names)


def set_statuses(*, statuses: Mapping[uuid.UUID, LeadStatus]) -> None:
    """Set the rep's working state of leads."""
    rows = recordset(("id", "status"), ((id, statuses[id].value) for id in sorted(statuses)))
    with connection.cursor() as cursor:
        cursor.execute(_SET_STATUS, [rows])
