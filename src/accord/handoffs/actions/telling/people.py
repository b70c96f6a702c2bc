"""Where a telling leads, and whose names and addresses it needs."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from accord.agreement.models import Seat
from accord.leads.models import Lead
from accord.teams import queries as teams

INBOX = "/handoffs/"
CAME_BACK = "/came-back/"


def names_of(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What leads are called, by their id."""
    rows = Lead.objects.filter(id__in=set(leads)).only("id", "name", "email", "phone")
    return {lead.id: str(lead) for lead in rows}


def heads_of_sales() -> list[uuid.UUID]:
    """The heads of sales."""
    return [head.id for head in teams.heads(Seat.SALES)]


def when(moment: datetime, zone: str) -> str:
    """A moment on the clock of whoever reads it."""
    return date_format(moment.astimezone(ZoneInfo(zone)), "D j M, H:i")


def late_of(user_id: uuid.UUID) -> str:
    """The list of what is past due and somebody's."""
    return f"{INBOX}?show=late&owner={user_id}"


def page_of(lead_id: uuid.UUID) -> str:
    """The page of a lead."""
    return f"/leads/{lead_id}/"
