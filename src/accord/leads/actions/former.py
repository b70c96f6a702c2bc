"""Facts as they were before a change that is taken back."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accord.leads.actions.companies import COMPANY_VALUE_COLUMN, TOLD
from accord.leads.actions.facts import OLD_VALUE, VALUE_COLUMN, take_facts, write_facts
from accord.leads.actions.values import take_back_values
from accord.leads.models import Company, CompanyFactChange, CompanyValue, FactChange, LeadValue


def take_back_changes(*, leads: Collection[uuid.UUID], moments: Sequence[datetime]) -> None:
    """Facts that changed at these moments are as before, and as if they had never changed.

    A fact that was changed again since keeps its newest value; what held before the moments
    then held until that later change.
    """
    changes = FactChange.objects.filter(lead_id__in=leads).order_by("known_until", "known_from")
    by_fact: dict[tuple[uuid.UUID, str], list[FactChange]] = {}
    for change in changes:
        by_fact.setdefault((change.lead_id, change.fact), []).append(change)
    gone: list[uuid.UUID] = []
    longer: list[FactChange] = []
    old: dict[uuid.UUID, dict[str, Any]] = {}
    for (lead_id, fact), known in by_fact.items():
        own = [change for change in known if change.known_until in moments]
        if not own:
            continue
        first, later = own[0], [c for c in known if c.known_until > own[-1].known_until]
        gone += [change.id for change in own]
        if later:
            later[0].known_from = first.known_from
            for column in OLD_VALUE[5:]:
                setattr(later[0], column, getattr(first, column))
            longer.append(later[0])
        else:
            old.setdefault(lead_id, {})[fact] = getattr(first, VALUE_COLUMN.get(fact, "text_value"))
    with transaction.atomic():
        FactChange.objects.filter(id__in=gone).delete()
        FactChange.objects.bulk_update(longer, ["known_from", *OLD_VALUE[5:]])
        if old:
            write_facts(old, take_facts(sorted(old))[0])
        take_back_values(LeadValue, "lead_id", moments=moments, ids=leads)


def take_back_companies(*, moments: Collection[datetime]) -> set[uuid.UUID]:
    """Undo what companies were told at these moments, unless they were told more since.

    The companies that are as before.
    """
    told = CompanyFactChange.objects.filter(known_until__in=moments, by_id__isnull=True)
    old = {(change.company_id, change.fact): change for change in told}
    later = CompanyFactChange.objects.filter(company_id__in={key[0] for key in old})
    for change in later:
        key = (change.company_id, change.fact)
        if key in old and change.known_until > old[key].known_until:
            del old[key]
    companies = Company.objects.in_bulk({key[0] for key in old})
    for (id, fact), change in old.items():
        if id in companies:
            column = COMPANY_VALUE_COLUMN.get(fact, "text_value")
            setattr(companies[id], fact, getattr(change, column))
    with transaction.atomic():
        Company.objects.bulk_update(companies.values(), TOLD)
        CompanyFactChange.objects.filter(id__in=[each.id for each in old.values()]).delete()
        of_own = take_back_values(CompanyValue, "company_id", moments=list(moments))
    return of_own.union(companies)
