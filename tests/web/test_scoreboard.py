"""The scoreboard: every figure opens the very rows it counts."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


@pytest.fixture
def page(signed_in: SignedIn, sends: Sends) -> str:
    for number in range(6):
        sends(email=f"person{number}@acme.example", phone="", source="webinar")
    sends(email="alone@other.example", phone="", source="fair")
    return str(signed_in("head_of_marketing").get(reverse("scoreboard")).content, "utf-8")


def test_says_in_one_sentence_how_the_teams_stand(page: str) -> None:
    assert re.search(r"Marketing is .+ sales .+ (no lead|leads?) waits? too long", page)


def test_every_figure_opens_as_many_rows_as_it_says(page: str, signed_in: SignedIn) -> None:
    client = signed_in("rep")
    links = re.findall(r'<a class="figure" href="(/leads/[^"]*)">([\d,]+)</a>', page)

    assert len(links) >= 4
    for address, figure in links:
        listed = str(client.get(html.unescape(address)).content, "utf-8")
        shown = re.search(r"([\d,]+) leads?\b", listed)
        assert shown, address
        assert shown[1] == figure, address


def test_a_source_with_few_leads_has_no_rank(page: str) -> None:
    row = re.search(r"<tr>\s*<td[^>]*>(\d*)</td>\s*<th[^>]*>fair</th>.*?</tr>", page, re.DOTALL)

    assert row
    assert row[1] == ""
    assert "too few" in row[0]


def test_every_picture_has_its_table(page: str) -> None:
    for chart, data in re.findall(r'data-chart="(\w+)" data-from="([\w-]+)"', page):
        assert f'id="{data}"' in page, chart
    assert page.count("<table") >= page.count("data-chart=")


@pytest.mark.parametrize("period", ["month", "quarter", "year", "all", "nonsense"])
def test_can_be_asked_for_a_period(period: str, signed_in: SignedIn, sends: Sends) -> None:
    sends()
    response = signed_in("rep").get(reverse("scoreboard"), {"period": period})

    assert response.status_code == 200
    assert "Dana" not in str(response.content)
