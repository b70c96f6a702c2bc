"""Giving open deals to somebody else."""

import uuid
from datetime import datetime

from django.db import connection, transaction

from accord.base.lifecycle import Side
from accord.deals.actions.taking import RETURNING, Taken, hold
from accord.deals.models import Deal, DealState
from accord.leads.actions import record_activities
from accord.leads.rules import NewActivity
from accord.teams.queries import names

_GIVE = f"""
UPDATE deals_deal AS deal SET owner_id = %(to)s
WHERE deal.owner_id = %(owner)s AND deal.state = 'open'
{RETURNING}
"""


def give_deals(
    *, owner: uuid.UUID, to: uuid.UUID, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """Give all open deals of one person to another; those that were given."""
    with transaction.atomic():
        theirs = Deal.objects.filter(owner_id=owner, state=DealState.OPEN)
        hold(theirs.values_list("id", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(_GIVE, {"owner": owner, "to": to})
            given = [Taken(*row) for row in cursor.fetchall()]
        name = names([to]).get(to, "")
        record_activities(
            rows=[
                (
                    deal.lead_id,
                    NewActivity(
                        kind="deal.given",
                        side=Side.SALES,
                        happened_at=at,
                        by_id=by,
                        detail={"title": deal.title, "owner": name},
                    ),
                )
                for deal in sorted(given, key=lambda deal: (deal.lead_id, deal.id))
            ],
            at=at,
        )
    return given
