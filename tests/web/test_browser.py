"""What only a browser shows: keys, forms in place, undo, the lost connection, the theme."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accord.flows.pass_back import Said, pass_back
from accord.handoffs.models import Handoff, PassBack
from accord.leads.models import Lead
from accord.outbox.actions import Telling, tell
from accord.outbox.models import Notification
from accord.teams.models import User
from tests.web.conftest import Sends
from tests.web.fill import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium on this machine."),
    pytest.mark.django_db(transaction=True),
]
Opens = Callable[..., Page]
NO_MAIL_PROGRAM = """document.addEventListener("click", (event) => {
  if (event.target.closest("a[href^='mailto:']")) event.preventDefault();
}, true)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Playwright runs an event loop, in which Django's ORM would refuse to work.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def opens(browser: Browser, live_server: Any, handoff: Handoff, cast: dict[str, User]) -> Opens:
    """Opens a page of the company, signed in as a role; any complaint of the browser fails."""

    def open_as(role: str, path: str = "/", **options: Any) -> Page:
        page = browser.new_context(base_url=live_server.url, **options).new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto("/sign-in/")
        page.get_by_label("E-mail address").fill(cast[role].email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        page.goto(path)
        return page

    return open_as


class TestKeys:
    def test_question_mark_shows_them(self, opens: Opens) -> None:
        page = opens("rep", "/leads/")
        page.keyboard.press("?")

        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()

    def test_work_the_inbox_without_a_mouse(self, opens: Opens, handoff: Handoff) -> None:
        page = opens("rep", "/handoffs/")
        page.keyboard.press("a")  # nothing: one is on no row yet
        page.keyboard.press("j")
        page.keyboard.press("a")

        expect(page.get_by_text("Accepted: Dana Ruiz.")).to_be_visible()
        handoff.refresh_from_db()
        assert handoff.state == "accepted"


class TestAnsweringSeveral:
    def test_one_box_ticks_all_of_a_reason_and_shows_how_they_stand(
        self, opens: Opens, sends: Sends
    ) -> None:
        for name in ("Eva Lund", "Ida Berg"):
            sends(email=f"{name[:3].lower()}@x.example", name=name, phone="")
        reasons = ["no_need", "no_need", "not_ideal"]
        for handoff, reason in zip(Handoff.objects.order_by("id"), reasons, strict=True):
            assert handoff.owner_id
            said, now = Said(reason), datetime.now(UTC)
            pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=now)
        page = opens("marketer", "/came-back/")
        every = page.get_by_role("checkbox", name="All that is shown")
        ticks = page.get_by_role("checkbox", name=re.compile("^Tick "))

        page.get_by_role("checkbox", name="No need now").focus()
        page.keyboard.press("Space")
        assert [each.is_checked() for each in ticks.all()] == [True, True, False]
        assert every.evaluate("box => box.indeterminate")
        ticks.last.check()
        expect(every).to_be_checked()
        every.uncheck()
        assert not any(each.is_checked() for each in ticks.all())
        page.get_by_role("checkbox", name="No need now").check()
        page.get_by_role("button", name="Agree").first.click()
        expect(page.get_by_text("Answered: you agree. 2 leads.")).to_be_visible()


class TestPassingBack:
    def test_opens_in_place_says_what_will_happen_and_can_be_undone(
        self, opens: Opens, handoff: Handoff
    ) -> None:
        page = opens("rep", "/handoffs/")
        page.keyboard.press("j")
        page.keyboard.press("p")
        page.get_by_label("Why does it go back?").select_option("no_need")
        expect(page.locator("[data-for=no_need]")).to_contain_text("It may return after")
        page.get_by_role("button", name="Pass back").click()

        expect(page.get_by_text("was passed back: No need now")).to_be_visible()
        expect(page.get_by_role("heading", name="Dana Ruiz")).to_have_count(0)
        page.get_by_role("button", name=re.compile("Undo")).click()
        expect(page.get_by_role("heading", name="Dana Ruiz")).to_be_visible()
        assert PassBack.objects.get().undone_at is not None

    def test_asks_only_for_what_the_chosen_reason_needs(self, opens: Opens) -> None:
        page = opens("rep", "/handoffs/")
        page.keyboard.press("j")
        page.keyboard.press("p")
        page.get_by_label("Why does it go back?").select_option("competitor")

        expect(page.get_by_label("Which one?")).to_be_visible()
        expect(page.get_by_label("When shall we come back?")).to_be_hidden()


class TestRefusals:
    def test_are_said_at_their_field_until_it_is_right(self, opens: Opens) -> None:
        page = opens("rep", "/handoffs/")
        page.keyboard.press("j")
        page.keyboard.press("n")
        due = page.get_by_label("By when")
        due.fill("2020-01-01T10:00")
        page.get_by_role("button", name="Plan it").click()
        sentence = page.get_by_text("That moment has passed; plan a later one.")
        expect(page.locator(".in-place").filter(has=sentence)).to_be_visible()
        expect(due).to_have_attribute("aria-invalid", "true")
        expect(due).to_be_focused()
        due.fill(f"{datetime.now(UTC).date() + timedelta(days=30)}T10:00")
        page.get_by_role("button", name="Plan it").click()
        expect(page.get_by_text("Planned: Dana Ruiz.")).to_be_visible()
        expect(sentence).to_have_count(0)


class TestWriting:
    def test_opens_where_it_is_logged_beside_the_mail(self, opens: Opens, handoff: Handoff) -> None:
        Lead.objects.filter(id=handoff.lead_id).update(phone=None)
        page = opens("rep", "/handoffs/")
        page.evaluate(NO_MAIL_PROGRAM)
        page.keyboard.press("j")
        page.keyboard.press("w")
        expect(page.get_by_text("What came of it? One tap logs it.")).to_be_visible()
        expect(page.get_by_label("How", exact=True)).to_have_value("email")


class TestConnection:
    def test_that_is_lost_is_said_and_what_was_typed_is_kept(
        self, opens: Opens, handoff: Handoff
    ) -> None:
        page = opens("rep", f"/leads/{handoff.lead_id}/")
        page.get_by_label("What to keep").fill("They prefer mornings")
        page.context.set_offline(True)
        expect(page.get_by_text("The connection is lost")).to_be_visible()

        page.context.set_offline(False)
        page.reload()

        expect(page.get_by_label("What to keep")).to_have_value("They prefer mornings")


class TestTheme:
    def test_is_switched_without_loading_and_remembered(self, opens: Opens) -> None:
        page = opens("rep", "/", color_scheme="light")
        page.get_by_role("button", name="Light or dark").first.click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

        page.goto("/leads/")

        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def hear_first(page: Page) -> None:
    """The page has asked once what is new; what comes from now on is news to it."""
    with page.expect_response("**/live/", timeout=20_000):
        page.reload()


class TestAReplay:
    @pytest.mark.parametrize(("width", "moves"), [(360, True), (1280, False)])
    def test_shows_what_came_of_it_at_once(self, opens: Opens, width: int, moves: bool) -> None:
        page = opens("rep", "/routing/simulation/", viewport={"width": width, "height": 640})
        page.get_by_role("button", name="Replay").click()
        expect(page.get_by_text("1 handoff was replayed")).to_be_in_viewport()
        assert bool(page.evaluate("window.scrollY")) is moves


class TestLive:
    def test_a_new_lead_is_told_counted_and_offered_without_moving_the_list(
        self, opens: Opens, handoff: Handoff, sends: Callable[..., Any], cast: dict[str, User]
    ) -> None:
        page = opens("rep", "/handoffs/")
        hear_first(page)
        before = page.locator(".work-row").first.bounding_box()
        lead = sends(email="kim@acme-tools.example", name="Kim Adler", phone="+4930999999")
        Handoff.objects.filter(lead_id=lead.id).update(owner=cast["rep"])
        told = Notification.objects.filter(subject__contains="Kim Adler", channel="app")
        told.update(user_id=cast["rep"].id)

        expect(
            page.get_by_role("button", name=re.compile("A lead for you: Kim Adler"))
        ).to_be_visible(timeout=20_000)
        expect(page.locator(".navbar [data-count=handoffs]")).to_have_text("2")
        expect(page).to_have_title(re.compile(r"^\(\d+\) "))
        assert page.locator(".work-row").first.bounding_box() == before
        page.get_by_role("link", name="1 new lead: show").click()
        expect(page.get_by_role("heading", name="Kim Adler")).to_be_visible()

    def test_what_is_told_leads_to_what_it_is_about(
        self, opens: Opens, handoff: Handoff, cast: dict[str, User]
    ) -> None:
        page = opens("rep", "/leads/")
        hear_first(page)
        said = Telling(
            handoff.id,
            cast["rep"].id,
            "lead.wrote",
            "Dana wrote",
            link=f"/leads/{handoff.lead_id}/",
        )
        tell(tellings=[said], at=datetime.now(UTC))
        page.get_by_role("button", name="Dana wrote").click(timeout=20_000)

        expect(page.get_by_role("heading", name="Dana Ruiz").first).to_be_visible()


class TestPush:
    def test_the_worker_may_run_and_a_browser_that_refuses_is_told_how_to_allow_it(
        self, opens: Opens
    ) -> None:
        page = opens("rep", "/notifications/settings/")
        registered = page.evaluate(
            "navigator.serviceWorker.register(document.querySelector('[data-worker]').dataset.worker)"
            ".then((worker) => worker.scope)"
        )
        assert registered.endswith("/static/")
        page.get_by_role("button", name="Tell me in this browser").click()
        expect(page.get_by_text("The browser does not allow it.")).to_be_visible()
