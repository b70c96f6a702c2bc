"""Changing what is known of leads, leaving the old values behind."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.base.ids import new_id
from accord.base.lifecycle import Side
from accord.base.rows import copy_rows, recordset
from accord.leads.actions.activities import record_activities
from accord.leads.actions.consents import withdraw_consents
from accord.leads.actions.values import own_of, parted_by_owner, write_values
from accord.leads.models import FactChange, LeadValue
from accord.leads.queries.custom import values_of
from accord.leads.rules import CHANGEABLE, NewActivity

# Which column of an old value fits which fact; the rest are texts.
VALUE_COLUMN = {
    "budget": "number_value",
    "needed_by_on": "date_value",
    "do_not_contact": "yes_value",
}
_TYPES = {
    "budget": "numeric",
    "needed_by_on": "date",
    "do_not_contact": "boolean",
    "company_id": "uuid",
    "campaign_id": "uuid",
}
# Taking the rows by UPDATE, not by FOR UPDATE over many leads: it works across machines.
_TAKE = f"""
UPDATE leads_lead AS lead SET known_at = lead.known_at
WHERE lead.id = ANY(%s)
RETURNING lead.id, lead.known_at, lead.merged_into_id,
          {", ".join(f"lead.{name}" for name in CHANGEABLE)}
"""
_WRITE = f"""
UPDATE leads_lead AS lead
SET {", ".join(f"{name} = new.{name}" for name in CHANGEABLE)}
FROM json_to_recordset(%s::json)
     AS new(id uuid, {", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in CHANGEABLE)})
WHERE lead.id = new.id
"""
_LAST_CHANGE = """
SELECT lead_id, fact, max(known_until) FROM leads_factchange
WHERE lead_id = ANY(%s) GROUP BY lead_id, fact
"""
OLD_VALUE = (
    "id",
    "lead_id",
    "fact",
    "known_from",
    "known_until",
    "text_value",
    "number_value",
    "date_value",
    "yes_value",
)


class MergedAway(Conflict):
    """A lead was merged into another between being looked up and being written to."""


def change_facts(
    *,
    changes: Mapping[uuid.UUID, Mapping[str, Any]],
    by: uuid.UUID | None,
    side: Side,
    at: datetime,
    only_gaps: bool = False,
) -> dict[uuid.UUID, list[str]]:
    """Set facts of leads; the facts that really changed, by lead.

    A value of None makes a fact unknown again. With `only_gaps`, and always for where a
    lead came from, a value that is known stays. Whoever asks us to stop takes all consents back.
    Raises MergedAway when one of them was merged into another since it was looked up.
    """
    with transaction.atomic():
        old, known_at, merged = take_facts(sorted(changes))
        if merged:
            raise MergedAway(_("This lead was merged with another one just now; try again."))
        told = {id for id, facts in changes.items() if own_of(facts)}
        known = values_of(LeadValue, "lead_id", told) if told else {}
        new = {
            lead_id: {
                name: value
                for name, value in changes[lead_id].items()
                if _replaces(
                    name, {**values, **known.get(lead_id, {})}.get(name), value, only_gaps=only_gaps
                )
            }
            for lead_id, values in old.items()
        }
        changed = {lead_id: facts for lead_id, facts in new.items() if facts}
        of_accord, own = parted_by_owner(changed)
        if of_accord:
            _keep_old(of_accord, old, known_at, at)
            write_facts(of_accord, old)
        write_values(LeadValue, "lead_id", own, by=by, at=at)
        if changed:
            _tell(changed, by, side, at)
        stopped = [id for id, facts in changed.items() if facts.get("do_not_contact")]
        why = _("Asked not to be contacted")
        withdraw_consents(leads=stopped, why=why, by=by, side=side, at=at)
    return {lead_id: sorted(facts) for lead_id, facts in changed.items()}


_FIRST_TOUCH = frozenset({"source", "source_detail", "campaign_id"})


def _replaces(name: str, old: Any, new: Any, *, only_gaps: bool) -> bool:
    if old is not None and (only_gaps or name in _FIRST_TOUCH) and name != "do_not_contact":
        return False
    return bool(old != new)


def take_facts(
    leads: list[uuid.UUID],
) -> tuple[dict[uuid.UUID, dict[str, Any]], dict[uuid.UUID, datetime], set[uuid.UUID]]:
    """What is known of leads, since when they are, and which were merged into others.

    They are ours until the commit.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [leads])
        rows = sorted(cursor.fetchall())
    old = {row[0]: dict(zip(CHANGEABLE, row[3:], strict=True)) for row in rows}
    return old, {row[0]: row[1] for row in rows}, {row[0] for row in rows if row[2]}


def _keep_old(
    changed: Mapping[uuid.UUID, Mapping[str, Any]],
    old: Mapping[uuid.UUID, Mapping[str, Any]],
    known_at: Mapping[uuid.UUID, datetime],
    at: datetime,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LAST_CHANGE, [sorted(changed)])
        last = {(lead_id, fact): until for lead_id, fact, until in cursor.fetchall()}

    def row(lead_id: uuid.UUID, fact: str) -> tuple[object, ...]:
        value = old[lead_id][fact]
        column = VALUE_COLUMN.get(fact, "text_value")
        if column == "text_value" and value is not None:
            value = str(value)
        return (
            new_id(),
            lead_id,
            fact,
            (known_from := last.get((lead_id, fact), known_at[lead_id])),
            max(known_from, at),  # what was found out in the past changes nothing there
            *(value if column == name else None for name in OLD_VALUE[5:]),
        )

    copy_rows(
        FactChange,
        OLD_VALUE,
        (row(lead_id, fact) for lead_id in sorted(changed) for fact in sorted(changed[lead_id])),
    )


def write_facts(
    changed: Mapping[uuid.UUID, Mapping[str, Any]], old: Mapping[uuid.UUID, Mapping[str, Any]]
) -> None:
    """Write changed facts of leads whose other facts are `old`."""
    merged = (
        (lead_id, *({**old[lead_id], **changed[lead_id]}[name] for name in CHANGEABLE))
        for lead_id in sorted(changed)
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [recordset(("id", *CHANGEABLE), merged)])


def _tell(
    changed: Mapping[uuid.UUID, Mapping[str, Any]], by: uuid.UUID | None, side: Side, at: datetime
) -> None:
    record_activities(
        rows=[
            (
                lead_id,
                NewActivity(
                    kind="fact.changed",
                    side=side,
                    happened_at=at,
                    by_id=by,
                    detail={"facts": sorted(facts)},
                ),
            )
            for lead_id, facts in sorted(changed.items())
        ],
        at=at,
    )
