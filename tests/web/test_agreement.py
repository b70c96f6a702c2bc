"""The agreement's page: readable, counted, and signed at its end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accord.agreement import actions, queries
from accord.agreement.models import Signature, Version
from accord.agreement.reading import next_review
from accord.teams.models import User
from accord.web.times import day
from tests.web.conftest import Sends

SignedIn = Callable[[str], Client]


@pytest.fixture
def second(cast: dict[str, User]) -> int:
    """A second version, proposed: one attempt fewer."""
    document = queries.document_of(1).replace("at_least: 6", "at_least: 5")
    return actions.propose(
        document=document,
        by=cast["head_of_sales"].id,
        at=datetime.now(UTC),
        reason="Five are enough",
    )


def sign(client: Client, number: int, seat: str) -> object:
    digest = queries.version(number).digest
    given = {"number": number, "seat": seat, "digest": digest}
    return client.post(reverse("agreement_signatures"), given)


def page(client: Client, *args: int) -> str:
    name = "agreement_version" if args else "agreement"
    return str(client.get(reverse(name, args=args)).content, "utf-8")


def test_reads_like_a_document(signed_in: SignedIn, sends: Sends) -> None:
    sends()
    text = page(signed_in("rep"))

    assert "What sales promises" in text
    assert "within 4 working hours" in text
    assert "6 attempts on 2 channels within 15 working days" in text
    assert "Passing back" in text
    assert "Today:" in text


def test_nobody_but_the_heads_can_sign(signed_in: SignedIn, second: int) -> None:
    assert "Sign as" not in page(signed_in("rep"), second)
    assert sign(signed_in("rep"), second, "sales").status_code == 422  # type: ignore[attr-defined]
    assert Signature.objects.filter(version__number=second).count() == 0


def test_a_head_lets_somebody_sign_on_the_page(
    signed_in: SignedIn, cast: dict[str, User], second: int
) -> None:
    head, rep = signed_in("head_of_sales"), cast["rep"]
    address = reverse("agreement_delegations")
    given = {"seat": "sales", "to": str(rep.id), "until": "2099-01-01"}
    assert signed_in("rep").post(address, given).status_code == 403
    assert head.post(address, given | {"until": ""}).status_code == 422
    head.post(address, given)
    assert f"{rep.name} may sign for you" in page(head, second)
    assert "Sign as Head of sales" in page(signed_in("rep"), second)
    sign(signed_in("rep"), second, "sales")
    signature = Signature.objects.get(version__number=second, seat="sales")
    assert (signature.signed_by_id, signature.head_id) == (rep.id, cast["head_of_sales"].id)
    assert f"for {cast['head_of_sales'].name}" in page(head, second)

    head.post(address, {"seat": "sales", "act": "end"})
    assert "Let somebody sign for you" in page(head, second)


def test_a_head_signs_for_the_own_seat_only(signed_in: SignedIn, second: int) -> None:
    client = signed_in("head_of_sales")
    assert "Sign as Head of sales" in page(client, second)
    assert "Sign as Head of marketing" not in page(client, second)

    response = sign(client, second, "marketing")

    assert response.status_code == 422  # type: ignore[attr-defined]
    assert Signature.objects.filter(version__number=second).count() == 0


def test_it_is_in_force_when_both_have_signed(signed_in: SignedIn, second: int) -> None:
    sign(signed_in("head_of_sales"), second, "sales")
    assert queries.running().number == 1

    sign(signed_in("head_of_marketing"), second, "marketing")

    assert queries.running().number == second
    assert "superseded" in page(signed_in("rep"), 1)


def test_the_heads_are_asked_to_sign_today(signed_in: SignedIn, second: int) -> None:
    today = str(signed_in("head_of_marketing").get(reverse("today")).content)

    assert f"Read and sign version {second}" in today
    assert reverse("agreement_version", args=[second]) in today


def test_two_heads_of_one_name_can_both_sign(
    signed_in: SignedIn, cast: dict[str, User], second: int
) -> None:
    User.objects.filter(id=cast["head_of_marketing"].id).update(name=cast["head_of_sales"].name)
    sign(signed_in("head_of_sales"), second, "sales")
    assert "Sign as Head of marketing" in page(signed_in("head_of_marketing"), second)


def test_the_day_of_the_next_review_is_named(signed_in: SignedIn) -> None:
    since = queries.version(1).in_force_from
    assert since
    due = next_review(queries.running(), since=since)
    assert f"Next review: {day(due)}." in page(signed_in("rep"))


def test_it_says_while_the_leads_are_being_judged(signed_in: SignedIn, cast: object) -> None:
    Version.objects.filter(number=1).update(judged_at=None)
    assert "the leads are being judged by it" in page(signed_in("rep"))
    actions.note_judged(number=1, at=datetime.now(UTC))
    assert "the leads are being judged by it" not in page(signed_in("rep"))


def test_the_heads_are_asked_to_review_it_from_its_day_on(
    signed_in: SignedIn, cast: dict[str, User]
) -> None:
    heads = {seat: cast[f"head_of_{seat}"].id for seat in ("sales", "marketing")}
    for months, is_asked in ((3, False), (1, True)):
        document = queries.document_of(1).replace("every_months: 3", f"every_months: {months}")
        document = document.replace("at_least: 6", f"at_least: {6 - months}")
        at = datetime.now(UTC) - timedelta(days=40 - months)
        by = heads["sales"]
        number = actions.propose(document=document, by=by, at=at, reason="Other reviews")
        for seat, head in heads.items():
            actions.sign(number=number, seat=seat, by=head, at=at)
        for role in ("head_of_sales", "head_of_marketing"):
            text = str(signed_in(role).get(reverse("today")).content, "utf-8")
            assert ("Review the agreement together" in text) is is_asked
    rep = str(signed_in("rep").get(reverse("today")).content, "utf-8")
    assert "Review the agreement together" not in rep
