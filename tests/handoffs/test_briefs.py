"""What a rep reads first: the story of both sides, and a sentence to begin with."""

from datetime import timedelta

import pytest

from accord.flows.answer_pass_back import answer_pass_backs
from accord.flows.hand_off import offer
from accord.flows.pass_back import Said, pass_back
from accord.handoffs.models import Handoff, PassBack
from accord.leads.actions import record_activities
from accord.leads.models import Lead
from accord.leads.rules import NewActivity
from tests.handoffs.office import AT, HOUR, hand_raise, open_office, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DANA = "dana@acme.example"
REACHABLE = {
    "They have not asked us to stop.",
    "We know their e-mail address.",
    "We know their telephone number.",
}


def did(kind, at, *, side="prospect", text=None, name=None):
    lead = Lead.objects.get(email=DANA)
    detail = {"name": name} if name else None
    row = NewActivity(kind=kind, side=side, happened_at=at, text=text, detail=detail)
    record_activities(rows=[(lead.id, row)], at=at)


def comes(at, **more):
    send({"email": DANA, "source": "trade show", "campaign": "Spring fair", **more}, at=at)


def test_the_story_begins_with_the_first_contact_and_tells_what_both_sides_did():
    open_office()
    comes(AT)
    for hour in (1, 2):
        did("page.visited", AT + hour * HOUR, name="Prices")
    did("mail.sent", AT + DAY, side="marketing", name="Our meters")
    brief = hand_raise(at=AT + 2 * DAY).brief
    assert brief["story"] == [
        "First contact on 2 November 2026 through trade show, campaign “Spring fair”.",
        "Visited the page “Prices” (2 times); last on 2 November 2026.",
        "Marketing on 3 November 2026: Wrote the e-mail “Our meters”.",
    ]


def test_an_earlier_round_stands_there_with_the_rep_s_words_and_marketing_s():
    office = open_office()
    first = hand_raise(at=AT)
    said = Said("no_need", note="not before spring")
    pass_back(handoffs=[first.id], said=said, by=first.owner_id, at=AT + HOUR)
    back = PassBack.objects.get()
    answer_pass_backs(
        backs=[back.id], answer="disagreed", note="they wrote again", by=office.max.id, at=AT + DAY
    )
    again = hand_raise(at=AT + 30 * DAY)
    assert (again.round, again.id != first.id) == (2, True)
    name = first.owner.name
    assert (
        f"Passed back on 2 November 2026 by {name}: No need now. “not before spring.” Marketing "
        "answered: Disagreed, for the meeting. “they wrote again.”"
    ) in again.brief["story"]
    assert len(again.brief["story"]) <= 5


def test_their_own_question_is_the_first_thing_to_say():
    open_office()
    comes(AT)
    did("question.asked", AT + HOUR, text="Does it read Modbus?")
    brief = hand_raise(at=AT + DAY).brief
    assert brief["questions"] == ["Does it read Modbus?"]
    assert brief["opening"] == ("You asked: “Does it read Modbus?” Shall I answer that first?")


def test_who_raised_a_hand_hears_what_they_asked_for_in_their_words():
    open_office()
    assert hand_raise().brief["opening"] == (
        "You asked for a demo and wrote: “to replace our spreadsheets before June.” "
        "Where shall we begin?"
    )


@pytest.mark.parametrize(
    ("wish", "opening"),
    [
        ("contact", "You asked to be contacted. What is it about?"),
        ("demo", "You asked for a demo. What would you like to see first?"),
        ("price", "You asked for a price. What should it cover?"),
        ("order", "You asked to order. What do you need, and by when?"),
    ],
)
def test_what_is_asked_of_them_fits_their_wish(wish, opening):
    open_office()
    assert hand_raise(asks_for=wish, need="").brief["opening"] == opening


def test_the_day_is_said_of_what_was_longer_ago():
    open_office()
    comes(AT)
    did("question.asked", AT + HOUR, text="Does it read Modbus?")
    opening = hand_raise(at=AT + 8 * DAY).brief["opening"]
    assert opening.startswith("On 2 November 2026 you asked: “Does it read Modbus?”")


def test_whoever_wrote_a_mail_is_offered_an_answer():
    office = open_office()
    comes(AT, employees=99)
    did("mail.received", AT, text="Can we start with two sites?", name="Sites")
    lead = Lead.objects.get(email=DANA)
    (handoff,) = offer(leads=[lead.id], by=office.max.id, why="They wrote.", at=AT + HOUR)
    assert handoff.brief["opening"] == (
        "You wrote to us: “Can we start with two sites?” Shall I answer that first?"
    )


def test_what_they_read_is_named_and_what_they_clicked_on_is_not_held_up_to_them():
    open_office()
    comes(AT, employees=99, need="")
    did("pricing.visited", AT, name="Prices")
    did("content.downloaded", AT, name="Ten mistakes")
    comes(AT + HOUR, event="pricing.visited", event_name="Prices", asks_for="contact")
    brief = Handoff.objects.get().brief
    assert brief["read"] == ["Ten mistakes"]
    assert "Prices" not in brief["opening"]


def test_what_tells_something_comes_before_that_one_may_reach_them():
    open_office()
    why = [each["text"] for each in hand_raise(phone="+4930123456").brief["why"]]
    assert why[0] not in REACHABLE
    assert set(why[-2:]) <= REACHABLE


def test_long_words_end_with_a_whole_word():
    open_office()
    opening = hand_raise(need="measure " * 60).brief["opening"]
    assert "measure …”" in opening
    assert len(opening) < 300
