"""Who may come in, and who may open what."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from accord.sample.actions import fill
from tests.journeys.conftest import Opens
from tests.journeys.people import PASSWORD, fill_in, set_up
from tests.journeys.place import Place

pytestmark = pytest.mark.browser


def test_a_wrong_password_opens_nothing_and_the_right_one_what_was_asked_for(opens: Opens) -> None:
    set_up(opens())
    page = opens()
    page.goto("/deals/")
    for password, heading in (("a loud harbour", "Sign in"), (PASSWORD, "Deals")):
        fill_in(page, email="sofia@halden.example", password=password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        if heading == "Sign in":
            expect(page.get_by_role("alert")).to_contain_text("do not belong together")
            expect(page.locator("[name=email]")).to_have_value("sofia@halden.example")
