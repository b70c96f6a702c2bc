"""The page of what slips: each kind with its rows, who answers for it, and the one thing to do."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accord.handoffs.models import Clock, Handoff
from accord.teams.models import User
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]
MOST = 60


def read(client: Client, address: str) -> str:
    answer = client.get(html.unescape(address))
    assert answer.status_code == 200, address
    return str(answer.content, "utf-8")


@pytest.fixture
def late(handoff: Handoff) -> Handoff:
    """Dana's first attempt was due an hour ago."""
    Clock.objects.filter(handoff_id=handoff.id).update(due_at=timezone.now() - timedelta(hours=1))
    return handoff


@pytest.mark.parametrize("role", ["rep", "marketer", "head_of_sales", "head_of_marketing", "admin"])
def test_nought_is_shown_as_the_goal_that_it_is(role: str, signed_in: SignedIn) -> None:
    page = read(signed_in(role), reverse("leaks"))
    assert "Nothing slips." in page
    assert page.count(">Nothing slips<") + page.count("> Nothing slips<") >= 2  # both sides


def test_what_nobody_can_tell_is_never_shown_as_nought(
    handoff: Handoff, signed_in: SignedIn
) -> None:
    page = read(signed_in("rep"), reverse("leaks"))
    assert "Nothing slips." not in page
    assert "Nothing is known to slip." in page
    row = re.search(r'id="stuck_with_marketing".*?</div>', page, re.S)
    assert row
    assert "cannot tell" in row[0]
    assert "it takes 30 to tell" in row[0]
    assert ' class="met' not in row[0]
    board = read(signed_in("rep"), reverse("scoreboard"))
    assert "of some leads nobody can tell" in board
    assert "Nothing slips" not in board


def test_shows_who_has_it_who_answers_for_it_and_what_to_do(
    late: Handoff, signed_in: SignedIn, cast: dict[str, User]
) -> None:
    page = read(signed_in("rep"), reverse("leaks"))
    assert "Dana Ruiz" in page
    assert cast["rep"].name in page
    assert f"{cast['head_of_sales'].name} (Head of sales) answers for it." in page
    assert reverse("handoff_attempts", args=[late.id]) in page
    assert "Nothing slips." not in page


def test_who_may_not_call_opens_the_lead(late: Handoff, signed_in: SignedIn) -> None:
    page = read(signed_in("marketer"), reverse("leaks"))
    assert reverse("handoff_attempts", args=[late.id]) not in page
    assert f'href="{reverse("lead", args=[late.lead_id])}">Open</a>' in page


def test_each_is_offered_what_they_can_do(
    late: Handoff, signed_in: SignedIn, cast: dict[str, User]
) -> None:
    attempt, owner = (
        reverse(each, args=[late.id]) for each in ("handoff_attempts", "handoff_owner")
    )
    rows = reverse("figure", args=["never_attempted"])
    for address in (reverse("leaks"), rows):
        assert f'href="{attempt}">Log an attempt</a>' in read(signed_in("rep"), address)
        head = read(signed_in("head_of_sales"), address)
        assert f'href="{owner}">Reassign</a>' in head
        assert attempt not in head
    Handoff.objects.filter(id=late.id).update(owner=None)
    assert '?show=queue">Take it</a>' in read(signed_in("rep"), reverse("leaks"))


def test_says_how_old_it_is_and_since_when_somebody_has_it(
    late: Handoff, signed_in: SignedIn, cast: dict[str, User]
) -> None:
    now = timezone.now()
    Handoff.objects.filter(id=late.id).update(
        offered_at=now - timedelta(days=40), assigned_at=now - timedelta(hours=2)
    )
    for address in (reverse("leaks"), reverse("figure", args=["never_attempted"])):
        page = read(signed_in("rep"), address)
        assert ">handed over 40 days ago</time>" in page
        assert re.search(rf"{cast['rep'].name} has it since\s+<time", page)


def test_waiting_too_long_is_counted_as_it_is_listed(
    late: Handoff, signed_in: SignedIn, cast: dict[str, User]
) -> None:
    client = signed_in("head_of_sales")
    assert "Dana Ruiz" not in read(client, reverse("handoffs") + "?show=late")
    assert "No lead waits too long." in read(client, reverse("scoreboard"))
    leaks = read(client, reverse("leaks"))
    assert "Dana Ruiz" in leaks
    assert "show=late" not in leaks
    Handoff.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(hours=1))
    assert "Dana Ruiz" in read(client, reverse("handoffs") + "?show=late")
    assert "1 lead waits too long" in read(client, reverse("scoreboard"))


def test_each_number_opens_its_rows_with_what_to_do(late: Handoff, signed_in: SignedIn) -> None:
    client = signed_in("rep")
    page = read(client, reverse("leaks"))
    (address,) = re.findall(
        r'<a class="figure" href="(/figures/never_attempted/[^"]*)">1</a>', page
    )
    rows = read(client, address)
    assert "Dana Ruiz" in rows
    assert reverse("handoff_attempts", args=[late.id]) in rows


def test_the_heads_see_it_on_today_and_all_on_the_scoreboard(
    late: Handoff, signed_in: SignedIn
) -> None:
    assert "1 lead slips" in read(signed_in("head_of_sales"), reverse("today"))
    assert "1 lead slips" not in read(signed_in("head_of_marketing"), reverse("today"))
    assert "1 lead slips" in read(signed_in("marketer"), reverse("scoreboard"))


def test_what_ends_it_is_one_link_away(
    sends: Sends, signed_in: SignedIn, cast: dict[str, User]
) -> None:
    lead = sends(email="ida@acme.example")
    page = read(signed_in("rep"), reverse("lead", args=[lead.id]) + "?open=deal")
    assert re.search(r'<details class="in-card" open>\s*<summary[^>]*>.*Open a deal', page, re.S)


def test_the_head_gives_what_somebody_left_to_somebody_else(
    handoff: Handoff, signed_in: SignedIn, cast: dict[str, User]
) -> None:
    User.objects.filter(id=cast["rep"].id).update(is_active=False)
    page = read(signed_in("head_of_sales"), reverse("leaks"))
    address = reverse("handoff_owner", args=[handoff.id])
    assert f'href="{address}">Reassign</a>' in page
    assert read(signed_in("head_of_sales"), address)
    assert address not in read(signed_in("marketer"), reverse("leaks"))


def test_takes_as_many_queries_for_more_leads(
    late: Handoff, sends: Sends, signed_in: SignedIn
) -> None:
    client = signed_in("head_of_sales")
    read(client, reverse("leaks"))
    before = _queries(client)
    for number in range(9):
        sends(email=f"person{number}@acme.example", phone="")
    Clock.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert _queries(client) <= before + 1 <= MOST  # more than five are counted, too


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        read(client, reverse("leaks"))
    return len(queries)
