"""Entering lifecycle stages."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accord.base.ids import named_id
from accord.base.lifecycle import HOLDER, LADDER, Cause, Side, Stage
from accord.base.rows import copy_rows, recordset
from accord.leads.actions.activities import record_activities
from accord.leads.models import StageEntry
from accord.leads.rules import NewActivity


@dataclass(frozen=True)
class Entering:
    """A lead enters a stage: why, by which cause, under which version of the agreement."""

    lead_id: uuid.UUID
    stage: Stage
    cause: Cause
    why: str = ""
    agreement_version: int | None = None
    entered_at: datetime | None = None  # the moment it is entered at, when not now


# A stage moves forward by itself; back it goes only into a detour, or out of one. A lead
# that is in the stage already stays as it is.
_MOVE = """
UPDATE leads_lead AS lead
SET stage = new.stage, stage_entered_at = new.entered_at, holder = new.holder
FROM json_to_recordset(%s::json) AS new(id uuid, stage text, entered_at timestamptz, holder text)
WHERE lead.id = new.id AND lead.stage <> new.stage
  AND (lead.stage <> ALL(%s) OR new.stage <> ALL(%s)
       OR array_position(%s, lead.stage::text) < array_position(%s, new.stage))
RETURNING lead.id
"""
_LEAVE = """
UPDATE leads_stageentry AS entry SET left_at = greatest(entry.entered_at, new.entered_at)
FROM json_to_recordset(%s::json) AS new(lead_id uuid, entered_at timestamptz)
WHERE entry.lead_id = new.lead_id AND entry.left_at IS NULL
"""
_COLUMNS = (
    "id",
    "lead_id",
    "stage",
    "entered_at",
    "known_at",
    "cause",
    "why",
    "by_id",
    "agreement_version",
)


def enter_stages(
    *, entries: Sequence[Entering], by: uuid.UUID | None, at: datetime, side: Side = Side.ACCORD
) -> set[uuid.UUID]:
    """Move leads into stages; the leads that really moved.

    At most one entry a lead. Forward moves skip stages freely. A move back, other than into
    or out of recycled and disqualified, leaves the lead where it is.
    """
    if not entries:
        return set()
    ordered = sorted(entries, key=lambda entry: entry.lead_id)
    with transaction.atomic(savepoint=False):
        moved = _move(ordered, at)
        entered = [entry for entry in ordered if entry.lead_id in moved]
        if entered:
            _leave(entered, at)
            _enter(entered, by, at)
            record_activities(rows=[(e.lead_id, _told(e, by, side, at)) for e in entered], at=at)
    return moved


def _move(entries: Sequence[Entering], at: datetime) -> set[uuid.UUID]:
    ladder = [stage.value for stage in LADDER]
    rows = recordset(
        ("id", "stage", "entered_at", "holder"),
        ((e.lead_id, e.stage.value, e.entered_at or at, HOLDER[e.stage].value) for e in entries),
    )
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [rows, ladder, ladder, ladder, ladder])
        return {row[0] for row in cursor.fetchall()}


def _leave(entries: Sequence[Entering], at: datetime) -> None:
    rows = recordset(("lead_id", "entered_at"), ((e.lead_id, e.entered_at or at) for e in entries))
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, [rows])


def _enter(entries: Sequence[Entering], by: uuid.UUID | None, at: datetime) -> None:
    copy_rows(
        StageEntry,
        _COLUMNS,
        (
            (
                named_id(entry.lead_id, entry.stage.value, (entry.entered_at or at).isoformat()),
                entry.lead_id,
                entry.stage.value,
                entry.entered_at or at,
                at,
                entry.cause.value,
                entry.why[:200],
                by,
                entry.agreement_version,
            )
            for entry in entries
        ),
    )


def _told(entry: Entering, by: uuid.UUID | None, side: Side, at: datetime) -> NewActivity:
    return NewActivity(
        kind="stage.entered",
        side=side,
        happened_at=entry.entered_at or at,
        outcome=entry.stage.value,
        by_id=by,
        detail={"why": entry.why} if entry.why else None,
    )
