"""New leads, their companies and their first stage."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accord.base.ids import named_id
from accord.base.lifecycle import HOLDER, Cause, Side, Stage
from accord.base.rows import copy_rows, recordset
from accord.leads.models import Lead, Ownership, StageEntry
from accord.leads.rules import Entry

PROFILE = (
    "name",
    "email",
    "phone",
    "job_title",
    "country",
    "language",
    "industry",
    "lead_type",
    "source",
    "source_detail",
    "need",
    "authority",
    "budget",
    "needed_by_on",
)
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
                    "Brought in by the rep",
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


_COMPANY = ("name", "domain", "industry", "employees", "country")
_ADD_COMPANIES = """
INSERT INTO leads_company (id, name, domain, industry, employees, country, known_at)
SELECT id, name, domain, industry, employees, country, %s
FROM json_to_recordset(%s::json)
     AS new(id uuid, name text, domain text, industry text, employees int, country text)
ON CONFLICT DO NOTHING
"""
_FIND_COMPANIES = """
SELECT domain, NULL, id FROM leads_company WHERE domain = ANY(%s)
UNION ALL
SELECT NULL, lower(name), id FROM leads_company WHERE domain IS NULL AND lower(name) = ANY(%s)
"""


def companies_of(*, entries: Sequence[Entry], at: datetime) -> dict[uuid.UUID, uuid.UUID]:
    """The company of each entry that names one, by submission id; added where it is new.

    A company is recognised by its domain, and without one by its name in any case. A known
    company keeps what is known of it.
    """
    named = {_company_key(entry): entry.company for entry in reversed(entries) if entry.company}
    if not named:
        return {}
    found = _find_companies(named)
    fresh = sorted(key for key in named if key not in found)
    if fresh:
        _add_companies([named[key] for key in fresh], fresh, at)
        found = _find_companies(named)
    return {entry.submission_id: found[_company_key(entry)] for entry in entries if entry.company}


def _company_key(entry: Entry) -> tuple[str, str]:
    company = entry.company or {}
    return (
        (company["domain"], "") if company.get("domain") else ("", company.get("name", "").lower())
    )


def _find_companies(
    named: dict[tuple[str, str], dict[str, object]],
) -> dict[tuple[str, str], uuid.UUID]:
    domains = [domain for domain, _ in named if domain]
    names = [name for _, name in named if name]
    with connection.cursor() as cursor:
        cursor.execute(_FIND_COMPANIES, [domains, names])
        return {(domain or "", name or ""): id for domain, name, id in cursor.fetchall()}


def _add_companies(
    companies: list[dict[str, object]], keys: list[tuple[str, str]], at: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD_COMPANIES,
            [
                at,
                recordset(
                    ("id", *_COMPANY),
                    (
                        (named_id("company", *key), *map(company.get, _COMPANY))
                        for key, company in zip(keys, companies, strict=True)
                    ),
                ),
            ],
        )
