"""A lead as it was at any past moment, over random histories."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.base.lifecycle import Side
from accord.leads import actions, queries
from accord.leads.models import FactChange
from tests.leads.people import add_lead

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
VALUES = {
    "country": st.sampled_from(["DE", "AT", None]),
    "need": st.sampled_from(["a pump", "a valve", None]),
    "budget": st.sampled_from([None, 100, 2000]),
    "needed_by_on": st.sampled_from([None, BEGIN.date(), BEGIN.date() + timedelta(30)]),
    "do_not_contact": st.booleans(),
}
CHANGES = st.lists(st.fixed_dictionaries({}, optional=VALUES).filter(bool), min_size=1, max_size=6)


class TestAnyHistory(TestCase):
    @given(changes=CHANGES)
    @settings(max_examples=60, deadline=None)
    def test_is_given_back_at_every_moment(self, changes):
        lead_id = add_lead(at=BEGIN, email="dana@acme.example", country="DE")
        expected = {
            "country": "DE",
            "need": None,
            "budget": None,
            "needed_by_on": None,
            "do_not_contact": False,
        }
        history = [(BEGIN, dict(expected))]
        for number, change in enumerate(changes, start=1):
            at = BEGIN + timedelta(hours=number)
            actions.change_facts(changes={lead_id: change}, by=None, side=Side.ACCORD, at=at)
            expected.update(change)
            history.append((at, dict(expected)))

        for moment, facts in history:
            for later in (moment, moment + timedelta(minutes=59)):
                past = queries.as_it_was(leads=[lead_id], moment=later)[lead_id]
                assert {name: past.facts[name] for name in facts} == facts


@pytest.mark.django_db
def test_what_is_told_late_changes_nothing_before_it_was_known():
    lead_id = add_lead(at=BEGIN, email="dana@acme.example", country="DE")
    hours = [BEGIN + timedelta(hours=n) for n in range(4)]
    for at, country in ((hours[2], "AT"), (hours[1], "CH")):
        changes = {lead_id: {"country": country}}
        actions.change_facts(changes=changes, by=None, side=Side.ACCORD, at=at)
    found = [queries.as_it_was(leads=[lead_id], moment=at)[lead_id].facts for at in hours]
    assert [facts["country"] for facts in found] == ["DE", "DE", "CH", "CH"]
    assert all(change.known_from <= change.known_until for change in FactChange.objects.all())


@pytest.mark.django_db
def test_nothing_is_known_before_the_lead_was():
    lead_id = add_lead(at=BEGIN, email="dana@acme.example")
    past = queries.as_it_was(leads=[lead_id], moment=BEGIN - timedelta(seconds=1))[lead_id]
    assert past.facts is None


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_leads(django_assert_num_queries):
    leads = [add_lead(at=BEGIN, email=f"d{n}@acme.example") for n in range(5)]
    with django_assert_num_queries(10):
        queries.as_it_was(leads=leads, moment=BEGIN)
