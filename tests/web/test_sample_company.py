"""The sample company: asked for by a button, seen as every role, left by another button."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from accord.leads.models import Lead
from accord.sample.actions import fill
from accord.teams.models import User, Workspace

SignedIn = Callable[[str], Client]


class TestAsking:
    def test_waits_for_the_worker(self, db: None) -> None:
        client = Client()

        response = client.post(reverse("sample_company"), follow=True)

        assert "Waiting for the worker" in str(response.content)

    def test_says_so_when_the_worker_does_not_begin(self, db: None) -> None:
        client = Client()
        client.post(reverse("sample_company"))
        session = client.session
        asked_at = datetime.now(UTC) - timedelta(minutes=1)
        session["made_the_sample_company"] = asked_at.isoformat()
        session.save()

        assert "The worker has not begun" in str(client.get(reverse("sample_company")).content)

    def test_is_refused_beside_a_company_of_one_s_own(self, cast: object) -> None:
        response = Client().post(reverse("sample_company"))

        assert response.status_code == 422
        assert not User.objects.filter(email="sam@halden.example").exists()


def look() -> Client:
    """Somebody who asks for the sample company, and it is filled."""
    client = Client()
    client.post(reverse("sample_company"))
    fill(at=datetime.now(UTC), size=20)
    client.get(reverse("sample_company"))
    return client


@pytest.mark.django_db(transaction=True)
def test_it_leaves_nothing_behind() -> None:
    looking = look()

    looking.post(reverse("sample_company_removal"))

    assert not Workspace.objects.exists()
    assert not Lead.objects.exists()
    assert looking.get("/", follow=True).redirect_chain[-1][0] == reverse("set_up")


@pytest.fixture(scope="class")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Filled once for a class and taken back after it; the session of who asked for it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield look().cookies["sessionid"].value
        transaction.set_rollback(True)


@pytest.fixture
def looking(filled: str, db: None) -> Client:
    """Their browser."""
    client = Client()
    client.cookies["sessionid"] = filled
    return client


class TestLooking:
    def test_begins_as_a_rep(self, looking: Client) -> None:
        page = str(looking.get(reverse("today")).content, "utf-8")

        assert "A sample company, seen as" in page
        assert "Sam Okafor" in page

    def test_switches_between_all_roles(self, looking: Client) -> None:
        for role, _label in (("marketer", ""), ("head_of_sales", ""), ("admin", ""), ("rep", "")):
            looking.post(reverse("sample_company_role"), {"role": role})
            user = looking.get(reverse("today")).context["user"]
            assert role in user.roles

    def test_lets_nobody_in_who_did_not_ask_for_it(self, looking: Client) -> None:
        response = Client().get(reverse("sample_company"), follow=True)

        assert response.redirect_chain[-1][0] == reverse("sign_in")

    def test_lets_people_back_in_by_a_role_without_a_password(self, looking: Client) -> None:
        looking.post(reverse("sign_out"))

        assert 'value="head_of_marketing"' in str(looking.get(reverse("sign_in")).content)
        looking.post(reverse("sample_company_role"), {"role": "head_of_marketing"})
        assert "head_of_marketing" in looking.get(reverse("today")).context["user"].roles


class TestWithLogins:
    def test_asks_for_one_of_them(self, db: None) -> None:
        fill(at=datetime.now(UTC), size=20, password="look-around-here")

        assert 'name="password"' in str(Client().get(reverse("sign_in")).content)
        response = Client().post(reverse("sample_company_role"), {"role": "admin"})
        assert response.status_code == 422


class TestOwnCompany:
    def test_lets_nobody_in_by_a_role(self, cast: object) -> None:
        client = Client()
        assert client.post(reverse("sample_company_role"), {"role": "admin"}).status_code == 422
        assert client.get(reverse("today")).status_code == 302

    def test_has_no_switch(self, signed_in: SignedIn) -> None:
        response = signed_in("rep").post(reverse("sample_company_role"), {"role": "admin"})

        assert response.status_code == 422

    def test_is_not_emptied_by_a_button(self, signed_in: SignedIn) -> None:
        response = signed_in("admin").post(reverse("sample_company_removal"))

        assert response.status_code == 422
        assert Workspace.objects.exists()
