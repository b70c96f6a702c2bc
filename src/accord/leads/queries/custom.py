"""Facts that the company defined itself."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.base.once import asked_until_changed
from accord.leads.models import CompanyValue, CustomFact, CustomValue, LeadValue
from accord.leads.rules import FactRule, read_custom

# As SQL: it is asked for every form, and whenever something is taken in.
_RULES = """
SELECT key, label, about, kind, choices, in_list, on_form FROM leads_customfact
WHERE retired_at IS NULL AND (%(about)s::text[] = '{}' OR about = ANY(%(about)s::text[]))
ORDER BY about, defined_at, key
"""
VALUE_COLUMNS = ("text_value", "number_value", "date_value", "yes_value")


def custom_facts(*about: str, retired: bool = False) -> list[CustomFact]:
    """The facts that the company defined, in the order of their definition. One query."""
    facts = CustomFact.objects.order_by("about", "defined_at", "key")
    if about:
        facts = facts.filter(about__in=about)
    return list(facts if retired else facts.filter(retired_at__isnull=True))


@asked_until_changed("leads_customfact")
def fact_rules(*about: str) -> dict[str, FactRule]:
    """How the values of these facts are read, by key. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_RULES, {"about": [str(each) for each in about]})
        return {
            key: FactRule(key, label, said, kind, tuple(choices), in_list, on_form)
            for key, label, said, kind, choices, in_list, on_form in cursor.fetchall()
        }


def values_of(
    model: type[CustomValue], owner: str, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    """The values that hold now, of those that have any. `owner` is the column of their ids."""
    known: dict[uuid.UUID, dict[str, Any]] = {}
    if not ids:
        return known
    rows = model._default_manager.filter(**{f"{owner}__in": list(ids)}, known_until__isnull=True)
    for id, key, *columns in rows.order_by("fact_id").values_list(owner, "fact_id", *VALUE_COLUMNS):
        value = next((value for value in columns if value is not None), None)
        known.setdefault(id, {})[key] = value
    return known


def values_of_leads(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """What is known of leads by key, in the order of the keys. One query."""
    return values_of(LeadValue, "lead_id", leads)


def values_of_companies(companies: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """What is known of companies by key, in the order of the keys. One query."""
    return values_of(CompanyValue, "company_id", companies)


def values_at(
    model: type[CustomValue], owner: str, ids: Collection[uuid.UUID], moment: datetime
) -> dict[uuid.UUID, dict[str, Any]]:
    """What was known at a moment, by key. One query."""
    rows = model._default_manager.filter(
        models.Q(known_until__isnull=True) | models.Q(known_until__gt=moment),
        known_from__lte=moment,
        **{f"{owner}__in": list(ids)},
    )
    known: dict[uuid.UUID, dict[str, Any]] = {}
    for id, key, *columns in rows.values_list(owner, "fact_id", *VALUE_COLUMNS):
        known.setdefault(id, {})[key] = next((v for v in columns if v is not None), None)
    return known


def has_value(key: str, text: str) -> models.Q:
    """Leads of which, or of whose company, this is known now. Raises Invalid for what is none."""
    rule = fact_rules("lead", "company").get(key)
    if rule is None:
        raise Invalid(_("There is no fact “%(key)s” to filter by.") % {"key": key}, field=key)
    value = read_custom({key: text}, {key: rule}, rule.about)[key]
    model = LeadValue if rule.about == "lead" else CompanyValue
    owner, joined = ("lead_id", "id") if rule.about == "lead" else ("company_id", "company_id")
    column = {str: "text_value", bool: "yes_value", date: "date_value"}
    rows = model._default_manager.filter(
        fact_id=key,
        known_until__isnull=True,
        **{column.get(type(value), "number_value"): value},
    )
    return models.Q(**{f"{joined}__in": rows.values(owner)})
