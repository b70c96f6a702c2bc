"""Putting what happened on the timeline."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from accord.base.ids import new_id
from accord.base.lifecycle import Side
from accord.base.rows import copy_rows
from accord.leads import kinds
from accord.leads.models import Activity
from accord.leads.rules import NewActivity

_COLUMNS = (
    "id",
    "lead_id",
    "kind",
    "side",
    "happened_at",
    "known_at",
    "by_id",
    "campaign_id",
    "handoff_id",
    "channel",
    "outcome",
    "text",
    "detail",
)
_TAKE_OUT = "DELETE FROM leads_activity WHERE id = ANY(%(ids)s) AND kind = %(kind)s RETURNING id"


def record_activities(
    *,
    rows: Iterable[tuple[uuid.UUID, NewActivity]],
    at: datetime,
    ids: Sequence[uuid.UUID] | None = None,
) -> None:
    """Write activities of leads: (lead id, activity). `ids` gives their ids, else fresh ones.

    Raises KeyError for a kind that no room registered.
    """
    known = kinds.registered()

    def lines() -> Iterable[tuple[object, ...]]:
        for number, (lead_id, new) in enumerate(rows):
            yield (
                ids[number] if ids is not None else new_id(),
                lead_id,
                known[new.kind].key,
                new.side,
                new.happened_at,
                at,
                new.by_id,
                new.campaign_id,
                new.handoff_id,
                new.channel,
                new.outcome,
                new.text,
                new.detail,
            )

    copy_rows(Activity, _COLUMNS, lines())


def take_out(*, ids: Collection[uuid.UUID], kind: str, by: uuid.UUID) -> list[Activity]:
    """Take activities of a kind that this person began out of the timeline; those it could.

    For what only stands there until it is known what it was. They are deleted in one statement,
    so that each is taken out once.
    """
    found = Activity.objects.filter(id__in=ids, kind=kind, by_id=by).order_by("lead_id", "id")
    rows = {activity.id: activity for activity in found}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_OUT, {"ids": sorted(rows), "kind": kind})
        gone = {row[0] for row in cursor.fetchall()}
    return [activity for id, activity in rows.items() if id in gone]


def add_notes(
    *,
    notes: dict[uuid.UUID, str],
    side: Side,
    by: uuid.UUID,
    at: datetime,
    kind: str = "note.added",
) -> dict[uuid.UUID, uuid.UUID]:
    """A person's own words about leads: a note, or with kind "question.asked" a question.

    Returns the id of what was kept, by lead.
    """
    ids = {lead_id: new_id() for lead_id in sorted(notes)}
    with transaction.atomic():
        record_activities(
            rows=[
                (lead_id, NewActivity(kind=kind, side=side, happened_at=at, text=text, by_id=by))
                for lead_id, text in sorted(notes.items())
            ],
            at=at,
            ids=list(ids.values()),
        )
    return ids
