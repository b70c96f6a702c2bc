"""Reads of what leads agreed to."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from accord.leads.models import Consent, Purpose
from accord.leads.rules import holds

PURPOSE_LABELS = Purpose.choices


@dataclass(frozen=True)
class OfPurpose:
    """What is known of one purpose: the last word, and every row, the newest first."""

    purpose: str
    label: str
    holds: bool
    rows: Sequence[Consent]


def consents_of(lead_id: uuid.UUID) -> list[OfPurpose]:
    """What a lead agreed to or refused, by purpose; nothing of those nobody spoke of."""
    rows = Consent.objects.filter(lead_id=lead_id).order_by("known_at", "id")
    by_purpose: dict[str, list[Consent]] = {}
    for row in sorted(rows, key=_said_at, reverse=True):
        by_purpose.setdefault(row.purpose, []).append(row)
    return [
        OfPurpose(purpose.value, str(purpose.label), bool(holds(found)), found)
        for purpose in Purpose
        if (found := by_purpose.get(purpose.value))
    ]


def _said_at(row: Consent) -> datetime:
    return row.given_at or row.withdrawn_at or row.known_at


def agreed_at(
    leads: Collection[uuid.UUID], moment: datetime | None = None
) -> dict[uuid.UUID, dict[str, bool]]:
    """The last word of each lead on each purpose, as it was known then or is now. One query."""
    held: dict[tuple[uuid.UUID, str], list[Consent]] = {}
    for row in Consent.objects.filter(lead_id__in=leads).order_by("id"):
        if moment is None or row.known_at <= moment:
            if moment and row.withdrawal_known_at and row.withdrawal_known_at > moment:
                row.withdrawn_at = None
            held.setdefault((row.lead_id, row.purpose), []).append(row)
    found: dict[uuid.UUID, dict[str, bool]] = {}
    for (lead_id, purpose), rows in held.items():
        if (word := holds(rows)) is not None:
            found.setdefault(lead_id, {})[purpose] = word
    return found
