"""A rep asks for content on a lead's page, a marketer delivers it, and the rep finds it."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Opens
from tests.journeys.people import await_text, send_form
from tests.journeys.place import Place
from tests.journeys.test_pass_back import DANA, SAM, opens_shop

pytestmark = pytest.mark.browser
NEED = "What a board of a utility has to see before it signs"
LINK = "https://example.com/case-utility"


def test_what_sales_asks_for_is_made_and_found(place: Place, opens: Opens) -> None:
    place.do(opens_shop, at=datetime.now(UTC) - timedelta(days=30))
    sam, mira, dana = opens(SAM, width=360), opens("mira@example.org"), opens()
    send_form(dana, "Show me a demo", **DANA)
    await_text(sam, "/handoffs/", "Dana Ruiz")
    sam_asks_on_the_leads_page(sam)
    mira_makes_it(mira)
    sam_finds_it(sam)
    both_see_the_promise_kept(mira)


def sam_asks_on_the_leads_page(page: Page) -> None:
    page.get_by_role("article").get_by_role("link", name="Dana Ruiz", exact=True).click()
    page.get_by_role("link", name="Ask for content").click()
    expect(page.get_by_text("For Dana Ruiz.")).to_be_visible()
    page.get_by_label("What", exact=True).select_option(label="Case study")
    page.get_by_label("What it has to say, and to whom").fill(NEED)
    page.get_by_label("Others could use it, too").check()
    page.get_by_role("button", name="Ask marketing").click()
    expect(page.get_by_text("You hear from marketing by")).to_be_visible()
    story = page.locator("#story")
    expect(story).to_contain_text("Asked marketing for content: Case study")
    expect(story).to_contain_text(NEED)


def mira_makes_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Case study for Dana Ruiz").click()
    card = page.get_by_role("article").filter(has_text=NEED)
    card.get_by_role("button", name="Make it").click()
    expect(card).to_contain_text("Mira Lind makes it")
    card.get_by_role("button", name="Deliver").click()
    expect(page.get_by_text("Give a link to it, or the answer in words.")).to_be_visible()
    card.get_by_label("Link to it").fill(LINK)
    card.get_by_role("button", name="Deliver").click()
    expect(card).to_contain_text("Delivered")
    expect(card.get_by_role("link", name=LINK)).to_be_visible()


def sam_finds_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="It is there: Case study for Dana Ruiz").click()
    card = page.get_by_role("article")
    expect(card.get_by_role("link", name=LINK)).to_have_attribute("href", LINK)
    card.get_by_role("link", name="Dana Ruiz", exact=True).click()
    expect(page.locator("#story")).to_contain_text("Delivered what sales asked for: Case study")


def both_see_the_promise_kept(page: Page) -> None:
    page.goto("/promises/")
    promise = page.locator("#content").filter(has_text="Content that sales asks for")
    expect(promise).to_contain_text("kept")
    expect(promise).to_contain_text("1 of 1")
