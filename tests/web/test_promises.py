"""The page that both heads keep open: each promise, how it stands, who answers for it."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accord.agreement.checking import promised
from accord.agreement.queries import running
from accord.agreement.reading import read
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


@pytest.fixture
def page(signed_in: SignedIn, sends: Sends) -> str:
    for number in range(6):
        sends(email=f"person{number}@acme.example", phone="", source="webinar")
    return html.unescape(str(signed_in("head_of_sales").get(reverse("promises")).content, "utf-8"))


def test_every_promise_stands_there_with_its_sentence_and_its_state(page: str) -> None:
    terms = running()
    for promise in read(terms).promises:
        if terms.duty(promise.key):
            assert promise.sentence in page, promise.key
            assert f'id="{promise.key}"' in page, promise.key
    assert "nothing came due yet" in page
    assert "at risk" in page


def test_names_who_answers_for_each_promise(page: str) -> None:
    assert page.count("answers for it") == len(re.findall(r'<div class="mb-4" id="', page))
    assert "(Head of marketing) answers for it" in page
    assert "(Head of sales) answers for it" in page


def test_every_figure_opens_as_many_rows_as_it_says(page: str, signed_in: SignedIn) -> None:
    client = signed_in("rep")
    links = re.findall(r'<a class="figure" href="(/(?:leads|figures)/[^"]*)">([\d,]+)</a>', page)
    assert links
    for address, figure in links:
        listed = str(client.get(address).content, "utf-8")
        shown = re.search(r"([\d,]+) (?:leads?|rows?)\b", listed)
        assert shown, address
        assert shown[1] == figure, address


def test_is_a_pdf_file_too(page: str, signed_in: SignedIn) -> None:
    answer = signed_in("marketer").get(reverse("promises_pdf"), {"month": "2026-10"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="promises-2026-10.pdf"'
    assert answer.content.startswith(b"%PDF-")


def test_a_month_that_is_none_is_refused_in_a_sentence(page: str, signed_in: SignedIn) -> None:
    answer = signed_in("marketer").get(reverse("promises"), {"month": "soon"})
    assert answer.status_code == 422
    assert "is not a month" in str(answer.content, "utf-8")


def test_whether_it_can_be_kept_is_shown_before_signing(page: str, signed_in: SignedIn) -> None:
    number = running().number
    said = str(signed_in("head_of_sales").get(reverse("agreement_version", args=[number])).content)
    address = reverse("deliverability", args=[number])
    assert address in said
    shown = str(signed_in("head_of_sales").get(address).content, "utf-8")
    assert "Attempts possible, a month" in shown
    assert "No deal was won in EUR" in shown


def test_the_agreement_shows_each_promise_in_its_place(signed_in: SignedIn, sends: Sends) -> None:
    sends()
    client = signed_in("rep")
    page = client.get(reverse("agreement")).content.decode()
    here = client.get(reverse("promises_here")).content.decode()
    for key in promised(running().document):
        assert f'id="standing-{key}"' in page, key
        assert f'id="standing-{key}" hx-swap-oob="true"' in here, key
    assert "answers for it" in here
