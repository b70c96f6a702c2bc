"""A lead is passed back in place, and what happens next brings it to sales a second time."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from accord.flows.pass_back import Said, pass_back
from accord.flows.receive import Incoming, receive
from accord.flows.take_in import take_in_waiting
from accord.handoffs.actions.pools import default_pool, leave_pool
from accord.handoffs.models import Handoff
from accord.leads.models import Door
from tests.journeys.conftest import Opens
from tests.journeys.people import await_text, send_form
from tests.journeys.place import Place
from tests.web.fill import people

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)
SAM = "sam@example.org"
DANA = {
    "name": "Dana Ruiz",
    "email": "dana@acme-tools.example",
    "phone": "+4930123456",
    "company": "Acme Tools",
    "message": "We need to replace our spreadsheets",
}


def opens_shop(at: datetime) -> None:
    """A company with a person for each role; Sam alone takes what is handed over."""
    sofia = people(at)["head_of_sales"]
    pool = default_pool()
    assert pool is not None
    leave_pool(pool=pool, users={sofia.id}, at=at)


def comes_in(at: datetime, **body: str) -> None:
    """Somebody sends something; they are taken in if that is long ago, else the worker does it."""
    receive(submissions=[Incoming(body)], door=Door.API, by=None, at=at)
    if datetime.now(UTC) - at > DAY:
        take_in_waiting(at=at)


def goes_back(reason: str, at: datetime) -> None:
    """The one open handoff is passed back by its owner."""
    handoff = Handoff.objects.get(disposed_at__isnull=True)
    pass_back(handoffs=[handoff.id], said=Said(reason), by=handoff.owner_id, at=at)


def test_what_is_passed_back_comes_again(place: Place, opens: Opens) -> None:
    now = datetime.now(UTC)
    place.do(opens_shop, at=now - 200 * DAY)
    passed_back_long_ago(place, now)
    sam, mira, dana = opens(SAM), opens("mira@example.org"), opens()
    send_form(dana, "Show me a demo", **DANA)
    await_text(sam, "/handoffs/", "Dana Ruiz")
    sam_passes_it_back_and_thinks_better_of_it(sam)
    sam_passes_it_back_until_a_day(sam)
    marketing_reads_why(mira)
    asking_again_brings_it_back_whatever_the_day(sam, dana)
    something_new_after_the_day_brings_the_other_one_back(place, sam)


def passed_back_long_ago(place: Place, now: datetime) -> None:
    lena = {"name": "Lena Fuchs", "email": "lena@kepler-water.example", "employees": "300"}
    place.do(comes_in, at=now - 120 * DAY, asks_for="demo", need="New level sensors", **lena)
    place.do(goes_back, reason="no_need", at=now - 119 * DAY)


def choose(page: Page, reason: str) -> None:
    page.get_by_role("link", name="Pass back").click()
    page.get_by_label("Why does it go back?").select_option(label=reason)


def sam_passes_it_back_and_thinks_better_of_it(page: Page) -> None:
    choose(page, "No budget")
    expect(page.get_by_label("When is the next budget decided?")).to_be_visible()
    expect(page.get_by_label("Which one?")).to_be_hidden()
    expect(page.get_by_role("article")).to_contain_text("It may return after")
    page.get_by_role("button", name="Pass back").click()
    expect(page.get_by_role("article")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("article")).to_contain_text("Dana Ruiz")


def sam_passes_it_back_until_a_day(page: Page) -> None:
    choose(page, "Timing later")
    later = datetime.now(UTC).date() + 100 * DAY
    page.get_by_label("When shall we come back?").fill(later.isoformat())
    page.get_by_role("textbox", name="What marketing should know").fill("After the audit")
    page.get_by_role("button", name="Pass back").click()
    expect(page.get_by_text("Dana Ruiz was passed back: Timing later.")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)


def marketing_reads_why(page: Page) -> None:
    page.goto("/came-back/")
    row = page.get_by_role("article").filter(has_text="Dana Ruiz")
    for words in ("Timing later", "After the audit", "not before"):
        expect(row).to_contain_text(words)


def asking_again_brings_it_back_whatever_the_day(sam: Page, dana: Page) -> None:
    send_form(
        dana, "Send me a price", **DANA | {"message": "The audit is over, what does it cost?"}
    )
    await_text(sam, "/handoffs/", "Dana Ruiz")
    card = sam.get_by_role("article")
    expect(card).to_contain_text("The audit is over")
    card.get_by_role("button", name="Accept").click()
    expect(card).to_contain_text("accepted")


def something_new_after_the_day_brings_the_other_one_back(place: Place, sam: Page) -> None:
    visit = {"event": "pricing.visited", "event_name": "Prices"}
    place.do(comes_in, at=datetime.now(UTC), email="lena@kepler-water.example", **visit)
    await_text(sam, "/handoffs/", "Lena Fuchs")
    card = sam.get_by_role("article").filter(has_text="Lena Fuchs")
    card.get_by_role("button", name="Accept").click()
    expect(card).to_contain_text("accepted")
    card.get_by_role("link", name="Lena Fuchs", exact=True).click()
    story = sam.locator("#story")
    expect(story.get_by_text("Accepted the lead")).to_be_visible()
    expect(story).to_contain_text("No need now")
    expect(sam.locator(".page-header")).to_contain_text("Sales-accepted lead")
