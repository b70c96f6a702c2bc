"""Never two leads for one person."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from accord.leads.models import Company, Fate, Identity, Lead
from tests.leads.people import add_leads, entry

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_one_person_twice_in_a_set_is_one_lead():
    first, second = add_leads({"email": "d@acme.example"}, {"email": "D@Acme.example"}, at=AT)
    assert first.lead_id == second.lead_id
    assert (first.fate, second.fate) == (Fate.CREATED, Fate.MERGED)


def test_the_address_decides_before_the_number():
    a, b = add_leads({"email": "a@acme.example"}, {"phone": "+4930123456"}, at=AT)
    (both,) = add_leads({"email": "a@acme.example", "phone": "+4930123456"}, at=AT)
    assert both.lead_id == a.lead_id != b.lead_id


def test_a_new_identity_of_a_known_lead_is_kept():
    add_leads({"email": "a@acme.example"}, at=AT)
    (known,) = add_leads({"email": "a@acme.example", "phone": "+4930123456"}, at=AT)
    assert Identity.objects.get(value="+4930123456").lead_id == known.lead_id


def test_colleagues_share_their_company():
    a, b, c = add_leads(
        {"email": "a@acme.example"}, {"email": "b@acme.example"}, {"email": "c@gmail.com"}, at=AT
    )
    company = Company.objects.get()
    assert set(company.leads.values_list("id", flat=True)) == {a.lead_id, b.lead_id}
    assert Lead.objects.get(id=c.lead_id).company is None


def test_companies_without_a_domain_go_by_their_name_in_any_case():
    add_leads({"email": "a@gmail.com", "company": "Acme"}, at=AT)
    add_leads({"email": "b@gmail.com", "company": "ACME"}, at=AT)
    assert Company.objects.count() == 1


def test_the_number_of_statements_does_not_grow_with_the_set(django_assert_max_num_queries):
    with django_assert_max_num_queries(24):
        add_leads(
            *({"email": f"p{n}@acme{n}.example", "campaign": "Fair"} for n in range(50)), at=AT
        )


@pytest.mark.django_db(transaction=True)
def test_fifty_at_the_same_moment_are_one_lead():
    barrier = threading.Barrier(10)
    failures = []

    def submit() -> None:
        try:
            barrier.wait()
            for _ in range(5):
                with transaction.atomic():
                    add_leads({"email": "d@acme.example", "phone": "+4930123456"}, at=AT)
        except Exception as error:  # noqa: BLE001 - told to the main thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Lead.objects.count() == 1
    assert Identity.objects.count() == 2


def test_an_entry_read_twice_is_recognised_by_its_ids():
    one = entry(at=AT, email="d@acme.example")
    assert one.id_of("lead") == one.id_of("lead")
