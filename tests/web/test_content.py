"""The pages on which sales asks for content and marketing answers."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.content.actions import Wanted
from accord.content.models import ContentRequest
from accord.flows.ask_for_content import answer_requests, ask_for_content, take_requests
from accord.flows.close import open_deal
from accord.handoffs.models import Handoff
from accord.teams.models import User

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db
NEED = "Proof for a <water> utility"
LIST = "/content/requests/"


def text(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def nonce_of(page: HttpResponse) -> str:
    return page.content.decode().split('name="nonce" value="')[1].split('"')[0]


def asks(client: Client, query: str = "", **fields: str) -> HttpResponse:
    address = reverse("content_request_new") + query
    given = {"piece": "case_study", "need": NEED, **fields}
    return client.post(address, {"nonce": nonce_of(client.get(address)), **given})


def act(client: Client, name: str, request: ContentRequest, **fields: str) -> HttpResponse:
    address = reverse(f"content_request_{name}", args=[request.id])
    return client.post(address, fields, headers={"HX-Request": "true"})


def test_a_rep_asks_from_a_lead_and_reads_the_answer(signed_in: SignedIn, handoff: Handoff) -> None:
    rep, marketer = signed_in("rep"), signed_in("marketer")
    lead_page = reverse("lead", args=[handoff.lead_id])
    assert f"/content/requests/new/?lead={handoff.lead_id}" in text(rep.get(lead_page))
    answer = asks(rep, f"?lead={handoff.lead_id}", lead=str(handoff.lead_id), is_reusable="yes")
    assert answer["Location"] == lead_page
    request = ContentRequest.objects.get()
    assert (request.lead_id, request.is_reusable) == (handoff.lead_id, True)
    assert "Asked marketing for content: Case study" in text(rep.get(lead_page))

    assert "asks for content: Case study for Dana Ruiz" in text(marketer.get("/"))
    listed = marketer.get(LIST)
    assert "Proof for a &lt;water&gt; utility" in listed.content.decode()
    assert "It is yours." in text(act(marketer, "taking", request))
    link = "https://example.com/study"
    shown = act(marketer, "answer", request, answer="delivered", link=link)
    assert f'href="{link}"' in shown.content.decode()
    assert "It is there: Case study for Dana Ruiz" in text(rep.get("/"))
    assert link in text(rep.get(f"{LIST}?request={request.id}"))
    assert NEED not in text(rep.get(LIST))
    assert NEED in text(rep.get(f"{LIST}?show=mine"))


def test_of_a_deal_its_value_stands_there(signed_in: SignedIn, handoff: Handoff) -> None:
    rep = signed_in("rep")
    deal = open_deal(
        lead=handoff.lead_id,
        title="Forty sensors",
        amount="12000",
        by=handoff.owner_id,
        at=timezone.now(),
    )
    assert f"/content/requests/new/?deal={deal}" in text(rep.get(reverse("deals")))
    form = text(rep.get(f"/content/requests/new/?deal={deal}"))
    assert "Dana Ruiz" in form
    assert f'<option value="{deal}" selected>' in form
    asks(rep, f"?deal={deal}", deal=str(deal), lead=str(handoff.lead_id))
    assert ContentRequest.objects.get().deal_id == deal
    shown = text(rep.get(LIST))
    assert "Forty sensors" in shown
    assert "12,000 EUR" in shown


def test_what_is_wrong_is_said_and_what_was_typed_stays(signed_in: SignedIn) -> None:
    rep = signed_in("rep")
    day = (timezone.now() - timedelta(days=9)).date().isoformat()
    answer = asks(rep, needed_on=day)
    assert answer.status_code == 422
    assert "This day is over" in text(answer)
    assert NEED in text(answer)
    assert not ContentRequest.objects.exists()
    for wrong in ({"needed_on": "soon"}, {"piece": "sonnet"}, {"need": " "}):
        assert asks(rep, **wrong).status_code == 422
    assert rep.get("/content/requests/new/?lead=1").status_code == 422


def test_a_form_sent_twice_asks_once(signed_in: SignedIn) -> None:
    rep, address = signed_in("rep"), reverse("content_request_new")
    given = {"nonce": nonce_of(rep.get(address)), "piece": "other", "need": NEED}
    for _time in range(2):
        assert rep.post(address, given).status_code == 302
    assert ContentRequest.objects.count() == 1


def test_who_is_slower_reads_who_was_faster(signed_in: SignedIn, cast: dict[str, User]) -> None:
    asks(signed_in("rep"))
    request, at = ContentRequest.objects.get(), timezone.now()
    take_requests(requests=[request.id], by=cast["head_of_marketing"].id, at=at)
    marketer = signed_in("marketer")
    assert "Marek Nowak makes it" in text(marketer.get(LIST))
    assert reverse("content_request_answer", args=[request.id]) not in text(marketer.get(LIST))
    assert NEED not in text(marketer.get("/"))
    answer = act(marketer, "answer", request, answer="delivered", words="x")
    assert answer.status_code == 409
    assert "Marek Nowak has taken this on" in text(answer)
    answer = act(signed_in("head_of_marketing"), "answer", request, answer="delivered", words="")
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#notices"  # the request itself stays where it is


def test_who_asked_may_withdraw(signed_in: SignedIn) -> None:
    rep = signed_in("rep")
    asks(rep)
    request = ContentRequest.objects.get()
    withdrawal = reverse("content_request_withdrawal", args=[request.id])
    assert withdrawal in text(rep.get(LIST))
    assert withdrawal not in text(signed_in("head_of_sales").get(LIST))
    assert act(signed_in("head_of_sales"), "withdrawal", request).status_code == 409
    assert "Withdrawn" in text(act(rep, "withdrawal", request))
    assert "Nothing is asked for" in text(rep.get(LIST))


def test_an_empty_page_says_what_to_do_first(signed_in: SignedIn) -> None:
    assert "Do you miss a case study" in text(signed_in("rep").get(LIST))
    assert "What sales asks for stands here" in text(signed_in("marketer").get(LIST))


def test_a_miss_stands_among_the_leaks_with_or_without_a_lead(
    signed_in: SignedIn, cast: dict[str, User]
) -> None:
    asks(signed_in("rep"))
    late = timezone.now() - timedelta(hours=1)
    ContentRequest.objects.update(due_at=late, asked_at=late - timedelta(days=20))
    page = text(signed_in("head_of_marketing").get(reverse("leaks")))
    request = ContentRequest.objects.get()
    assert "Asked for, and no answer" in page
    assert f"{LIST}?request={request.id}" in page
    assert f"Case study: {NEED}" in page
    assert "may not see" not in page
    rows = text(signed_in("rep").get("/figures/content_past_due/"))
    assert f"Case study: {NEED}" in rows
    answer_requests(
        requests=[request.id],
        answer="turned_down",
        words="No.",
        link="",
        by=cast["marketer"].id,
        at=timezone.now(),
    )
    assert NEED not in text(signed_in("rep").get("/figures/content_past_due/"))


def test_what_is_needed_before_it_is_promised_comes_first(
    signed_in: SignedIn, cast: dict[str, User]
) -> None:
    now = timezone.now()
    soon = (now + timedelta(days=2)).date()
    wanted = [
        Wanted(piece="other", need=f"Piece {n}", needed_on=soon if n == 2 else None)
        for n in range(3)
    ]
    for each in wanted:
        ask_for_content(wanted=[each], by=cast["rep"].id, at=now)
    page = text(signed_in("marketer").get(LIST))
    assert page.index("Piece 2") < page.index("Piece 0") < page.index("Piece 1")


def test_marketing_sees_beside_the_place_how_many_wait(
    signed_in: SignedIn, cast: dict[str, User]
) -> None:
    asks(signed_in("rep"))
    badge = 'data-count="content_requests"'
    marketer = signed_in("marketer")
    assert re.search(f"{badge}>1<", marketer.get("/").content.decode())
    assert marketer.get("/live/").json()["counts"]["content_requests"] == 1
    assert re.search(f"{badge} hidden>0<", signed_in("rep").get("/").content.decode())
    request = ContentRequest.objects.get()
    act(signed_in("head_of_marketing"), "taking", request)
    assert marketer.get("/live/").json()["counts"]["content_requests"] == 0


def test_a_page_of_many_goes_on(signed_in: SignedIn, cast: dict[str, User]) -> None:
    asks(signed_in("rep"))
    one = ContentRequest.objects.get()
    for _number in range(34):
        one.id = one._meta.get_field("id").get_default()
        one.save(force_insert=True)
    client = signed_in("marketer")
    assert "Show more (5 left)" in text(client.get(LIST))
    assert client.get(f"{LIST}?begin={10**30}").status_code == 200
    more = client.get(f"{LIST}?show=open&begin=30", headers={"HX-Request": "true"})
    assert more.content.decode().count("<article") == 5
