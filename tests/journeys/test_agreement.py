"""The agreement changes: put together, tried on the past, proposed, discussed, signed, in force."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from accord.flows.receive import Incoming, receive
from accord.flows.take_in import take_in_waiting
from accord.leads.models import Door
from tests.journeys.conftest import Opens
from tests.journeys.people import await_text
from tests.journeys.place import Place
from tests.web.fill import people

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)
BUYERS = ("Lena Fuchs", "Olga Kaya")


def opens_shop(at: datetime) -> None:
    """A company with a person for each role, and two buyers of whom the agreement thinks little."""
    people(at)
    bodies = [
        {
            "name": name,
            "email": f"{name.split()[0].lower()}@kepler.example",
            "job_title": "Buyer",
            "need": "New level sensors",
        }
        for name in BUYERS
    ]
    receive(submissions=map(Incoming, bodies), door=Door.API, by=None, at=at + DAY)
    take_in_waiting(at=at + DAY)


def test_from_a_thought_to_leads_that_move(place: Place, opens: Opens) -> None:
    place.do(opens_shop, at=datetime.now(UTC) - 60 * DAY)
    mira, sofia, marek = (opens(f"{name}@example.org") for name in ("mira", "sofia", "marek"))
    stage_is(mira, "Inquiry")
    mira_puts_it_together(mira)
    mira_tries_it_on_the_past(mira)
    mira_proposes_it(mira)
    sofia_asks_and_mira_answers(sofia, mira)
    both_heads_sign(sofia, marek)
    await_text(mira, "/leads/?stage=mql", BUYERS[0])
    stage_is(mira, "MQL")


def stage_is(page: Page, stage: str) -> None:
    page.goto("/leads/")
    for name in BUYERS:
        expect(page.get_by_role("row", name=name)).to_contain_text(stage)


def mira_puts_it_together(page: Page) -> None:
    """A buyer is marketing-qualified, too."""
    page.goto("/agreement/")
    page.get_by_role("link", name="Change: Marketing-qualified lead (MQL)").click()
    expect(page.get_by_text("Meet it", exact=True)).to_be_visible()
    page.locator("button[value='ask-1']").click()
    asked = page.get_by_placeholder("Search: what is asked?").and_(page.locator(":focus"))
    asked.fill("Job title")
    asked.press("Tab")
    value = page.get_by_label("Job title: Value").and_(page.locator("input[value='']"))
    value.fill("buyer")
    value.press("Tab")
    met = page.locator("#count li").first
    expect(met).to_contain_text("2")
    expect(met.get_by_role("link", name=BUYERS[0])).to_be_visible()
    page.get_by_role("button", name="Put it into the proposal").click()
    expect(page.get_by_text("Job title is buyer").first).to_be_visible()


def mira_tries_it_on_the_past(page: Page) -> None:
    page.get_by_label("Which definition").select_option(label="Marketing-qualified lead (MQL)")
    page.get_by_role("button", name="Back-test it").click()
    go_on = page.get_by_role("link", name="Go on with “This proposal”")
    expect(go_on).to_be_visible()
    expect(page.locator("#back-test")).to_contain_text("2 leads")
    go_on.click()


def mira_proposes_it(page: Page) -> None:
    page.get_by_label("Why it should change").fill("Buyers buy.")
    page.get_by_role("button", name="See what it changes").click()
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_text("Both heads are told")).to_be_visible()


def sofia_asks_and_mira_answers(sofia: Page, mira: Page) -> None:
    sofia.goto("/agreement/2/")
    expect(sofia.get_by_text("Buyers buy.")).to_be_visible()
    change = sofia.locator(".changes dd").first
    change.get_by_text("Say something of it").click()
    change.get_by_role("textbox").fill("Do they have a budget?")
    change.get_by_role("button", name="Say it").click()
    mira.goto("/agreement/2/")
    expect(mira.get_by_text("Do they have a budget?")).to_be_visible()
    answer = mira.locator(".changes dd").first
    answer.get_by_text("Answer").click()
    answer.get_by_role("textbox").fill("Two of three do.")
    answer.get_by_role("button", name="Say it").click()


def both_heads_sign(sofia: Page, marek: Page) -> None:
    sofia.goto("/agreement/2/")
    expect(sofia.get_by_text("Two of three do.")).to_be_visible()
    sofia.get_by_role("button", name="Sign as Head of sales").click()
    expect(sofia.get_by_text("when the other head has signed too")).to_be_visible()
    marek.goto("/agreement/2/")
    marek.get_by_role("button", name="Sign as Head of marketing").click()
    expect(marek.get_by_text("Signed. The agreement is in force.")).to_be_visible()
