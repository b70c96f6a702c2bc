"""By which channels a lead can be reached."""

import uuid
from collections.abc import Collection

from accord.handoffs.models import AttemptChannel
from accord.leads.models import Lead


def channels_of(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """The channels there are for each lead: an address can be written to, a number be called."""
    rows = Lead.objects.filter(id__in=leads).values_list("id", "email", "phone")
    return {
        id: {
            *([AttemptChannel.EMAIL.value] if email else []),
            *([AttemptChannel.CALL.value, AttemptChannel.MESSAGE.value] if phone else []),
        }
        for id, email, phone in rows
    }
