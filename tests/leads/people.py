"""Leads for tests, made the way real ones are."""

import uuid
from datetime import datetime

from accord.base.ids import fresh_ids, new_id
from accord.flows.identify import identify
from accord.flows.record import record
from accord.leads.models import Door
from accord.leads.rules import Entry, Reading, read_body


def entry(*, at: datetime, **body: object) -> Entry:
    """One submission, read."""
    return read_body(body, submission_id=new_id(), id_of=fresh_ids(), reading=Reading(at=at))


def add_leads(*bodies: dict[str, object], at: datetime, door: Door = Door.FORM) -> list[Entry]:
    """Identify and record submissions."""
    entries = [entry(at=at, **body) for body in bodies]
    identify(entries=entries, at=at)
    record(entries=entries, door=door, by=None, at=at)
    return entries


def add_lead(*, at: datetime, **body: object) -> uuid.UUID:
    """The lead of one submission."""
    lead_id = add_leads(body, at=at)[0].lead_id
    assert lead_id
    return lead_id
