"""The first visit: two ways in, and the other head's invitation."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accord.agreement.queries import running
from accord.teams.models import User, Workspace

pytestmark = pytest.mark.django_db
FILLED = {
    "company": "Acme",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "country": "DE",
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "from": "09:00",
    "until": "17:00",
    "break_from": "12:00",
    "break_until": "13:00",
    "name": "Sofia Brandt",
    "email": "sofia@example.org",
    "password": "a quiet harbour",
    "roles": ["head_of_sales", "admin"],
}


def set_up(client: Client, **more: object) -> object:
    return client.post(reverse("set_up"), FILLED | more)


def test_the_first_visit_leads_to_two_ways_in() -> None:
    response = Client().get("/", follow=True)

    page = str(response.content, "utf-8")
    assert response.redirect_chain[-1][0] == reverse("set_up")
    assert "Look around with a sample company" in page
    assert "Set up yours" in page


class TestSettingUp:
    def test_makes_the_company_and_signs_its_first_person_in(self) -> None:
        client = Client()
        set_up(client)

        assert Workspace.objects.get().calendar.week["mon"] == [
            ["09:00", "12:00"],
            ["13:00", "17:00"],
        ]
        assert client.get(reverse("today")).status_code == 200

    def test_lets_the_agreement_run_on_trial(self) -> None:
        set_up(Client())

        assert running().is_trial
        assert not running().one_person_may_hold_both

    def test_taking_both_seats_declares_that_one_person_signs_for_both(self) -> None:
        set_up(Client(), roles=["head_of_sales", "head_of_marketing"])

        assert running().one_person_may_hold_both

    def test_says_which_field_does_not_fit_and_keeps_the_others(self) -> None:
        response = set_up(Client(), time_zone="Mars/Olympus")

        assert response.status_code == 422  # type: ignore[attr-defined]
        assert "There is no time zone" in str(response.content, "utf-8")  # type: ignore[attr-defined]
        assert 'value="Acme"' in str(response.content)  # type: ignore[attr-defined]
        assert not Workspace.objects.exists()

    def test_happens_once(self) -> None:
        set_up(Client())

        response = set_up(Client(), company="Another")

        assert response.status_code == 302  # type: ignore[attr-defined]
        assert Workspace.objects.get().name == "Acme"


class TestInvitation:
    def test_the_other_head_joins_by_a_link_that_is_shown_once(self) -> None:
        client = Client()
        set_up(client)
        page = str(client.get(reverse("invitations")).content, "utf-8")
        link = re.search(r"http://testserver(/invitations/[^\"]+)", page)
        assert link

        joined = {
            "name": "Marek Nowak",
            "email": "marek@example.org",
            "password": "a quiet harbour",
        }
        response = Client().post(link[1], joined | {"time_zone": "Europe/Warsaw"})

        assert response.status_code == 302
        assert User.objects.get(email="marek@example.org").roles == ["head_of_marketing"]
        assert link[1] not in str(client.get(reverse("invitations")).content)

    def test_a_link_that_was_used_is_not_found(self, cast: object) -> None:
        assert Client().get(reverse("invitation", args=["used"])).status_code == 404
