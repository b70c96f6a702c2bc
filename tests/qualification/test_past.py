"""Judged as things were known then, a lead gets the verdict it had then."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.agreement.actions import default_document
from accord.agreement.terms import read_terms
from accord.base.lifecycle import Side
from accord.criteria.compiler import compile
from accord.criteria.registry import registry
from accord.leads import actions
from accord.leads.rules import NewActivity
from tests.leads.people import add_lead

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DEFINITIONS = read_terms(default_document(), number=1).definitions
KINDS = ("form.submitted", "pricing.visited", "page.visited", "content.downloaded", "call.received")

CHANGE = st.fixed_dictionaries(
    {},
    optional={
        "need": st.sampled_from(["a pump", None]),
        "budget": st.sampled_from([None, 2000]),
        "authority": st.sampled_from([None, "decides", "none"]),
        "lead_type": st.sampled_from([None, "student", "buyer"]),
        "do_not_contact": st.booleans(),
    },
).filter(bool)
DOING = st.tuples(st.sampled_from(KINDS), st.sampled_from([None, "demo"]), st.integers(0, 120 * 24))
EVENTS = st.lists(st.one_of(CHANGE, DOING), min_size=1, max_size=8)


def judged(at: datetime, known_at: datetime | None = None) -> list[tuple]:
    sql, params = compile(DEFINITIONS, registry=registry).select(at=at, known_at=known_at)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return sorted(row[1:] for row in cursor.fetchall())


class TestAnyHistory(TestCase):
    @given(events=EVENTS)
    @settings(max_examples=40, deadline=None)
    def test_is_judged_as_it_was(self, events):
        actions.watch(kinds=KINDS, since=BEGIN - timedelta(days=200))
        lead_id = add_lead(at=BEGIN, email="dana@acme.example", employees=50, company="Acme")
        told = {BEGIN: judged(BEGIN)}
        for number, event in enumerate(events, start=1):
            at = BEGIN + timedelta(days=3 * number)
            if isinstance(event, dict):
                actions.change_facts(changes={lead_id: event}, by=None, side=Side.ACCORD, at=at)
            else:
                kind, outcome, hours_ago = event
                # What is told late: it happened earlier than it is known.
                happened = NewActivity(
                    kind, Side.PROSPECT, at - timedelta(hours=hours_ago), outcome=outcome
                )
                actions.record_activities(rows=[(lead_id, happened)], at=at)
            told[at] = judged(at)
        for moment, verdicts in told.items():
            assert judged(moment, known_at=moment) == verdicts
