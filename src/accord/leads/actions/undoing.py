"""Taking an import back: what it added goes, what it changed is as before.

All that an import wrote about a lead became known at one of its moments; what became known at
any other was done by somebody since. Leads that were touched since stay as they are.
"""

import json
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.base.lifecycle import HOLDER, Side
from accord.leads.actions.former import take_back_changes
from accord.leads.kinds import new_event_kinds
from accord.leads.models import Company, Fate, Import, ImportState, Submission

BATCH = 10_000
_OWN_KINDS = (
    *("import.added", "form.submitted", "fact.changed", "stage.entered", "lead.brought"),
    *("consent.given", "consent.withdrawn"),
)
# Of rows that lie with their lead; the lead's own row goes last.
_TABLES = (
    *("leads_activity", "leads_identity", "leads_stageentry", "leads_ownership"),
    *("leads_factchange", "leads_leadvalue", "leads_consent"),
    "leads_attachment",
)
_TOUCHED = """
SELECT activity.lead_id FROM leads_activity AS activity
WHERE activity.lead_id = ANY(%(leads)s)
  AND (activity.known_at <> ALL(%(moments)s) OR activity.kind <> ALL(%(own)s))
UNION
SELECT other.lead_id FROM leads_submission AS other
WHERE other.lead_id = ANY(%(leads)s) AND other.import_id IS DISTINCT FROM %(import_id)s
"""
_WENT_ON = """
SELECT DISTINCT lead_id FROM leads_activity
WHERE lead_id = ANY(%(leads)s) AND known_at > %(first)s AND known_at <> ALL(%(moments)s)
  AND (handoff_id IS NOT NULL OR kind = 'stage.entered')
"""
_NOT_WITHDRAWN = """
UPDATE leads_consent
SET withdrawn_at = NULL, withdrawal_source = NULL, withdrawal_known_at = NULL
WHERE lead_id = ANY(%(leads)s) AND withdrawal_known_at = ANY(%(moments)s)
"""
_REOPEN = """
WITH last AS (
    SELECT DISTINCT ON (lead_id) id, lead_id, stage, entered_at FROM leads_stageentry
    WHERE lead_id = ANY(%(leads)s) ORDER BY lead_id, known_at DESC, entered_at DESC, id DESC
), reopened AS (
    UPDATE leads_stageentry AS entry SET left_at = NULL FROM last WHERE entry.id = last.id
)
UPDATE leads_lead AS lead
SET stage = last.stage, stage_entered_at = last.entered_at,
    holder = CASE WHEN lead.brought_by_id IS NOT NULL THEN %(sales)s
                  ELSE %(holders)s::jsonb ->> last.stage END
FROM last WHERE lead.id = last.lead_id
"""


def claim_undo(*, import_id: uuid.UUID, at: datetime) -> None:
    """Mark an import as undone, so that nobody else undoes it or goes on with it.

    Raises Conflict when it runs just now, or was undone before.
    """
    done = Import.objects.filter(
        id=import_id, state__in=[ImportState.DONE, ImportState.STOPPED], undone_at__isnull=True
    )
    if not done.update(state=ImportState.UNDONE, undone_at=at, lines_done=0, trouble=""):
        raise Conflict(_("This import is running or was undone already; look at its page."))


def moments_of(import_id: uuid.UUID) -> list[datetime]:
    """The moments at which an import became known: one for each of its runs."""
    rows = Submission.objects.filter(import_id=import_id).order_by("received_at")
    return list(rows.values_list("received_at", flat=True).distinct())


def touched_since(
    *, leads: Sequence[uuid.UUID], import_id: uuid.UUID, moments: Sequence[datetime]
) -> set[uuid.UUID]:
    """The leads of which more is known than the import said."""
    given: dict[str, Any] = {
        "leads": list(leads),
        "moments": list(moments),
        "import_id": import_id,
        "own": [*_OWN_KINDS, *new_event_kinds()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, given)
        return {row[0] for row in cursor.fetchall()}


def remove_leads(*, leads: Collection[uuid.UUID]) -> None:
    """Take leads out of the record, with all of this room that lies with them."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE lead_id = ANY(%s)", [sorted(leads)])
        cursor.execute("DELETE FROM leads_lead WHERE id = ANY(%s)", [sorted(leads)])


def take_back(*, leads: Collection[uuid.UUID], moments: Sequence[datetime]) -> None:
    """Leads that were known before: what was added at these moments goes, facts are as before.

    The stages of leads that were handed over or came further since stay: more stands on them.
    """
    if not leads or not moments:
        return
    given: dict[str, Any] = {
        "leads": sorted(leads),
        "moments": list(moments),
        "first": min(moments),
    }
    take_back_changes(leads=leads, moments=moments)
    with connection.cursor() as cursor:
        cursor.execute(_WENT_ON, given)
        given["went_on"] = [row[0] for row in cursor.fetchall()]
        for table, kept in (
            ("leads_activity", "AND (kind <> 'stage.entered' OR lead_id <> ALL(%(went_on)s))"),
            ("leads_identity", ""),
            ("leads_consent", ""),
        ):
            cursor.execute(
                f"DELETE FROM {table} "
                f"WHERE lead_id = ANY(%(leads)s) AND known_at = ANY(%(moments)s) {kept}",
                given,
            )
        cursor.execute(_NOT_WITHDRAWN, given)
        cursor.execute(
            "DELETE FROM leads_stageentry WHERE lead_id = ANY(%(leads)s) "
            "AND lead_id <> ALL(%(went_on)s) AND known_at = ANY(%(moments)s) RETURNING lead_id",
            given,
        )
        moved = sorted({row[0] for row in cursor.fetchall()})
        if moved:
            holders = {stage.value: side.value for stage, side in HOLDER.items()}
            cursor.execute(
                _REOPEN,
                {"leads": moved, "sales": Side.SALES.value, "holders": json.dumps(holders)},
            )


def forget_import(*, import_id: uuid.UUID, moments: Sequence[datetime]) -> None:
    """The ledger of an undone import, and the companies that only it spoke of."""
    Submission.objects.filter(import_id=import_id).delete()
    alone = Company.objects.filter(
        known_at__in=moments, leads__isnull=True, deals__isnull=True, owner__isnull=True
    )
    alone.delete()


def rows_undone(import_id: uuid.UUID, *, after: int) -> list[tuple[int, uuid.UUID, str]]:
    """The next lines of an import behind a line that added something: line, lead, fate."""
    rows = Submission.objects.filter(
        import_id=import_id, line__gt=after, lead_id__isnull=False
    ).exclude(fate__in=[Fate.REFUSED, Fate.UNCHANGED])
    return [
        (line or 0, lead_id, fate)
        for line, lead_id, fate in rows.order_by("line").values_list("line", "lead_id", "fate")[
            :BATCH
        ]
        if lead_id
    ]
