"""A change to the agreement: written, seen, proposed; withdrawn, turned down, or signed."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accord.agreement import queries
from accord.agreement.models import Version, VersionState
from accord.outbox.models import Notification
from accord.teams.models import User

SignedIn = Callable[[str], Client]
PROPOSAL = reverse("agreement_proposal")


@pytest.fixture
def mira(signed_in: SignedIn) -> Client:
    return signed_in("marketer")


def text(*replaced: tuple[str, str]) -> str:
    document = queries.document_of(1)
    for old, new in replaced or [("every_months: 3", "every_months: 6")]:
        assert old in document
        document = document.replace(old, new)
    return document


def send(
    client: Client, act: str, document: str, reason: str = "Quarters fly", **more: str
) -> HttpResponse:
    given = {"act": act, "document": document, "reason": reason}
    return client.post(PROPOSAL, {"made_from": queries.newest()[1], **given, **more})


def read(answer: HttpResponse) -> str:
    """The page as one sees it: without what is only read aloud."""
    return re.sub(r'<span class="visually-hidden">(was|now): </span>', "", answer.content.decode())


def newest() -> Version:
    return Version.objects.order_by("number").last()


def test_what_it_would_change_is_seen_before_it_is_proposed(mira: Client) -> None:
    shown = read(mira.get(PROPOSAL))
    assert "every_months: 3" in shown
    assert "Propose it" not in shown
    seen = read(send(mira, "look", text()))
    assert "<del>3</del> <ins>6</ins> months." in seen
    assert "Propose it" in seen
    assert Version.objects.count() == 1


def test_a_text_that_says_the_same_cannot_be_proposed(mira: Client) -> None:
    assert "Nothing yet" in read(send(mira, "look", text(("every_months: 3", "every_months: 3"))))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("fact: employees", "fact: shoe_size", "shoe_size"),
        ("every_months: 3", "every_months: often", "review"),
        ("title: Agreement", "titel: Agreement", "titel"),
    ],
)
def test_what_cannot_run_is_named_clause_by_clause_and_the_text_is_kept(
    mira: Client, old: str, new: str, says: str
) -> None:
    answer = send(mira, "propose", text((old, new)))
    assert answer.status_code == 422
    assert "It cannot run like this" in read(answer)
    assert says in read(answer)
    assert new.split(":")[1].strip() in read(answer)
    assert Version.objects.count() == 1


def test_without_a_reason_it_is_not_proposed(mira: Client) -> None:
    assert send(mira, "propose", text(), reason="a\0b").status_code == 422
    answer = send(mira, "propose", text(), reason=" ")
    assert answer.status_code == 422
    assert "Say why it should change" in read(answer)


def test_proposed_it_waits_and_both_heads_are_told(mira: Client, cast: dict[str, User]) -> None:
    answer = send(mira, "propose", text())
    assert answer.headers["Location"] == reverse("agreement_version", args=[2])
    assert (newest().state, newest().reason) == (VersionState.PROPOSED, "Quarters fly")
    told = Notification.objects.filter(kind="agreement.proposed", channel="app")
    assert {each.user_id for each in told} == {
        cast["head_of_sales"].id,
        cast["head_of_marketing"].id,
    }
    assert queries.running().number == 1
    shown = read(mira.get(reverse("agreement_version", args=[2])))
    assert "1 change to version 1" in shown
    assert "Withdraw it" in shown


def test_who_wrote_on_an_older_text_sees_the_other_s_change_first(
    mira: Client, signed_in: SignedIn
) -> None:
    stale = queries.newest()[1]
    send(mira, "propose", text())
    other = text(("max_rounds: 3", "max_rounds: 2"))
    answer = send(signed_in("rep"), "propose", other, made_from=stale)
    assert answer.status_code == 409
    assert "What version 2 changes" in read(answer)
    assert "<ins>6</ins> months" in read(answer)
    assert "max_rounds: 2" in read(answer)
    assert Version.objects.count() == 2


def test_its_author_withdraws_it_and_nobody_else(mira: Client, signed_in: SignedIn) -> None:
    send(mira, "propose", text())
    address = reverse("agreement_withdrawal", args=[2])
    assert signed_in("rep").post(address).status_code in (400, 422)
    assert newest().state == VersionState.PROPOSED
    mira.post(address)
    assert newest().state == VersionState.WITHDRAWN
    assert "Withdrawn" in read(mira.get(reverse("agreement_version", args=[2])))
    assert mira.post(address).status_code == 409
    send(mira, "propose", text())
    assert (newest().number, newest().state) == (3, VersionState.PROPOSED)


def test_a_head_turns_it_down_with_the_reason_and_its_author_is_told(
    mira: Client, signed_in: SignedIn, cast: dict[str, User]
) -> None:
    send(mira, "propose", text())
    address = reverse("agreement_refusal", args=[2])
    assert signed_in("rep").post(address, {"why": "No"}).status_code == 403
    head = signed_in("head_of_sales")
    assert head.post(address, {"why": " "}).status_code in (400, 422)
    head.post(address, {"why": "Too long between reviews"})
    assert newest().state == VersionState.TURNED_DOWN
    assert "Too long between reviews" in read(mira.get(reverse("agreement_version", args=[2])))
    told = Notification.objects.get(
        kind="agreement.proposed", channel="app", user_id=cast["marketer"].id
    )
    assert told.text == "Too long between reviews"


def test_a_version_turned_down_cannot_be_signed_and_the_next_one_can(
    mira: Client, signed_in: SignedIn
) -> None:
    send(mira, "propose", text())
    head = signed_in("head_of_sales")
    head.post(reverse("agreement_refusal", args=[2]), {"why": "No"})
    signing = {"number": 2, "seat": "sales", "digest": newest().digest}
    assert head.post(reverse("agreement_signatures"), signing).status_code == 409
    send(mira, "propose", text(("every_months: 3", "every_months: 4")))
    for role, seat in (("head_of_sales", "sales"), ("head_of_marketing", "marketing")):
        given = {"number": 3, "seat": seat, "digest": newest().digest}
        signed_in(role).post(reverse("agreement_signatures"), given)
    assert queries.running().number == 3


class TestWhatIsSaid:
    def say(self, client: Client, text: str, place: str = "") -> HttpResponse:
        given = {"text": text, "place": place}
        return client.post(reverse("agreement_comments", args=[2]), given)

    def test_stands_with_its_place_and_tells_who_is_concerned(
        self, mira: Client, signed_in: SignedIn, cast: dict[str, User]
    ) -> None:
        send(mira, "propose", text())
        self.say(signed_in("rep"), "Six is too long", "review")
        shown = read(mira.get(reverse("agreement_version", args=[2])))
        change = shown[shown.index('id="change-review"') : shown.index("</dl>")]
        assert "Six is too long" in change
        told = Notification.objects.filter(text="Six is too long", channel="app")
        wanted = ("marketer", "head_of_sales", "head_of_marketing")
        assert {each.user_id for each in told} == {cast[role].id for role in wanted}

    def test_may_be_about_a_clause_that_stays_and_not_about_one_that_is_none(
        self, mira: Client
    ) -> None:
        send(mira, "propose", text())
        assert self.say(mira, "Why not?", "no.such.clause").status_code in (400, 422)
        self.say(mira, "This, too?", "definitions.mql.visits-often")
        shown = read(mira.get(reverse("agreement_version", args=[2])))
        said = shown[shown.index('id="said-title"') :]
        assert "· Marketing-qualified lead (MQL)" in said
        assert "This, too?" in said

    def test_two_changes_of_one_place_have_each_their_own_thread(self, mira: Client) -> None:
        more = (
            "at_least: 3\n                    - key: visits",
            "at_least: 4\n                    - key: visits",
        )
        send(
            mira,
            "propose",
            text(
                (
                    "at_least: 6\n                    - key",
                    "at_least: 7\n                    - key",
                ),
                more,
            ),
        )
        first, second = "definitions.mql.downloads-content", "definitions.mql.visits-often"
        self.say(mira, "On downloads", first)
        self.say(mira, "On visits", second)
        shown = read(mira.get(reverse("agreement_version", args=[2])))
        downloads, visits = (
            shown.index(f'id="change-{k.replace(".", "")}"') for k in (first, second)
        )
        assert downloads < shown.index("On downloads") < visits < shown.index("On visits")

    def test_ends_with_the_proposal(self, mira: Client, signed_in: SignedIn) -> None:
        send(mira, "propose", text())
        assert self.say(mira, " ").status_code in (400, 422)
        assert self.say(mira, "a\0b").status_code in (400, 422)
        mira.post(reverse("agreement_withdrawal", args=[2]))
        assert self.say(signed_in("rep"), "Why?").status_code == 409
        assert "Say it" not in read(mira.get(reverse("agreement_version", args=[2])))
