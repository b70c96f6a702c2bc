"""What came in and became no lead is shown with its reason, and can be tried again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accord.flows import take_in
from accord.flows.receive import Door, Incoming, receive
from accord.leads.models import Fate, Lead, Submission
from accord.outbox.models import Notification

SignedIn = Callable[[str], Client]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def earlier(cast: object) -> datetime:
    return datetime.now(UTC) - 2 * MINUTE


def came(at: datetime, **body: object) -> Submission:
    (kept,) = receive(submissions=[Incoming(body=body)], door=Door.FORM, by=None, at=at)
    return Submission.objects.get(id=kept.id)


def page_of(signed_in: SignedIn) -> str:
    return signed_in("marketer").get(reverse("not_taken_in")).content.decode()


@pytest.fixture
def failing(earlier: datetime, monkeypatch: pytest.MonkeyPatch) -> Submission:
    """Something that Accord fails at by a fault of its own, and that rests now."""

    def fails(**_: object) -> None:
        raise ZeroDivisionError

    submission = came(earlier, email="dana@acme.example", name="Dana Ruiz", need="a <b>pump</b>")
    with monkeypatch.context() as patch:
        patch.setattr(take_in, "evaluate", fails)
        take_in.take_in_one_by_one(at=datetime.now(UTC))
    return submission


def test_where_all_was_taken_in_the_page_says_so(earlier: datetime, signed_in: SignedIn) -> None:
    came(earlier, email="dana@acme.example")
    take_in.take_in_waiting(at=earlier)
    assert "All that was sent to us was taken in" in page_of(signed_in)


def test_what_failed_is_shown_as_it_was_sent(failing: Submission, signed_in: SignedIn) -> None:
    page = page_of(signed_in)
    assert "Dana Ruiz" in page
    assert "Accord failed at it once" in page
    assert "a &lt;b&gt;pump&lt;/b&gt;" in page
    assert str(failing.id) in page


def test_whoever_was_told_of_it_finds_it_there(failing: Submission) -> None:
    links = Notification.objects.filter(event_id=failing.id).values_list("link", flat=True)
    assert set(links) == {reverse("not_taken_in")}


def test_tried_again_it_becomes_a_lead(failing: Submission, signed_in: SignedIn) -> None:
    client = signed_in("marketer")
    client.post(reverse("not_taken_in"), {"ids": [failing.id]})
    take_in.take_in_rested(at=datetime.now(UTC))
    failing.refresh_from_db()
    assert failing.fate == Fate.CREATED
    assert Lead.objects.get(id=failing.lead_id).name == "Dana Ruiz"
    assert "All that was sent to us was taken in" in page_of(signed_in)


def test_what_was_refused_says_why_and_can_be_tried_again(
    earlier: datetime, signed_in: SignedIn
) -> None:
    submission = came(earlier, email="dana", name="Dana Ruiz")
    take_in.take_in_waiting(at=earlier)
    submission.refresh_from_db()
    page = page_of(signed_in)
    assert "1 refused in the last thirty days" in page
    assert str(submission.reason) in page

    body = {**submission.body, "email": "dana@acme.example"}
    Submission.objects.filter(id=submission.id).update(body=body)  # what a new version can read
    signed_in("marketer").post(reverse("not_taken_in"), {"ids": [submission.id]})
    take_in.take_in_rested(at=datetime.now(UTC))
    submission.refresh_from_db()
    assert (submission.fate, submission.reason, submission.field) == (Fate.CREATED, None, None)


def test_what_nobody_looked_at_says_so_after_a_minute(
    earlier: datetime, signed_in: SignedIn
) -> None:
    came(earlier, email="dana@acme.example")
    came(datetime.now(UTC), email="eva@acme.example")
    page = page_of(signed_in)
    assert "1 waits" in page
    assert "Does the worker run?" in page


def test_what_is_a_lead_already_is_not_tried_again(earlier: datetime, signed_in: SignedIn) -> None:
    submission = came(earlier, email="dana@acme.example")
    take_in.take_in_waiting(at=earlier)
    client = signed_in("marketer")
    answer = client.post(reverse("not_taken_in"), {"ids": [submission.id]}, follow=True)
    assert "Nothing was chosen" in answer.content.decode()
    submission.refresh_from_db()
    assert submission.fate == Fate.CREATED


def test_a_word_that_is_no_submission_is_a_sentence(signed_in: SignedIn, cast: object) -> None:
    answer = signed_in("marketer").post(reverse("not_taken_in"), {"ids": ["this"]})
    assert answer.status_code == 422
    assert "load the page again" in answer.content.decode()


def test_a_rep_has_no_door_there(signed_in: SignedIn, cast: object) -> None:
    assert signed_in("rep").get(reverse("not_taken_in")).status_code == 403
