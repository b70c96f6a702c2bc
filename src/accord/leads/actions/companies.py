"""Companies: found or added, told more of, changed."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.base.ids import named_id, new_id
from accord.base.rows import recordset
from accord.leads.models import Company, CompanyFactChange
from accord.leads.rules import Entry

CHANGEABLE = ("name", "domain", "industry", "employees", "country", "parent_id", "is_target")
TOLD = ("industry", "employees", "country")
COMPANY_VALUE_COLUMN = {"employees": "number_value", "is_target": "yes_value"}
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


def fill_companies(
    *, entries: Sequence[Entry], companies: Mapping[uuid.UUID, uuid.UUID], at: datetime
) -> set[uuid.UUID]:
    """Fill gaps of known companies from what entries say; the companies that were told more.

    `companies` gives the company of each entry, by submission id. What is known stays.
    """
    told: dict[uuid.UUID, dict[str, Any]] = {}
    for entry in reversed(entries):
        said = (
            {name: entry.company[name] for name in TOLD if entry.company.get(name)}
            if (entry.company)
            else {}
        )
        if said:
            told.setdefault(companies[entry.submission_id], {}).update(said)
    if not told:
        return set()
    gaps = Q(industry__isnull=True) | Q(employees__isnull=True) | Q(country__isnull=True)
    open_ones = Company.objects.filter(gaps, id__in=told).values_list("id", *TOLD)
    changes = {
        id: {
            name: told[id][name]
            for name, known in zip(TOLD, values, strict=True)
            if known is None and name in told[id]
        }
        for id, *values in open_ones
    }
    return change_companies(changes=changes, by=None, at=at)


def change_companies(
    *, changes: Mapping[uuid.UUID, Mapping[str, Any]], by: uuid.UUID | None, at: datetime
) -> set[uuid.UUID]:
    """Set facts of companies, leaving the old values behind; the companies that changed.

    Raises Conflict when another company has the domain, or the name and neither a domain.
    """
    changes = {id: facts for id, facts in changes.items() if facts}
    if not changes:
        return set()
    with transaction.atomic():
        held = Company.objects.select_for_update().filter(id__in=changes).order_by("id")
        changed = []
        old: list[tuple[Company, str, Any]] = []
        for company in held:
            new = {
                name: value
                for name, value in changes[company.id].items()
                if getattr(company, name) != value
            }
            old += [(company, name, getattr(company, name)) for name in sorted(new)]
            for name, value in new.items():
                setattr(company, name, value)
            if new:
                changed.append(company)
        _keep_old(old, by, at)
        try:
            with transaction.atomic():
                Company.objects.bulk_update(changed, CHANGEABLE)
        except IntegrityError as error:
            raise Conflict(
                _("Another company has this domain or name already; look it up instead.")
            ) from error
    return {company.id for company in changed}


def _keep_old(old: Sequence[tuple[Company, str, Any]], by: uuid.UUID | None, at: datetime) -> None:
    of_these = CompanyFactChange.objects.filter(company_id__in={row[0].id for row in old})
    last = {
        (company, fact): until
        for company, fact, until in of_these.values_list("company_id", "fact").annotate(
            last=Max("known_until")
        )
    }
    CompanyFactChange.objects.bulk_create(
        CompanyFactChange(
            id=new_id(),
            company_id=company.id,
            fact=name,
            known_from=(since := last.get((company.id, name), company.known_at)),
            known_until=max(since, at),
            by_id=by,
            **{COMPANY_VALUE_COLUMN.get(name, "text_value"): _kept(name, value)},
        )
        for company, name, value in old
    )


def _kept(name: str, value: Any) -> Any:
    return str(value) if value is not None and name == "parent_id" else value
