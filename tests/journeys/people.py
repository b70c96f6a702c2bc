"""What people do on the pages, in the words that stand there."""

from playwright.sync_api import Page, expect

PASSWORD = "a quiet harbour"
A_PERSON_NEEDS = 3_200  # milliseconds: who fills in a form more quickly is taken for a program


def fill_in(page: Page, **fields: str) -> None:
    """Type into fields by their name."""
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def set_up(page: Page, *roles: str) -> None:
    """Set up a company that works at all hours, as somebody who is head of sales and admin."""
    page.goto("/")
    expect(page.get_by_role("heading", name="Set up yours")).to_be_visible()
    fill_in(page, company="Halden Instruments", name="Sofia Brandt", email="sofia@halden.example")
    fill_in(page, password=PASSWORD, **{"from": "00:00", "until": "23:59"})
    for day in ("Sat", "Sun"):
        page.get_by_label(day).check()
    for role in roles:
        page.get_by_label(role, exact=True).check()
    page.get_by_role("button", name="Set up").click()


def join(page: Page, link: str, name: str) -> None:
    """Follow an invitation's link and join."""
    page.goto(link)
    fill_in(page, name=name, email=f"{name.split()[0].lower()}@halden.example", password=PASSWORD)
    page.get_by_role("button", name="Join").click()


def sign(page: Page, seat: str) -> None:
    """Sign the agreement at its end."""
    page.goto("/agreement/")
    page.get_by_role("button", name=f"Sign as {seat}").click()


def send_form(page: Page, asks_for: str, **fields: str) -> None:
    """Fill in the hosted form as a prospect, no quicker than people do."""
    page.goto("/f/contact/")
    fill_in(page, **fields)
    page.get_by_label(asks_for).check()
    page.wait_for_timeout(A_PERSON_NEEDS)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def await_text(page: Page, address: str, text: str) -> None:
    """Look at a page again and again until the worker has done its part."""
    for _ in range(30):
        page.goto(address)
        if page.get_by_text(text).first.is_visible():
            return
        page.wait_for_timeout(300)
    raise AssertionError(f"{text!r} does not appear at {address}:\n{page.inner_text('main')}")
