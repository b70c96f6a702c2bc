"""Values to choose from: the most frequent first, and none that tells who somebody is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.criteria.offering import MOST
from accord.leads.actions import Wanted, define_fact
from accord.leads.models import Lead
from accord.qualification.asking import values_offered
from tests.handoffs.office import AT, Office, demo, open_office, send


@pytest.fixture
def office(db: None) -> Office:
    return open_office()


def leads(*said: dict[str, object]) -> None:
    send(*(demo(f"lead{number}") | each for number, each in enumerate(said)))


def test_the_most_frequent_come_first_by_one_query(office: Office) -> None:
    leads(*[{"country": "FR"}] * 2, *[{"country": "DE"}] * 3, {"country": "IT"}, {"country": ""})
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = values_offered({"country", "industry", "employees", "source"}, user=office.max)
    assert found["country"] == ["DE", "FR"]  # IT is one person's alone
    assert "employees" not in found
    assert len(asked) == 1


def test_nobody_s_name_address_or_words_are_offered(office: Office) -> None:
    same = {"name": "Dana Ruiz", "company": "Acme"}
    leads(*[same | {"need": f"We want {n} of them"} for n in range(6)])
    Lead.objects.update(email="same@acme.example", phone="+4930123456")
    with CaptureQueriesContext(connection) as asked:
        assert not values_offered({"name", "email", "phone", "company"}, user=office.max)
    assert not asked
    assert not values_offered({"need"}, user=office.max)


def test_no_more_than_one_can_read(office: Office) -> None:
    leads(*[{"job_title": f"Head of {n}"} for n in range(MOST + 5) for _ in range(2)])
    assert len(values_offered({"job_title"}, user=office.max)["job_title"]) == MOST


def test_facts_of_one_s_own_are_offered(office: Office) -> None:
    fact = define_fact(wanted=Wanted("Shop system"), at=AT)
    leads(*[{fact.key: "Presto"}] * 3, {fact.key: "Basket"})
    assert values_offered({fact.key}, user=office.max) == {fact.key: ["Presto"]}


def test_who_may_see_no_lead_is_offered_nothing(office: Office) -> None:
    leads(*[{"country": "DE"}] * 3)
    office.max.is_active = False
    assert not values_offered({"country"}, user=office.max)
