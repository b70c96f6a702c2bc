"""From an empty Accord to a customer that both teams see."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opens
from tests.journeys.people import await_text, join, send_form, set_up, sign

pytestmark = pytest.mark.browser
DANA = {
    "name": "Dana Ruiz",
    "email": "dana@acme-tools.example",
    "phone": "+49 30 1234567",
    "company": "Acme Tools",
    "job_title": "Head of Operations",
    "message": "We need to replace our spreadsheets before June",
}


def test_a_stranger_becomes_a_customer_whom_both_teams_see(opens: Opens) -> None:
    sofia, marek, dana = opens(), opens(), opens()
    both_heads_sign(sofia, marek)
    send_form(dana, "Show me a demo", **DANA)
    the_rep_sees_whom_to_call_and_why(sofia)
    the_rep_finds_a_real_chance(sofia)
    a_deal_is_opened_moved_and_won(sofia)
    marketing_sees_the_same_lead_and_figure(marek)


def both_heads_sign(sofia: Page, marek: Page) -> None:
    set_up(sofia)
    join(marek, sofia.locator("#invitation-link").input_value(), "Marek Nowak")
    expect(marek.get_by_role("article")).to_contain_text("on trial")
    sign(marek, "Head of marketing")
    expect(marek.get_by_role("article")).to_contain_text("Sofia Brandt has yet to sign")
    sign(sofia, "Head of sales")
    expect(sofia.get_by_role("article")).to_contain_text("in force since")


def the_rep_sees_whom_to_call_and_why(page: Page) -> None:
    await_text(page, "/handoffs/", "Dana Ruiz")
    card = page.get_by_role("article")
    for words in (
        "Head of Operations, Acme Tools",
        DANA["message"],
        "First attempt",
        "They raised a hand and asked for us.",
        "You asked for a demo and wrote",
    ):
        expect(card).to_contain_text(words)
    expect(card.locator("time.clock")).to_contain_text("left")


def the_rep_finds_a_real_chance(page: Page) -> None:
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("article")).to_contain_text("accepted")
    page.get_by_role("link", name="Call Dana Ruiz").click()
    expect(page.get_by_text("You called Dana Ruiz. What came of it?")).to_be_focused()
    page.get_by_role("button", name="Talked with them").click()
    page.get_by_label("How they said it").fill("Budget is there, decision in March")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Kept, on the timeline")).to_be_visible()
    await_text(page, "/handoffs/", "Dana Ruiz")
    page.get_by_role("link", name="Qualify").click()
    page.get_by_label("Why there is a real chance").fill("A date, a budget and the one who decides")
    page.get_by_role("button", name="Qualify").click()
    expect(page.get_by_role("heading", name="Dana Ruiz")).to_be_visible()


def a_deal_is_opened_moved_and_won(page: Page) -> None:
    page.get_by_text("Open a deal", exact=True).click()
    page.get_by_label("What for").fill("Forty sensors")
    page.get_by_label("Amount in EUR").fill("24000")
    page.get_by_role("button", name="Open the deal").click()
    page.get_by_role("link", name="Forty sensors").click()
    deal = page.get_by_role("article")
    expect(deal).to_contain_text("24,000")
    deal.get_by_text("Move, win or lose").click()
    deal.get_by_label("Step").select_option(label="Proposal")
    deal.get_by_role("button", name="Move").click()
    expect(page.get_by_role("region", name="Proposal")).to_contain_text("Forty sensors")
    deal.get_by_text("Move, win or lose").click()
    deal.get_by_label("Amount").fill("25000")
    deal.get_by_role("button", name="Won").click()
    expect(page.get_by_role("region", name="Closed lately")).to_contain_text("25,000")


def marketing_sees_the_same_lead_and_figure(page: Page) -> None:
    page.goto("/scoreboard/")
    month = page.get_by_role("region", name="How far the leads").get_by_role("row").nth(1)
    month.get_by_role("link").last.click()
    expect(page).to_have_url(re.compile(r"/leads/\?.*"))
    expect(page.get_by_text("1 lead", exact=True)).to_be_visible()
    page.get_by_role("link", name="Dana Ruiz").click()
    expect(page.locator(".page-header")).to_contain_text("Customer")
    for words in ("Won the deal “Forty sensors”", "Budget is there, decision in March", "25,000"):
        expect(page.locator("main")).to_contain_text(words)
