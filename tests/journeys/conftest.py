"""A browser, Accords of one's own to walk through, and pages that must not complain."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.journeys.place import Place, a_place

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 30_000  # milliseconds; a machine at work on much else is slow
# What opens a tapped number is a window of the system's, which would take all further input.
NO_TELEPHONE = """document.addEventListener("click", (event) => {
  if (event.target.closest("a[href^='tel:'], a[href^='mailto:']")) event.preventDefault();
}, true)"""
Opens = Callable[..., Page]


def chromium() -> str | None:
    """The machine's own Chromium, if it has one."""
    named = os.environ.get("ACCORD_CHROMIUM", "")
    return next(filter(None, map(shutil.which, (named, *NAMES))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium, one skipped test says so for all of them."""
    journeys = sorted(
        (item for item in items if item.get_closest_marker("browser")), key=lambda item: item.nodeid
    )
    if not journeys or chromium():
        return
    first, *others = journeys
    why = "No Chromium here, so no journeys: install it or name it in ACCORD_CHROMIUM."
    first.add_marker(pytest.mark.skip(reason=why))
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(
        filter(None, map(shutil.which, (os.environ.get("ACCORD_CHROMIUM", ""), *NAMES))), ""
    )
    if not path:
        pytest.skip("No Chromium here, so no journeys: install it or name it in ACCORD_CHROMIUM.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def place(browser: Browser, django_db_blocker: DjangoDbBlocker) -> Iterator[Place]:
    """An empty Accord with its worker."""
    with a_place(django_db_blocker) as place:
        yield place


@contextmanager
def pages_of(browser: Browser, place: Place) -> Iterator[Opens]:
    """Opens pages, each as somebody with a browser of their own; none may complain."""
    complaints: list[str] = []
    contexts = []

    def open_page(email: str = "", *, width: int = 1280, theme: str = "light") -> Page:
        context = browser.new_context(
            base_url=place.address,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if theme == "dark" else "light",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        contexts.append(context)
        if email:
            context.add_cookies([place.cookie(email)])  # type: ignore[list-item]
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(NO_TELEPHONE)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text}")
                if said.type in ("error", "warning") and not _is_expected(said.text)
                else None
            ),
        )
        return page

    try:
        yield open_page
    finally:
        for context in contexts:
            context.close()
    assert complaints == []


def _is_expected(said: str) -> bool:
    """An answer that refuses something is shown on the page; browsers also say it here."""
    return "the server responded with a status of 4" in said


@pytest.fixture
def opens(browser: Browser, place: Place) -> Iterator[Opens]:
    with pages_of(browser, place) as opens:
        yield opens
