"""Both sides' record as a page: every figure opens its rows, and a person's are not for all."""

import csv
import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accord.flows import follow_up
from accord.flows.pass_back import Said, pass_back
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Handoff
from accord.leads.models import Lead
from accord.teams.models import User
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


@pytest.fixture
def work(handoff: Handoff, sends: Sends, cast: dict[str, User]) -> Handoff:
    """Sam called Dana in time; another lead came back, from a source with a formula's name."""
    at = handoff.offered_at + timedelta(minutes=1)
    attempt = Attempt(handoff.lead_id, "call", "connected")
    follow_up.log_attempts(attempts=[attempt], by=cast["rep"].id, at=at)
    lead = sends(email="eva@acme.example", phone="", source='=cmd("calc")')
    back = Handoff.objects.get(lead_id=lead.id)
    said = Said("not_ideal", blamed=["mql:asked-for-us"])
    pass_back(handoffs=[back.id], said=said, by=back.owner_id, at=back.offered_at)
    return handoff


def read(client: Client, query: str, name: str = "sla") -> str:
    answer = client.get(f"{reverse(name)}?{query}")
    assert answer.status_code == 200, query
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content, "utf-8")


def test_every_figure_opens_as_many_rows_as_it_says(work: Handoff, signed_in: SignedIn) -> None:
    client = signed_in("head_of_sales")
    for by in ("team", "person", "source"):
        page = read(client, f"period=month&by={by}&backs=clause")
        links = set(re.findall(r'<a class="figure" href="(/figures/[^"]*)">([\d,]+)</a>', page))
        assert links
        for address, figure in links:
            rows = str(client.get(html.unescape(address)).content, "utf-8")
            shown = re.search(r"([\d,]+) rows?\b", rows)
            assert shown, address
            assert shown[1] == figure, address


def test_figures_of_a_person_are_not_for_all(
    work: Handoff, signed_in: SignedIn, cast: dict[str, User]
) -> None:
    name, id = cast["rep"].name, cast["rep"].id
    for role in ("rep", "head_of_sales"):
        assert name in _tables(read(signed_in(role), "period=month&by=person"))
        assert name in read(signed_in(role), "period=month&by=person", "sla_export")
        assert read(signed_in(role), f"period=month&by=month&person={id}")
    for role in ("marketer", "head_of_marketing", "admin"):
        client = signed_in(role)
        assert name not in _tables(read(client, "period=month&by=person"))
        assert name not in read(client, "period=month&by=person", "sla_export")
        for view in ("sla", "sla_export"):
            address = f"{reverse(view)}?period=month&by=month&person={id}"
            assert client.get(address).status_code == 404
        figure = reverse("figure", args=["first_attempt_kept"])
        assert client.get(f"{figure}?only=person%3D{id}").status_code == 404
        assert name not in _tables(str(client.get(figure).content, "utf-8"))


def _tables(page: str) -> str:
    return "".join(re.findall(r"<table.*?</table>", page, re.S))


def test_the_file_is_safe_to_open(work: Handoff, signed_in: SignedIn) -> None:
    rows = list(csv.DictReader(read(signed_in("rep"), "by=source", "sla_export").splitlines()))
    assert rows
    assert {row["promise"] for row in rows} >= {"first_attempt", "answer"}
    assert not any(row["source"].startswith("=") for row in rows)
    assert any("cmd" in row["source"] for row in rows)


@pytest.mark.parametrize("query", ["", "period=year&by=week&promise=answer", "period=x&by=y"])
def test_can_be_asked_in_many_ways(query: str, work: Handoff, signed_in: SignedIn) -> None:
    page = read(signed_in("marketer"), query)
    assert page.count("<table") >= 3
    assert 'id="trend-data"' in page
    assert Lead.objects.exists()


def test_draws_the_promise_chosen_and_no_share_of_too_few(
    work: Handoff, sends: Sends, signed_in: SignedIn, cast: dict[str, User]
) -> None:
    def chart(promise: str) -> Any:
        page = read(signed_in("rep"), f"period=month&promise={promise}")
        (said,) = re.findall(r'<script id="trend-data"[^>]*>(.*?)</script>', page, re.S)
        return json.loads(said)

    assert chart("pass_back_answer")["side"] == "marketing"
    few = chart("first_attempt")
    assert (few["name"], few["side"], few["cases"], few["values"]) == (
        *("First attempt", "sales"), [1], [None],
    )  # fmt: skip
    for number in range(5):
        lead = sends(email=f"kim{number}@acme.example", phone="")
        handoff = Handoff.objects.get(lead_id=lead.id)
        attempt = Attempt(lead.id, "email", "left_message")
        at = handoff.offered_at + timedelta(minutes=1)
        follow_up.log_attempts(attempts=[attempt], by=handoff.owner_id, at=at)
    assert chart("first_attempt")["values"] == [1.0]
    page = read(signed_in("rep"), "period=month")
    (row,) = re.findall(r"<thead><tr>(.*?)</tr></thead>", page.split('id="trend-title"')[0], re.S)
    names = re.findall(r">([^<>]+)</th>", row)
    assert names[:4] == ["Team", "Share in time", "Median", "Nine in ten"]


def test_is_calm_when_there_is_nothing(signed_in: SignedIn) -> None:
    page = read(signed_in("rep"), "by=person")
    assert "No figures of a person are for you to see here" in page
    for by in ("person", "month"):
        (header,) = read(signed_in("rep"), f"by={by}", "sla_export").splitlines()
        assert header.startswith(f"{by},promise,side,kept,")
