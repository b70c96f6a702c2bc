"""Leads that may be one person, and merges that can be taken back."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accord.base.errors import Invalid
from accord.leads.models import Identity, Lead, Likeness, Merge, Suspect
from accord.leads.rules import read_email, read_phone

PAGE = 20
_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """Two leads that may be one person, the one that came further or earlier first."""

    one: Lead
    other: Lead
    likeness: str


def _open() -> QuerySet[Suspect]:
    merged = Lead.objects.filter(merged_into_id__isnull=False).values("id")
    open_pairs = Suspect.objects.filter(answer__isnull=True)
    return open_pairs.exclude(lead_id__in=merged).exclude(other_id__in=merged)


def suspects(*, limit: int = PAGE) -> list[Pair]:
    """The pairs that somebody has to look at, newest first. Two queries."""
    return _pairs(_open().order_by("-found_at", "-id")[:limit])


def suspect_count() -> int:
    """How many pairs wait. One query."""
    return _open().count()


def suspects_of(lead_id: uuid.UUID) -> list[Lead]:
    """The leads who may be the same person as this one. Two queries."""
    found = _pairs(_open().filter(Q(lead_id=lead_id) | Q(other_id=lead_id)))
    return [pair.other if pair.one.id == lead_id else pair.one for pair in found]


def pair_of(one: uuid.UUID, other: uuid.UUID) -> Pair | None:
    """Any two leads side by side; None where one is not there or was merged away."""
    found = _read([(one, other, "")])
    return found[0] if found else None


def merges_of(lead_id: uuid.UUID) -> list[Merge]:
    """The merges into a lead that stand, newest first."""
    rows = Merge.objects.filter(winner_id=lead_id, undone_at__isnull=True)
    return list(rows.order_by("-merged_at"))


def lead_called(text: str) -> uuid.UUID | None:
    """The lead that a text names: by its address here or id, e-mail address or phone number."""
    if match := _ID.search(text):
        found = Lead.objects.filter(id=uuid.UUID(match[0])).first()
        return (found.merged_into_id or found.id) if found else None
    for kind, value in (("email", _read_as(read_email, text)), ("phone", _read_phone(text))):
        held = Identity.objects.filter(kind=kind, value=value).first() if value else None
        if held:
            return held.lead_id
    return None


def _read_as(reader: object, text: str) -> str:
    try:
        return str(reader(text))  # type: ignore[operator]
    except Invalid:
        return ""


def _read_phone(text: str) -> str:
    return _read_as(lambda value: read_phone(value, None), text)


def _pairs(rows: QuerySet[Suspect]) -> list[Pair]:
    asked = [(row.lead_id, row.other_id, str(Likeness(row.likeness).label)) for row in rows]
    return _read(asked)


def _read(asked: Sequence[tuple[uuid.UUID, uuid.UUID, str]]) -> list[Pair]:
    ids = {lead for one, other, _likeness in asked for lead in (one, other)}
    leads = Lead.objects.filter(merged_into_id__isnull=True).select_related("company", "owner")
    known = leads.in_bulk(list(ids))
    return [
        Pair(first, second, likeness)
        for one, other, likeness in asked
        if one in known and other in known
        for first, second in [sorted((known[one], known[other]), key=_rank)]
    ]


def _rank(lead: Lead) -> tuple[bool, bool, object]:
    return (lead.owner_id is None, lead.email is None, lead.first_contact_at)
