"""Who may be one person: found by what they share, never merged by itself."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from accord.base.ids import new_id
from accord.leads.models import Answer, Likeness, Suspect

# By the smaller lead's own company, so that a few leads cost a few looks at an index.
_ALIKE = """
INSERT INTO leads_suspect (id, lead_id, other_id, likeness, found_at)
SELECT md5(pair.lead_id::text || ':' || pair.other_id)::uuid, pair.lead_id, pair.other_id,
       %(likeness)s, %(at)s
FROM (
    SELECT DISTINCT least(one.id, other.id) AS lead_id, greatest(one.id, other.id) AS other_id
    FROM leads_lead AS one
    JOIN leads_lead AS other
      ON other.company_id = one.company_id AND other.id <> one.id
     AND lower(btrim(other.name)) = lower(btrim(one.name)) AND other.merged_into_id IS NULL
    WHERE one.name IS NOT NULL AND one.company_id IS NOT NULL AND one.merged_into_id IS NULL
      {of}
) AS pair
ORDER BY pair.lead_id, pair.other_id
ON CONFLICT DO NOTHING
"""


def suspect_alike(*, leads: Collection[uuid.UUID] | None, at: datetime) -> int:
    """Find leads with the name and company of these (None: of any); how many pairs are new."""
    if leads is not None and not leads:
        return 0
    of = "AND one.id = ANY(%(leads)s)" if leads is not None else ""
    given: dict[str, Any] = {
        "likeness": Likeness.NAME.value,
        "at": at,
        "leads": sorted(leads or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE.format(of=of), given)
        return int(cursor.rowcount)


def suspect(
    *, pairs: Iterable[tuple[uuid.UUID, uuid.UUID]], likeness: Likeness, at: datetime
) -> None:
    """Ask whether the leads of each pair are one person, unless that was asked before."""
    ordered = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    Suspect.objects.bulk_create(
        [
            Suspect(id=new_id(), lead_id=one, other_id=other, likeness=likeness, found_at=at)
            for one, other in ordered
        ],
        ignore_conflicts=True,
    )


def answer_suspect(
    *, pair: tuple[uuid.UUID, uuid.UUID], answer: Answer | None, at: datetime
) -> None:
    """Say whether two leads are one person; None opens the question again."""
    Suspect.objects.filter(lead_id=min(pair), other_id=max(pair)).update(
        answer=answer, answered_at=at if answer else None
    )
