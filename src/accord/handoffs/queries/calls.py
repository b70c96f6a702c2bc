"""Calls that were begun and of which nobody has said what came of them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accord.handoffs.models import CALL_BEGUN
from accord.leads.models import Activity, Lead
from accord.teams.models import User


@dataclass(frozen=True)
class OpenCall:
    """A call of which is still to be said what came of it."""

    call: Activity
    lead: Lead

    @property
    def id(self) -> uuid.UUID:
        """The call's id."""
        return self.call.id


def open_calls(user: User, *, leads: Collection[uuid.UUID] | None = None) -> Sequence[OpenCall]:
    """A person's calls, of these leads or of all, oldest first. Two queries."""
    rows = Activity.objects.filter(kind=CALL_BEGUN, by_id=user.id).order_by("happened_at", "id")
    calls = list(rows if leads is None else rows.filter(lead_id__in=leads))
    found = Lead.objects.select_related("company").in_bulk([call.lead_id for call in calls])
    return [OpenCall(call, found[call.lead_id]) for call in calls if call.lead_id in found]
