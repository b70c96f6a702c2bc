"""From an empty Accord and a spreadsheet of one's own to a first answered handoff.

The clicks are written down in docs/first-five-minutes.md; this journey counts them.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Opens
from tests.journeys.people import fill_in

pytestmark = pytest.mark.browser
CLICKS = 11
FILE = """\
First Name,Last Name,Email,Phone Number,Company,Job Title,Employees,Lead Source,Created,Comments
Dana,Ruiz,dana@acme-tools.example,+49 30 1234567,Acme Tools,Head of Operations,120,Webinar,\
2026-05-04,Replace our spreadsheets before June
Ben,Adler,ben@cedar-foods.example,+49 30 7654321,Cedar Foods,Plant Manager,85,Trade show,\
2026-05-11,Level sensors for two tanks
Ines,Kaya,ines@isar-water.example,,Isar Water,Process Engineer,40,Website,2026-06-02,
Hugo,Lang,,,Delta Works,Purchasing Manager,300,Website,2026-06-09,Call me
Olga,Meyer,olga@fjord-mining.example,+49 40 998877,Fjord Mining,,,Referral,2026-06-30,\
Our meters drift
"""


class Hand:
    """Clicks, and counts them; the file dialog of the system counts as two."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def choose(self, field: Locator, path: Path) -> None:
        field.set_input_files(path)
        self.clicks += 3


def test_a_spreadsheet_leads_to_a_first_answered_handoff(opens: Opens, tmp_path: Path) -> None:
    page, hand = opens(), Hand()
    path = tmp_path / "our leads.csv"
    path.write_text(FILE)
    sets_up_alone(page, hand)
    sees_what_the_file_would_do(page, hand, path)
    brings_it_in_and_reads_what_is_ready(page, hand)
    answers_the_first_handoff(page, hand)
    assert hand.clicks == CLICKS


def sets_up_alone(page: Page, hand: Hand) -> None:
    page.goto("/")
    fill_in(page, company="Halden", name="Sofia Brandt", email="sofia@halden.example")
    fill_in(page, password="a quiet harbour")
    hand.click(page.get_by_label("Head of marketing"))
    hand.click(page.get_by_role("button", name="Set up"))
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()


def sees_what_the_file_would_do(page: Page, hand: Hand, path: Path) -> None:
    hand.click(page.get_by_role("link", name="Bring in your leads"))
    hand.choose(page.locator("input[type=file]"), path)
    hand.click(page.get_by_role("button", name="Look at it"))
    says = [page.get_by_label(column, exact=True) for column in ("Email", "Comments", "Created")]
    expect(says[0]).to_have_value("email")
    expect(says[1]).to_have_value("message")
    expect(says[2]).to_have_value("happened_at")
    expect(page.locator("main")).to_contain_text("Dana Ruiz")
    expect(page.locator("main")).to_contain_text("Line 5 would be refused")
    expect(page.locator("dl.facts")).to_contain_text("Refused")


def brings_it_in_and_reads_what_is_ready(page: Page, hand: Hand) -> None:
    hand.click(page.get_by_role("button", name="Bring it in"))
    expect(page.get_by_text("leads would be ready for sales")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Line 5:")
    hand.click(page.get_by_role("button", name="Hand over"))


def answers_the_first_handoff(page: Page, hand: Hand) -> None:
    call = page.get_by_role("link", name="Call")
    card = page.get_by_role("article").filter(has=call).first
    expect(card.locator("time.clock")).to_be_visible()
    hand.click(card.get_by_role("link", name="Call"))
    hand.click(card.get_by_role("button", name="Talked with them"))
    expect(page.get_by_text("accepted").first).to_be_visible()
