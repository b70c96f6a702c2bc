"""Worked examples, readable without knowing the language, in the folder `cases`.

`knows` are facts of a lead, `did` how many days ago it did what; all on 2026-06-15 at noon.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from django.db import connection

from accord.criteria.compiler import compile
from accord.criteria.language import read_definition
from accord.criteria.registry import Behaviour, Fact, Journal, Registry, Relation

AT = datetime(2026, 6, 15, 12, tzinfo=UTC)
COLUMNS = {
    "country": "text",
    "employees": "number",
    "lead_type": "text",
    "email": "text",
    "phone": "text",
    "do_not_contact": "yes_no",
    "budget": "money",
    "authority": "choice",
    "need": "text",
    "needed_by_on": "date",
    "first_contact_at": "moment",
}
SQL_TYPES = {
    "text": "text",
    "choice": "text",
    "number": "int",
    "money": "numeric",
    "yes_no": "boolean",
    "date": "date",
    "moment": "timestamptz",
}
LEAD = "SELECT gen_random_uuid() AS id, " + ", ".join(
    f"%({name})s::{SQL_TYPES[type]} AS {name}" for name, type in COLUMNS.items()
)
VERDICTS = {True: "met", False: "not met", None: "cannot tell"}


def cases():
    for path in sorted((Path(__file__).parent / "cases").glob("*.yml")):
        case = yaml.safe_load(path.read_text(encoding="utf-8"))
        for lead in case["leads"]:
            yield pytest.param(case, lead, id=f"{path.stem}: {lead['who']}")


def registry_of_one_lead():
    registry = Registry()
    registry.add(Relation("lead", "c_lead", "c_lead"), Journal("c_journal", "c_watched"))
    for key, type in COLUMNS.items():
        is_open = key != "do_not_contact"
        fact = Fact(key, key, type, f"lead.{key}", is_open=is_open, choices=("decides", "none"))
        registry.add(fact)
    registry.add(Behaviour("page_visits", "Page visits", ("page_visits",)))
    return registry


def put(cursor, lead):
    """The lead, what it did, and since when that is watched, each in a table of its own."""
    facts = dict.fromkeys(COLUMNS) | lead.get("knows", {})
    cursor.execute(f"CREATE TEMP TABLE c_lead AS {LEAD}", facts)
    cursor.execute(
        "CREATE TEMP TABLE c_journal AS SELECT id AS lead_id, 'page_visits' AS kind, "
        "NULL::text AS outcome, moment AS happened_at, moment AS known_at "
        "FROM c_lead, unnest(%s::timestamptz[]) AS moment",
        [[AT - timedelta(days=each["page_visits"]) for each in lead.get("did", [])]],
    )
    since = lead.get("watched_for_days")
    cursor.execute(
        "CREATE TEMP TABLE c_watched AS SELECT 'page_visits' AS kind, moment AS since "
        "FROM unnest(%s::timestamptz[]) AS moment",
        [[AT - timedelta(days=since)] if since else []],
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("case", "lead"), list(cases()))
def test_a_worked_example_comes_out(case, lead):
    raw = {"title": case["title"], "text": case["reads"], "must": case["must"]}
    definition = read_definition("case", {**raw, "should": case.get("should", [])})
    with connection.cursor() as cursor:
        put(cursor, lead)
        sql, params = compile({"case": definition}, registry=registry_of_one_lead()).select(at=AT)
        cursor.execute(sql, params)
        [(_, _, verdict, met, unmet, missing, look_again_at)] = cursor.fetchall()
    assert VERDICTS[verdict] == lead["verdict"]
    assert missing == lead.get("missing", [])
    assert met == lead.get("met", met)
    assert unmet == lead.get("unmet", unmet)
    assert look_again_at == _look_again(lead)


def _look_again(lead):
    if "look_again_in_days" in lead:
        return AT + timedelta(days=lead["look_again_in_days"])
    moment = lead.get("look_again_at")
    return moment.replace(tzinfo=UTC) if isinstance(moment, date) else None
