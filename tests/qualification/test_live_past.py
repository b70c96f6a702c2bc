"""The verdicts that stood and those of a back-test: the same, lead by lead, day by day."""

import os
import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accord.agreement.queries import running
from accord.base.lifecycle import Side
from accord.criteria.timeline import timeline
from accord.flows import begin
from accord.flows.evaluate import evaluate
from accord.leads import actions
from accord.leads.models import Activity, Company, Lead
from accord.qualification.actions import judge
from accord.qualification.asking import question
from accord.qualification.queries import to_recheck
from tests.handoffs.office import WEEK, person

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
IS_THOROUGH = os.environ.get("ACCORD_HYPOTHESIS") == "thorough"
DAYS, LEADS = (90, 5_000) if IS_THOROUGH else (50, 400)
KINDS = (
    *("page.visited",) * 5,
    *("pricing.visited", "email.clicked", "content.downloaded", "content.downloaded"),
    *("event.attended", "question.asked", "form.submitted", "call.received", "attempt.logged"),
)
OUTCOMES = {"form.submitted": ("content", "demo", "price"), "call.received": (None, "contact")}
NEWLY = {
    "need": (None, "a pump"),
    "lead_type": (None, "buyer", "student"),
    "do_not_contact": (False, False, True),
    "email": (None, "somebody@acme.example"),
}
DEFINITIONS = ("mql", "sales_ready")


def open_shop() -> None:
    company = begin.Company(name="Halden", currency="EUR", time_zone="UTC", week=WEEK)
    begin.begin(company=company, first=person("sofia", ["admin"]), at=BEGIN - timedelta(days=300))
    actions.watch(kinds=sorted(set(KINDS)), since=BEGIN - timedelta(days=50))


def add_people(dice: random.Random) -> dict[uuid.UUID, datetime]:
    """Leads and their companies; since when each is known."""
    companies = [
        Company(
            name=f"Company {number}",
            employees=dice.choice([None, 5, 19, 20, 300]),
            known_at=BEGIN - timedelta(days=1),
        )
        for number in range(LEADS // 4)
    ]
    Company.objects.bulk_create(companies)
    leads = []
    for number in range(LEADS):
        known = BEGIN + timedelta(days=dice.randrange(DAYS // 2), hours=dice.randrange(3))
        leads.append(
            Lead(
                name=f"Person {number}",
                phone=dice.choice([None, "+4930123456"]),
                company=dice.choice([None, *companies[:3], companies[number % len(companies)]]),
                stage="inquiry",
                stage_entered_at=known,
                holder="marketing",
                first_contact_at=known - timedelta(days=dice.choice([0, 0, 0, 40])),
                known_at=known,
            )
        )
    Lead.objects.bulk_create(leads)
    return {lead.id: lead.known_at for lead in leads}


def do_things(dice: random.Random, leads: list[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Some of the leads do something, some of it told late, and some facts change."""
    busy = dice.sample(leads, len(leads) // 8)
    rows = []
    for lead_id in busy:
        kind = dice.choice(KINDS)
        late = timedelta(hours=dice.choice([0, 0, 0, 5, 24 * 12, 24 * 70]))
        outcome = dice.choice(OUTCOMES.get(kind, (None,)))
        rows.append(
            Activity(
                lead_id=lead_id,
                kind=kind,
                side="prospect",
                happened_at=at - late,
                known_at=at,
                outcome=outcome,
            )
        )
    Activity.objects.bulk_create(rows)
    changed = dice.sample(leads, len(leads) // 30)
    facts = {lead_id: dice.choice(sorted(NEWLY)) for lead_id in changed}
    actions.change_facts(
        changes={lead_id: {fact: dice.choice(NEWLY[fact])} for lead_id, fact in facts.items()},
        by=None,
        side=Side.ACCORD,
        at=at,
    )
    return {*busy, *changed, *change_sizes(dice, at)}


def change_sizes(dice: random.Random, at: datetime) -> list[uuid.UUID]:
    """Some companies grow or shrink; their leads."""
    companies = dice.sample(sorted(Company.objects.values_list("id", flat=True)), 3)
    actions.change_companies(
        changes={each: {"employees": dice.choice([3, 20, 50])} for each in companies},
        by=None,
        at=at,
    )
    return list(Lead.objects.filter(company_id__in=companies).values_list("id", flat=True))


def live(dice: random.Random) -> None:
    """Live through the days as Accord does, and keep what was said in the evening of each."""
    known = add_people(dice)
    everybody = Lead.objects.values_list("id", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE said (lead_id uuid, at timestamptz, key text, outcome text)"
        )
        for day in range(DAYS):
            for hour in (0, 2, 7):
                at = BEGIN + timedelta(days=day, hours=hour)
                here = sorted(each for each, since in known.items() if since <= at)
                if len(here) < 100:
                    continue
                touched = do_things(dice, here, at)
                new = {each for each in here if known[each] > at - timedelta(hours=17)}
                # A lead is judged when it comes, when something of it changes, and when the
                # passing of time may have changed something.
                evaluate(leads=(touched | new) & set(here), at=at)
                while due := to_recheck(at=at, limit=10_000):
                    evaluate(leads=due, at=at)
            cursor.execute(
                "INSERT INTO said SELECT verdict.lead_id, %s, definition, outcome FROM "
                "qualification_verdict AS verdict JOIN leads_lead AS lead ON lead.id = lead_id "
                "WHERE definition = ANY(%s) AND lead.known_at <= %s",
                [at, list(DEFINITIONS), at],
            )
    assert everybody.count() == LEADS


_DIFFERENT = """
SELECT said.lead_id, said.at, said.outcome, told.outcome
FROM said CROSS JOIN LATERAL (
    SELECT CASE WHEN verdict THEN 'met' WHEN NOT verdict THEN 'not_met' ELSE 'cannot_tell' END
    FROM past_of_{key} AS past WHERE past.lead_id = said.lead_id AND past.at <= said.at
    ORDER BY past.at DESC LIMIT 1
) AS told(outcome)
WHERE said.key = '{key}' AND said.outcome <> told.outcome
"""


def test_a_back_test_says_what_was_said():
    open_shop()
    live(random.Random(11))
    terms, seen = running(), set()
    for key in DEFINITIONS:
        past, params = timeline(
            question([terms], key), begins=BEGIN, ends=BEGIN + timedelta(days=DAYS)
        )
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE past_of_{key} AS {past}", params)
            cursor.execute(f"CREATE INDEX ON past_of_{key} (lead_id, at)")
            cursor.execute(_DIFFERENT.format(key=key))
            different = cursor.fetchall()
            cursor.execute(
                "SELECT count(*), array_agg(DISTINCT outcome) FROM said WHERE key = %s", [key]
            )
            compared, outcomes = cursor.fetchone()
        assert compared > LEADS * DAYS / 2
        seen |= set(outcomes)
        assert not different, (key, len(different), different[:3])
    assert seen == {"met", "not_met", "cannot_tell"}
    # What was not looked at again has not changed: judged as a whole, nothing is written.
    assert judge(terms=terms, leads=None, at=BEGIN + timedelta(days=DAYS - 1, hours=7)) == 0
