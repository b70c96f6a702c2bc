"""Taking the rows of leads first, so that two acts on one lead wait and never deadlock."""

import uuid
from collections.abc import Collection

from django.db import connection

# By UPDATE, not by FOR UPDATE over many leads: it works across machines.
_HOLD = """
UPDATE leads_lead AS lead SET known_at = lead.known_at
WHERE lead.id = ANY(%s) AND lead.merged_into_id IS NULL
RETURNING lead.id
"""


def hold_leads(*, leads: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Keep others off these leads until the transaction ends; the ones that exist, unmerged."""
    if not leads:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [sorted(leads)])
        return {row[0] for row in cursor.fetchall()}
