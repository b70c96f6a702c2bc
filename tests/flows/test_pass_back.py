"""What came back: the agreement's reason decides where it goes and when it may return."""

from datetime import date, timedelta

import pytest

from accord.base.errors import Conflict, Invalid
from accord.base.lifecycle import LeadStatus, Side, Stage
from accord.flows import follow_up
from accord.flows.pass_back import Said, pass_back, undo_pass_back
from accord.flows.receive import Incoming, receive
from accord.flows.take_in import take_in_waiting
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.models import (
    Clock,
    ClockKind,
    ClockState,
    Handoff,
    HandoffState,
    PassBack,
    Trigger,
)
from accord.handoffs.queries import Returned, came_back, choices
from accord.leads.models import Activity, Door, Lead, Suspect
from accord.outbox.models import Channel, Notification
from tests.handoffs.office import (
    AT,
    HOUR,
    MINUTE,
    change_agreement,
    hand_raise,
    open_office,
    send,
)

SOON = AT + 10 * MINUTE
DAY = timedelta(days=1)


def back(handoff: Handoff, reason: str, *, at=SOON, **more) -> PassBack:
    """Pass a handoff back by its owner."""
    pass_back(handoffs=[handoff.id], said=Said(reason, **more), by=handoff.owner_id, at=at)
    return PassBack.objects.get(handoff_id=handoff.id, undone_at=None)


@pytest.mark.django_db
class TestPassingBack:
    def test_recycles_the_lead_which_marketing_holds_again(self):
        open_office()
        handoff = hand_raise()
        back(handoff, "no_need")
        handoff.refresh_from_db()
        lead = Lead.objects.get(id=handoff.lead_id)
        assert (handoff.state, handoff.disposed_at) == (HandoffState.PASSED_BACK, SOON)
        assert (lead.stage, lead.holder, lead.owner_id) == (Stage.RECYCLED, Side.MARKETING, None)
        assert lead.status == LeadStatus.CLOSED

    def test_stops_the_answers_clock_and_ends_the_others(self):
        open_office()
        handoff = hand_raise()
        back(handoff, "no_need")
        states = dict(Clock.objects.values_list("kind", "state"))
        assert states == {
            ClockKind.ANSWER: ClockState.STOPPED,
            ClockKind.FIRST_ATTEMPT: ClockState.CANCELLED,
            ClockKind.ATTEMPTS: ClockState.CANCELLED,
            ClockKind.PASS_BACK_ANSWER: ClockState.RUNNING,
        }

    def test_tells_marketing_and_the_story_why(self):
        office = open_office()
        handoff = hand_raise()
        back(handoff, "competitor", asked="Acme")
        told = Notification.objects.get(user_id=office.max.id, channel=Channel.APP)
        story = Activity.objects.get(kind="handoff.passed_back")
        assert told.subject == "Dana Ruiz came back: Chose a competitor"
        assert story.detail["asked"] == "Acme"

    def test_sets_the_day_of_re_entry_by_the_agreement(self):
        open_office()
        assert back(hand_raise(), "no_need").re_enter_on == SOON.date() + 90 * DAY

    def test_takes_the_day_they_asked_for(self):
        open_office()
        assert back(hand_raise(), "later", asked="2027-01-15").re_enter_on == date(2027, 1, 15)

    @pytest.mark.parametrize("asked", ["2020-01-01", AT.date().isoformat()])
    def test_on_a_day_that_is_not_to_come_is_refused(self, asked):
        open_office()
        with pytest.raises(Invalid, match="not to come") as refused:
            back(hand_raise(), "later", asked=asked)
        assert refused.value.field == "date"
        assert Handoff.objects.get().disposed_at is None

    @pytest.mark.parametrize(
        ("asked", "why"), [("nobody@acme.example", "Nobody here"), ("dana@acme.example", "itself")]
    )
    def test_as_a_repetition_of_nobody_or_of_itself_is_refused(self, asked, why):
        open_office()
        with pytest.raises(Invalid, match=why) as refused:
            back(hand_raise(), "duplicate", asked=asked)
        assert refused.value.field == "duplicate_of"
        assert not Suspect.objects.exists()

    def test_as_a_repetition_asks_whether_the_two_are_one(self):
        open_office()
        (eva,) = send({"email": "eva@acme.example"})
        passed = back(hand_raise(), "duplicate", asked="Eva@acme.example")
        pair = Suspect.objects.values_list("lead_id", "other_id").get()
        assert set(pair) == {passed.lead_id, eva.id}

    def test_remembers_whether_it_had_been_accepted(self):
        open_office()
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=SOON)
        assert back(handoff, "no_need", at=SOON + HOUR).after_acceptance

    def test_blames_the_clauses_that_let_it_through(self):
        open_office()
        blamed = back(hand_raise(), "not_ideal").blamed_clauses
        assert "mql:asked-for-us" in blamed

    def test_blames_no_clause_for_other_reasons(self):
        open_office()
        assert back(hand_raise(), "no_need").blamed_clauses == []

    def test_disqualifies_where_the_reason_says_so(self):
        open_office()
        handoff = hand_raise()
        back(handoff, "not_ideal")
        lead = Lead.objects.get(id=handoff.lead_id)
        assert (lead.stage, lead.holder) == (Stage.DISQUALIFIED, Side.NOBODY)

    def test_keeps_everybody_from_contacting_who_asked_us_to_stop(self):
        open_office()
        handoff = hand_raise()
        back(handoff, "stop")
        lead = Lead.objects.get(id=handoff.lead_id)
        assert (lead.stage, lead.do_not_contact) == (Stage.DISQUALIFIED, True)

    def test_goes_where_a_newer_agreement_sends_the_reason(self):
        office = open_office()
        change_agreement(
            office,
            (
                "nurture\n      re_enter_after: {days: 90}\n    no_budget",
                "disqualify\n    no_budget",
            ),
        )
        handoff = hand_raise()
        back(handoff, "no_need")
        assert Lead.objects.get(id=handoff.lead_id).stage == Stage.DISQUALIFIED

    def test_of_an_open_handoff_keeps_the_version_it_was_offered_under(self):
        office = open_office()
        handoff = hand_raise()
        change_agreement(
            office,
            (
                "      destination: disqualify\n      blames_definition: true",
                "      destination: nurture\n      re_enter_after: {days: 9}",
            ),
        )
        assert back(handoff, "not_ideal").destination == "disqualify"

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            (Said("no_idea"), "reason"),
            (Said("later"), "date"),
            (Said("later", asked="tomorrow"), "date"),
            (Said("bad_data"), "note"),
            (Said("not_ideal", blamed=["mql:nonsense"]), "blamed"),
        ],
    )
    def test_is_refused_with_what_is_missing(self, said, field):
        open_office()
        handoff = hand_raise()
        with pytest.raises(Invalid) as refused:
            pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=SOON)
        assert refused.value.field == field
        assert not PassBack.objects.exists()

    def test_twice_says_who_did(self):
        open_office()
        handoff = hand_raise()
        back(handoff, "no_need")
        with pytest.raises(Conflict, match="passed this lead back at 10:10"):
            pass_back(
                handoffs=[handoff.id], said=Said("no_need"), by=handoff.owner_id, at=SOON + HOUR
            )


@pytest.mark.django_db
class TestTakingItBack:
    def test_leaves_all_as_it_was(self):
        open_office()
        handoff = hand_raise()
        before = dict(Clock.objects.values_list("id", "state"))
        back(handoff, "stop")
        undo_pass_back(handoffs=[handoff.id], by=handoff.owner_id, at=SOON + timedelta(seconds=9))
        again = Handoff.objects.get()
        lead = Lead.objects.get(id=handoff.lead_id)
        assert (again.state, again.disposed_at, again.due_at) == (
            HandoffState.OFFERED,
            None,
            handoff.due_at,
        )
        assert dict(Clock.objects.values_list("id", "state")) == before
        assert (lead.stage, lead.owner_id, lead.do_not_contact) == (
            Stage.MQL,
            handoff.owner_id,
            False,
        )

    def test_works_on_an_accepted_one(self):
        open_office()
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=SOON)
        back(handoff, "no_need", at=SOON + HOUR)
        undo_pass_back(handoffs=[handoff.id], by=handoff.owner_id, at=SOON + HOUR + MINUTE / 6)
        assert Handoff.objects.get().state == HandoffState.ACCEPTED
        assert Lead.objects.get(id=handoff.lead_id).stage == Stage.SAL

    def test_is_refused_when_it_is_too_late(self):
        open_office()
        handoff = hand_raise()
        back(handoff, "no_need")
        with pytest.raises(Conflict, match="too late"):
            undo_pass_back(handoffs=[handoff.id], by=handoff.owner_id, at=SOON + MINUTE)

    def test_is_refused_when_the_lead_was_handed_over_anew(self):
        open_office()
        handoff = hand_raise()
        back(handoff, "no_need")
        hand_raise(at=SOON + timedelta(seconds=3))
        with pytest.raises(Conflict, match="too late"):
            undo_pass_back(
                handoffs=[handoff.id], by=handoff.owner_id, at=SOON + timedelta(seconds=9)
            )

    def test_leaves_alone_what_an_earlier_rep_missed(self):
        office = open_office()
        handoff = hand_raise()
        (other,) = office.reps - {handoff.owner_id}
        missed_at = AT + HOUR + timedelta(seconds=1)
        watch_clocks(at=missed_at)
        follow_up.reassign(
            owners={handoff.id: other}, why="Knows them", by=office.head.id, at=missed_at + MINUTE
        )
        handoff.refresh_from_db()
        back(handoff, "no_need", at=missed_at + 2 * MINUTE)
        undo_pass_back(
            handoffs=[handoff.id], by=other, at=missed_at + 2 * MINUTE + timedelta(seconds=9)
        )
        first = Clock.objects.get(state=ClockState.MISSED)
        assert first.user_id != other
        assert first.escalates_at is None
        watch_clocks(at=AT + 5 * HOUR + timedelta(seconds=1))
        assert Handoff.objects.get().owner_id == other


@pytest.mark.django_db
class TestReEntry:
    def visit(self, at) -> None:
        """Something new that the prospect does, which raises no hand."""
        send({"email": "dana@acme.example", "event": "pricing.visited", "employees": 99}, at=at)

    def test_waits_for_a_new_event_after_the_day(self):
        open_office()
        handoff = hand_raise(employees=99)
        back(handoff, "unreachable")
        self.visit(SOON + 29 * DAY)
        assert Handoff.objects.count() == 1
        self.visit(SOON + 31 * DAY)
        again = Handoff.objects.get(disposed_at=None)
        assert (again.trigger, again.round) == (Trigger.READY, 2)
        assert Lead.objects.get(id=handoff.lead_id).stage == Stage.MQL

    def test_is_at_once_for_a_hand_raise(self):
        open_office()
        back(hand_raise(), "no_need")
        again = hand_raise(at=SOON + HOUR)
        assert (again.trigger, again.round) == (Trigger.HAND_RAISE, 2)

    def test_is_at_once_for_a_hand_raise_that_who_passed_it_back_could_not_know_of(self):
        open_office()
        handoff = hand_raise()
        said = Incoming({"email": "dana@acme.example", "asks_for": "price"})
        receive(submissions=[said], door=Door.FORM, by=None, at=SOON - timedelta(seconds=1))
        back(handoff, "no_need")
        take_in_waiting(at=SOON + timedelta(seconds=1))
        assert Handoff.objects.get(disposed_at=None).trigger == Trigger.HAND_RAISE

    def test_ends_after_the_agreed_rounds_save_for_hand_raises(self):
        office = open_office()
        change_agreement(office, ("max_rounds: 3", "max_rounds: 1"))
        back(hand_raise(), "unreachable")
        self.visit(SOON + 31 * DAY)
        assert Handoff.objects.count() == 1
        hand_raise(at=SOON + 32 * DAY)
        assert Handoff.objects.count() == 2

    def test_is_not_hastened_by_asking_for_content(self):
        open_office()
        back(hand_raise(employees=99), "unreachable")
        send({"email": "dana@acme.example", "asks_for": "content"}, at=SOON + DAY)
        assert not Handoff.objects.filter(disposed_at=None).exists()

    def test_is_not_triggered_by_what_happened_before(self):
        open_office()
        back(hand_raise(), "later", asked=(AT + DAY).date().isoformat())
        send(
            {"email": "dana@acme.example", "job_title": "Boss", "happened_at": AT.isoformat()},
            at=SOON + 2 * DAY,
        )
        assert Handoff.objects.filter(disposed_at=None).count() == 0


@pytest.mark.django_db
class TestWhatMarketingSees:
    def test_names_lead_reason_and_person(self):
        open_office()
        handoff = hand_raise()
        back(handoff, "no_budget")
        (seen,) = came_back(Returned.OPEN, at=SOON)
        assert (seen.lead.id, seen.label, seen.by) == (
            handoff.lead_id,
            "No budget",
            handoff.owner.name,
        )

    def test_shows_before_what_a_reason_will_do(self):
        open_office()
        chosen = {choice.key: choice for choice in choices(1, at=AT)}
        assert chosen["no_need"].re_enter_on == AT.date() + 90 * DAY
        assert chosen["later"].asks.required


@pytest.mark.django_db
def test_demo_form_of_a_recycled_lead_goes_on_as_recycled_until_accepted():
    open_office()
    back(hand_raise(), "no_need")
    again = hand_raise(at=SOON + HOUR)
    assert Lead.objects.get(id=again.lead_id).stage == Stage.RECYCLED
    follow_up.accept(handoffs=[again.id], by=again.owner_id, at=SOON + 2 * HOUR)
    assert Lead.objects.get(id=again.lead_id).stage == Stage.SAL
