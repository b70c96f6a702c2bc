"""Whose account a company is."""

import uuid
from collections.abc import Mapping

from django.db import connection

from accord.base.rows import recordset
from accord.leads.models import Company

_GIVE = """
UPDATE leads_company AS company SET owner_id = new.owner_id
FROM json_to_recordset(%s::json) AS new(id uuid, owner_id uuid)
WHERE company.id = new.id AND company.owner_id IS NULL
RETURNING company.id
"""


def give_accounts(*, owners: Mapping[uuid.UUID, uuid.UUID]) -> set[uuid.UUID]:
    """Make people the owners of companies that have none; the companies that got one."""
    if not owners:
        return set()
    rows = recordset(("id", "owner_id"), sorted(owners.items()))
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, [rows])
        return {row[0] for row in cursor.fetchall()}


def pass_on_accounts(*, owner: uuid.UUID, to: uuid.UUID) -> int:
    """Make somebody the owner of all companies of another person; how many there are."""
    return Company.objects.filter(owner_id=owner).update(owner_id=to)
