"""Leads, companies, consents and a company's own facts as they were known, in SQL."""

from dataclasses import replace

from accord.criteria.expressions import AT
from accord.criteria.registry import THEN, Registry
from accord.leads.rules import PURPOSES

# Of facts that the company defined: the column of a value, and whether it was known then.
VALUE_OF = {
    "text": "text_value",
    "choice": "text_value",
    "number": "number_value",
    "money": "number_value",
    "date": "date_value",
    "yes_no": "yes_value",
}
KNOWN_THEN = (
    f"held.known_from <= {THEN} AND (held.known_until IS NULL OR held.known_until > {THEN})"
)

# Lead facts and the column of leads_factchange that holds their old values.
OLD = {
    "name": "text_value",
    "email": "text_value",
    "phone": "text_value",
    "job_title": "text_value",
    "country": "text_value",
    "language": "text_value",
    "industry": "text_value",
    "lead_type": "text_value",
    "source": "text_value",
    "source_detail": "text_value",
    "need": "text_value",
    "authority": "text_value",
    "budget": "number_value",
    "needed_by_on": "date_value",
    "do_not_contact": "yes_value",
    "company_id": "text_value",
    "campaign_id": "text_value",
}
COMPANY_OLD = {
    "name": "text_value",
    "industry": "text_value",
    "employees": "number_value",
    "country": "text_value",
    "is_target": "yes_value",
}


def as_first_known(registry: Registry) -> Registry:
    """The same facts, but their past is what was known when each lead came."""
    return replace(
        registry,
        relations={
            key: replace(
                relation,
                past=relation.past.replace(THEN, "now.known_at" if key == "lead" else _CAME),
            )
            for key, relation in registry.relations.items()
        },
    )


_CAME = "lead.known_at"


def as_known(
    table: str, changes: str, owner: str, old: dict[str, str], kept: str, casts: dict[str, str]
) -> str:
    """A table as it was known: the old value wherever one held at that moment."""
    columns, pivots = [], []
    for name, column in old.items():
        cast = casts.get(name, "")
        columns.append(
            f"CASE WHEN past.has_{name} THEN past.{name}{cast} ELSE now.{name} END AS {name}"
        )
        value = f"(array_agg({column}) FILTER (WHERE fact = '{name}'))[1]"
        pivots.append(f"bool_or(fact = '{name}') AS has_{name}, {value} AS {name}")
    return (
        f"LATERAL (SELECT now.id, {kept}{', '.join(columns)} FROM {table} AS now "
        f"LEFT JOIN LATERAL (SELECT {', '.join(pivots)} FROM {changes} WHERE {owner} = now.id "
        f"AND known_from <= {THEN} AND known_until > {THEN} GROUP BY {owner}) AS past "
        f"ON TRUE WHERE now.known_at <= {THEN})"
    )


def agreed(*, then: bool) -> str:
    """The last word on each purpose, now or as it was known: `leads.rules.holds`, in SQL.

    What came along with a lead holds from when it was said, like all else that was done.
    """
    known, withdrawn_at = "", "held.withdrawn_at"
    if then:
        known = f" AND held.known_at <= {THEN} AND LEAST(held.given_at, held.withdrawn_at) <= {AT}"
        withdrawn_at = (
            f"CASE WHEN held.withdrawal_known_at <= {THEN} AND held.withdrawn_at <= {AT} "
            "THEN held.withdrawn_at END"
        )
    words = ", ".join(
        f"COALESCE(max({withdrawn_at}) {which}, '-infinity') < "
        f"GREATEST(max(held.given_at) {which}, max({withdrawn_at}) {which}) AS {purpose}"
        for purpose in PURPOSES
        for which in [f"FILTER (WHERE held.purpose = '{purpose}')"]
    )
    return (
        f"LATERAL (SELECT {words} FROM leads_consent AS held WHERE held.lead_id = lead.id{known})"
    )


def taken_part(*, then: bool) -> str:
    """The campaigns a lead took part in, now or as it was known: once in, it stays in.

    What came along with a lead counts from when it happened. Names are as they are today.
    """
    known = ""
    if then:
        known = f" AND done.known_at <= {THEN} AND LEAST(done.happened_at, lead.known_at) <= {AT}"
    return (
        "LATERAL (SELECT array_agg(DISTINCT lower(campaign.name)) AS campaigns "
        "FROM leads_activity AS done JOIN campaigns_campaign AS campaign "
        "ON campaign.id = done.campaign_id WHERE done.lead_id = lead.id "
        f"AND done.campaign_id IS NOT NULL{known})"
    )
