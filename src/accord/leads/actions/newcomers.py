"""New leads and their first stage."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accord.base.lifecycle import HOLDER, Cause, Side, Stage
from accord.base.rows import copy_rows
from accord.leads.actions.values import own_of, write_values
from accord.leads.models import Lead, LeadValue, Ownership, StageEntry
from accord.leads.rules import PROFILE, Entry

_LEAD = (
    "id",
    *PROFILE,
    "do_not_contact",
    "company_id",
    "campaign_id",
    "stage",
    "stage_entered_at",
    "status",
    "holder",
    "owner_id",
    "brought_by_id",
    "first_contact_at",
    "known_at",
)
_ENTRY = ("id", "lead_id", "stage", "entered_at", "known_at", "cause", "why", "by_id")


@dataclass(frozen=True)
class Newcomer:
    """An entry whose lead is new, with what was found out about it.

    `brought_by_id` is the rep whose own contact it is: it stays with that rep.
    """

    entry: Entry
    stage: Stage
    cause: Cause
    company_id: uuid.UUID | None
    campaign_id: uuid.UUID | None
    brought_by_id: uuid.UUID | None


def add_leads(*, newcomers: Sequence[Newcomer], by: uuid.UUID | None, at: datetime) -> None:
    """Write leads with their first stage entry (and, if a rep brought them, their owner)."""
    copy_rows(Lead, _LEAD, (_lead(newcomer, at) for newcomer in newcomers))
    copy_rows(StageEntry, _ENTRY, (_first_entry(newcomer, by, at) for newcomer in newcomers))
    told = {
        n.entry.lead_id: own
        for n in newcomers
        if n.entry.lead_id and (own := own_of(n.entry.facts))
    }
    write_values(LeadValue, "lead_id", told, by=by, at=at)
    brought = [newcomer for newcomer in newcomers if newcomer.brought_by_id]
    if brought:
        copy_rows(
            Ownership,
            ("id", "lead_id", "owner_id", "owned_from", "why"),
            (
                (
                    n.entry.id_of("owner"),
                    n.entry.lead_id,
                    n.brought_by_id,
                    at,
                    _("Brought in by the rep"),
                )
                for n in brought
            ),
        )


def _lead(newcomer: Newcomer, at: datetime) -> tuple[object, ...]:
    entry = newcomer.entry
    holder = Side.SALES if newcomer.brought_by_id else HOLDER[newcomer.stage]
    return (
        entry.lead_id,
        *map(entry.facts.get, PROFILE),
        entry.facts.get("do_not_contact", False),
        newcomer.company_id,
        newcomer.campaign_id,
        newcomer.stage,
        entry.happened_at,
        "new",
        holder,
        newcomer.brought_by_id,
        newcomer.brought_by_id,
        entry.happened_at,
        at,
    )


def _first_entry(newcomer: Newcomer, by: uuid.UUID | None, at: datetime) -> tuple[object, ...]:
    entry = newcomer.entry
    return (
        entry.id_of("stage"),
        entry.lead_id,
        newcomer.stage,
        entry.happened_at,
        at,
        newcomer.cause,
        "",
        by,
    )
