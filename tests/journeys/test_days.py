"""The rep's day, the manager's and marketing's, walked on a phone of 360 pixels."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Opens
from tests.journeys.people import await_text
from tests.journeys.place import Place
from tests.journeys.test_pass_back import DANA, DAY, SAM, comes_in, opens_shop

pytestmark = pytest.mark.browser
PHONE = 360
A_THUMB = 44  # pixels
# A browser without a telephone asks with what to call, and takes no taps meanwhile.
NO_DIALER = """addEventListener("click", (event) => {
  if (event.target.closest("a[href^='tel:']")) event.preventDefault();
})"""


def fits_a_phone(page: Page) -> None:
    """Nothing runs out of the page, and what one taps is as large as a thumb."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    boxes = [each.bounding_box() for each in page.locator(".acts .btn:visible").all()]
    assert boxes
    assert min(box["height"] for box in boxes if box) >= A_THUMB


def look(page: Page) -> None:
    """A person looks before acting on; meanwhile what was exchanged has settled."""
    page.wait_for_timeout(700)


def test_three_days_on_a_phone(place: Place, opens: Opens) -> None:
    now = datetime.now(UTC)
    place.do(opens_shop, at=now - 30 * DAY)
    place.do(comes_in, at=now, asks_for="demo", **DANA)
    sam = opens(SAM, width=PHONE)
    sam.add_init_script(NO_DIALER)
    await_text(sam, "/handoffs/", "Dana Ruiz")
    card = sam.get_by_role("article")
    sam_calls_and_takes_what_is_proposed(sam, card)
    sam_puts_it_aside_and_takes_it_up(sam, card)
    sam_talks_and_keeps_what_was_heard(sam, card)
    sofia = opens("sofia@example.org", width=PHONE)
    sofia_looks_at_all_and_takes_one_over(sofia)
    sofia_passes_it_back(sofia)
    marketing_keeps_it_and_agrees(opens("mira@example.org", width=PHONE, theme="dark"))


def sam_calls_and_takes_what_is_proposed(page: Page, card: Locator) -> None:
    expect(card).to_contain_text("You asked for a demo and wrote: “We need to replace")
    fits_a_phone(page)
    card.get_by_role("link", name="Call Dana Ruiz").click()
    expect(card.get_by_text("What came of it?")).to_be_visible()
    fits_a_phone(page)
    look(page)
    page.keyboard.press("1")
    expect(card).to_contain_text("1 of 6 promised attempts are made.")
    look(page)
    card.get_by_role("button", name="Take it as the next step").click()
    expect(card).to_contain_text("Call:")


def sam_puts_it_aside_and_takes_it_up(page: Page, card: Locator) -> None:
    look(page)
    card.get_by_role("link", name="Put aside").click()
    expect(card.get_by_text("Until when?")).to_be_visible()
    look(page)
    card.locator("[name=until] + input + button").first.click()
    expect(card).to_contain_text("put aside until then")
    look(page)
    card.get_by_role("button", name="Take it up").click()
    expect(card).not_to_contain_text("put aside until then")


def sam_talks_and_keeps_what_was_heard(page: Page, card: Locator) -> None:
    look(page)
    card.get_by_role("link", name="Log").click()
    look(page)
    fits_a_phone(page)
    card.get_by_role("button", name="Talked with them").click()
    expect(card).to_contain_text("accepted")
    look(page)
    card.get_by_label("What they asked").fill("Does it read Modbus?")
    card.get_by_label("Who else they look at").fill("Endor")
    card.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Kept, on the timeline")).to_be_visible()
    card.get_by_role("link", name="Dana Ruiz", exact=True).click()
    for words in ("Also looks at Endor", "Does it read Modbus?", "Called: no answer"):
        expect(page.locator("#story")).to_contain_text(words)


def sofia_looks_at_all_and_takes_one_over(page: Page) -> None:
    for show, words in (("late", "Nobody waits too long"), ("queue", "The queue is empty.")):
        page.goto(f"/handoffs/?show={show}")
        expect(page.get_by_text(words)).to_be_visible()
    page.goto("/handoffs/?show=all")
    page.get_by_role("link", name="Reassign").click()
    look(page)
    to = page.get_by_label("Who has it from now on")
    to.select_option(to.locator("option", has_text="Sofia Brandt").get_attribute("value"))
    page.get_by_label("Why; both of them read it").fill("Sam is away from tomorrow")
    fits_a_phone(page)
    page.get_by_role("button", name="Give it to them").click()
    expect(page.get_by_text("is with Sofia Brandt now; both know of it.")).to_be_visible()


def sofia_passes_it_back(page: Page) -> None:
    page.goto("/handoffs/")
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.get_by_label("Why does it go back?").select_option(label="Not our ideal customer")
    expect(page.get_by_role("checkbox").first).to_be_checked()
    look(page)
    page.get_by_role("article").get_by_role("button", name="Pass back").click()
    expect(page.get_by_role("article")).to_have_count(0)


def marketing_keeps_it_and_agrees(page: Page) -> None:
    page.goto("/came-back/")
    expect(page.get_by_role("article")).to_contain_text("Not our ideal customer")
    fits_a_phone(page)
    page.get_by_text("What came back, counted").click()
    page.get_by_role("link", name="1 of Not our ideal customer").click()
    page.get_by_role("button", name="Keep it in nurture").click()
    expect(page.get_by_text("Kept in nurture.")).to_be_visible()
    look(page)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.get_by_text("Answered: you agree.")).to_be_visible()
