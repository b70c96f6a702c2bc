"""Who may come in."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Opens
from tests.journeys.people import PASSWORD, fill_in, set_up

pytestmark = pytest.mark.browser


def test_a_wrong_password_opens_nothing_and_the_right_one_what_was_asked_for(opens: Opens) -> None:
    set_up(opens())
    page = opens()
    page.goto("/deals/")
    fill_in(page, email="sofia@halden.example", password="a loud harbour")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.locator("[name=email]")).to_have_value("sofia@halden.example")
    fill_in(page, password=PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Deals")).to_be_visible()
