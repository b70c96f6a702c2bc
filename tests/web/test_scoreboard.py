"""The scoreboard: every figure opens the very rows it counts."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accord.flows.pass_back import Said, pass_back
from accord.handoffs.models import Handoff
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
    links = re.findall(r'<a class="figure" href="(/(?:leads|figures)/[^"]*)">([\d,]+)</a>', page)

    assert len({address.partition("?")[0] for address, _figure in links}) >= 3
    for address, figure in links:
        listed = str(client.get(html.unescape(address)).content, "utf-8")
        shown = re.search(r"([\d,]+) (?:leads?|rows?)\b", listed)
        assert shown, address
        assert shown[1] == figure, address


def test_what_came_back_opens_the_pass_backs_of_its_reason(
    signed_in: SignedIn, sends: Sends
) -> None:
    sends()
    handoff = Handoff.objects.get()
    said = Said(reason="no_need", note="Bought elsewhere.")
    at = handoff.offered_at + timedelta(minutes=1)
    pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=at)
    client = signed_in("marketer")

    page = str(client.get(reverse("scoreboard")).content, "utf-8")
    (address,) = re.findall(r'<a class="figure" href="(/figures/passed_back/[^"]*)">1</a>', page)
    rows = str(client.get(html.unescape(address)).content, "utf-8")
    assert "Bought elsewhere." in rows
    other = html.unescape(address).replace("no_need", "no_budget")
    assert "Bought elsewhere." not in str(client.get(other).content, "utf-8")


@pytest.mark.parametrize("address", ["/figures/nonsense/", "/figures/lost/?from=yesterday"])
def test_what_nobody_counts_is_said(address: str, signed_in: SignedIn) -> None:
    assert signed_in("rep").get(address).status_code in (404, 422)


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
