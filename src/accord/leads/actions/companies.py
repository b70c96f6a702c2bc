"""Companies: found or added, told more of, changed."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.base.ids import named_id, new_id
from accord.base.rows import IsAnyOf, recordset
from accord.leads.actions.values import own_of, parted_by_owner, write_values
from accord.leads.models import Company, CompanyFactChange, CompanyValue
from accord.leads.queries.custom import values_of
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
RETURNING id
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
        added = _add_companies([named[key] for key in fresh], fresh, at)
        # One that somebody else has added meanwhile has another id.
        found = {**found, **added} if len(added) == len(fresh) else _find_companies(named)
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
) -> dict[tuple[str, str], uuid.UUID]:
    """Those that were really added, by key."""
    ids = {named_id("company", *key): key for key in keys}
    rows = recordset(
        ("id", *_COMPANY),
        ((id, *map(company.get, _COMPANY)) for id, company in zip(ids, companies, strict=True)),
    )
    with connection.cursor() as cursor:
        cursor.execute(_ADD_COMPANIES, [at, rows])
        return {ids[id]: id for (id,) in cursor.fetchall()}


def fill_companies(
    *, entries: Sequence[Entry], companies: Mapping[uuid.UUID, uuid.UUID], at: datetime
) -> set[uuid.UUID]:
    """Fill gaps of known companies from what entries say; the companies that were told more.

    `companies` gives the company of each entry, by submission id. What is known stays.
    """
    told: dict[uuid.UUID, dict[str, Any]] = {}
    for entry in reversed(entries):
        if entry.company:
            told.setdefault(companies[entry.submission_id], {}).update(entry.company)
    names = [name for name in TOLD if any(said.get(name) for said in told.values())]
    gaps = [Q(**{f"{name}__isnull": True}) for name in names]
    changes: dict[uuid.UUID, dict[str, Any]] = {}
    if gaps:
        open_ones = Company.objects.filter(reduce(or_, gaps), IsAnyOf(F("id"), told))
        changes = {
            id: {
                name: told[id][name]
                for name, known in zip(names, values, strict=True)
                if known is None and told[id].get(name)
            }
            for id, *values in open_ones.values_list("id", *names)
        }
    for id, own in _open_values(told).items():
        changes[id] = {**changes.get(id, {}), **own}
    return change_companies(changes=changes, by=None, at=at)


def _open_values(told: Mapping[uuid.UUID, Mapping[str, Any]]) -> dict[uuid.UUID, dict[str, Any]]:
    """Of the facts that this company defined itself, the ones that are not known yet."""
    own = {id: facts for id, said in told.items() if (facts := own_of(said))}
    known = values_of(CompanyValue, "company_id", own) if own else {}
    return {
        id: {key: value for key, value in facts.items() if key not in known.get(id, {})}
        for id, facts in own.items()
    }


def change_companies(
    *, changes: Mapping[uuid.UUID, Mapping[str, Any]], by: uuid.UUID | None, at: datetime
) -> set[uuid.UUID]:
    """Set facts of companies, leaving the old values behind; the companies that changed.

    Raises Conflict when another company has the domain, or the name and neither a domain.
    """
    of_accord, own = parted_by_owner(changes)
    if not of_accord and not own:
        return set()
    with transaction.atomic():
        held = Company.objects.select_for_update().filter(id__in={*of_accord, *own})
        companies = {company.id: company for company in held.order_by("id")}
        changed = _change(companies, of_accord, by, at) if of_accord else set()
        return changed | (_change_values(own, by, at) if own else set())


def _change(
    companies: Mapping[uuid.UUID, Company],
    changes: Mapping[uuid.UUID, Mapping[str, Any]],
    by: uuid.UUID | None,
    at: datetime,
) -> set[uuid.UUID]:
    changed: dict[uuid.UUID, Company] = {}
    old: list[tuple[Company, str, Any]] = []
    for id, facts in changes.items():
        company = companies[id]
        for name, value in sorted(facts.items()):
            if getattr(company, name) != value:
                old.append((company, name, getattr(company, name)))
                setattr(company, name, value)
                changed[id] = company
    _keep_old(old, by, at)
    try:
        with transaction.atomic():
            Company.objects.bulk_update(changed.values(), CHANGEABLE)
    except IntegrityError as error:
        raise Conflict(
            _("Another company has this domain or name already; look it up instead.")
        ) from error
    return set(changed)


def _change_values(
    told: Mapping[uuid.UUID, Mapping[str, Any]], by: uuid.UUID | None, at: datetime
) -> set[uuid.UUID]:
    known = values_of(CompanyValue, "company_id", told)
    changes = {
        id: {key: value for key, value in facts.items() if known.get(id, {}).get(key) != value}
        for id, facts in told.items()
    }
    changes = {id: facts for id, facts in changes.items() if facts}
    write_values(CompanyValue, "company_id", changes, by=by, at=at)
    return set(changes)


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
