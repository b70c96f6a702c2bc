"""Every page, empty and with something on it: it opens, says what to do, and obeys the policy."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]
PLACES = (
    "today",
    "leads",
    "handoffs",
    "deals",
    "scoreboard",
    "agreement",
    "imports",
    "notifications",
)


def html(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return str(response.content, "utf-8")


@pytest.mark.parametrize("role", ["rep", "marketer", "head_of_sales", "head_of_marketing", "admin"])
def test_every_place_opens_while_it_is_empty(role: str, signed_in: SignedIn) -> None:
    client = signed_in(role)
    for place in PLACES:
        response = client.get(reverse(place))
        assert response.status_code in (200, 403), place


def test_an_empty_company_is_told_what_to_do_first(signed_in: SignedIn) -> None:
    page = html(signed_in("marketer"), "today")

    assert "First steps" in page
    assert reverse("imports") in page
    assert reverse("form", args=["contact"]) in page


def test_no_page_holds_a_script_or_a_style_of_its_own(signed_in: SignedIn, sends: Sends) -> None:
    lead = sends()
    client = signed_in("head_of_sales")
    pages = [html(client, place) for place in PLACES] + [html(client, "lead", lead.id)]

    for page in pages:
        assert not re.search(r"<[^>]+\sstyle=", page)
        assert not re.search(r"<[^>]+\son[a-z]+=", page)
        assert all("src=" in tag or "json" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_the_policy_lets_only_our_own_files_run(cast: object) -> None:
    policy = Client().get(reverse("sign_in"))["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_theme_is_remembered_and_there_before_the_first_paint(cast: object) -> None:
    client = Client()
    client.post(reverse("theme"), {"theme": "dark"})

    assert 'data-bs-theme="dark"' in html(client, "sign_in")


class TestErrors:
    def test_a_mistake_of_ours_is_said_in_the_page_that_stays(
        self, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def break_down(*args: object, **kwargs: object) -> None:
            raise RuntimeError("broken on purpose")

        monkeypatch.setattr("accord.web.pages.notifications.queries.told", break_down)
        client = signed_in("rep")
        client.raise_request_exception = False

        whole = client.get(reverse("notifications"))
        part = client.get(reverse("notifications"), headers={"HX-Request": "true"})

        assert (whole.status_code, part.status_code) == (500, 500)
        assert "<html" in str(whole.content)
        assert "<html" not in str(part.content)
        assert "Something broke" in str(part.content)

    def test_an_unknown_address_is_a_sentence(self, signed_in: SignedIn) -> None:
        response = signed_in("rep").get("/no/such/page/")

        assert response.status_code == 404
        assert "There is nothing at this address" in str(response.content)

    def test_a_lead_that_is_not_there_is_a_sentence(self, signed_in: SignedIn) -> None:
        response = signed_in("rep").get("/leads/00000000-0000-7000-8000-000000000001/")

        assert response.status_code == 404
        assert "no such lead" in str(response.content)

    def test_what_a_role_may_not_is_a_sentence(self, signed_in: SignedIn) -> None:
        response = signed_in("rep").get(reverse("imports"))

        assert response.status_code == 403
        assert "Your role does not allow this" in str(response.content)

    def test_a_form_without_its_token_is_refused_in_words(self, cast: object) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(get_user_model().objects.get(email="sam@example.org"))

        response = client.post(reverse("sign_out"))

        assert response.status_code == 403
        assert "nothing was saved" in str(response.content)


class TestCounts:
    """How many queries a page takes, whatever stands on it."""

    @pytest.mark.parametrize(
        ("name", "most"), [("leads", 12), ("handoffs", 20), ("today", 30), ("scoreboard", 45)]
    )
    def test_a_list_takes_no_more_queries_for_more_rows(
        self,
        name: str,
        most: int,
        signed_in: SignedIn,
        sends: Sends,
        django_assert_max_num_queries: Callable[[int], object],
    ) -> None:
        for number in range(4):
            sends(email=f"person{number}@acme.example", phone="")
        client = signed_in("rep")
        html(client, name)

        with django_assert_max_num_queries(most):  # type: ignore[attr-defined]
            html(client, name)
