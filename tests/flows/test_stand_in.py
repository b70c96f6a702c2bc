"""Nothing is lost when somebody is away or gone, and whoever is concerned is told."""

from datetime import timedelta

import pytest

from accord.base.errors import Conflict, Invalid
from accord.flows import follow_up, stand_in
from accord.flows.pass_back import Said, pass_back, undo_pass_back
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt, Place, PoolSettings, set_pool
from accord.handoffs.actions.pools import default_pool
from accord.handoffs.models import Assignment, Clock, Handoff, PoolMember
from accord.handoffs.queries import why_them
from accord.leads.models import Activity, Door, Lead, Ownership
from accord.outbox.models import Notification
from accord.teams.actions import add_absence, end_absence
from accord.teams.models import Absence, SettingChange, User
from tests.handoffs.office import AT, HOUR, MINUTE, Office, hand_raise, open_office, send

LATER = AT + HOUR


@pytest.fixture
def office(db) -> Office:
    return open_office()


def with_tom(office: Office, name: str = "dana", *, at=AT) -> Handoff:
    handoff = hand_raise(name, at=at)
    if handoff.owner_id != office.tom.id:
        follow_up.reassign(owners={handoff.id: office.tom.id}, why="x", by=office.head.id, at=at)
        handoff.refresh_from_db()
    return handoff


def away(office: Office, *, hands_over: str = "untouched", covered: bool = True, at=LATER, **more):
    """Tom is away from `LATER` on; Mira stands in."""
    return stand_in.add_absence(
        user_id=office.tom.id,
        absent_from=more.get("absent_from", LATER),
        absent_until=LATER + timedelta(days=7),
        reason="",
        stand_in=office.mira.id if covered else None,
        hands_over=hands_over,
        by=office.head.id,
        at=at,
    )


class TestAnAbsence:
    def test_hands_what_is_untouched_to_the_stand_in_at_its_beginning_and_tells_both(self, office):
        handoff = with_tom(office)
        away(office, at=AT)
        assert stand_in.hand_over_work(at=LATER - MINUTE) == []
        stand_in.hand_over_work(at=LATER)
        handoff.refresh_from_db()
        assert handoff.owner_id == office.mira.id
        assert Lead.objects.get(id=handoff.lead_id).owner_id == office.mira.id
        assert {c.user_id for c in Clock.objects.filter(state="running")} == {office.mira.id}
        told = Activity.objects.get(kind="handoff.reassigned", happened_at=LATER)
        assert told.detail == {"owner": "Mira", "before": "Tom"}
        subjects = Notification.objects.filter(channel="app", user_id__in=office.reps)
        assert {(each.user_id, each.kind) for each in subjects.filter(created_at=LATER)} == {
            (office.mira.id, "handoff.offered"),
            (office.tom.id, "handoff.reassigned"),
        }

    def test_hands_over_once_only(self, office):
        handoff = with_tom(office)
        away(office)
        follow_up.reassign(owners={handoff.id: office.tom.id}, why="x", by=office.head.id, at=LATER)
        assert stand_in.hand_over_work(at=LATER + HOUR) == []
        handoff.refresh_from_db()
        assert handoff.owner_id == office.tom.id

    def test_leaves_what_was_tried_or_accepted(self, office):
        tried, accepted = with_tom(office, "a"), with_tom(office, "b")
        attempt = Attempt(tried.lead_id, "call", "no_answer")
        follow_up.log_attempts(attempts=[attempt], by=office.tom.id, at=AT)
        follow_up.accept(handoffs=[accepted.id], by=office.tom.id, at=AT)
        assert away(office) == []

    def test_hands_over_all_where_the_rep_chooses_so(self, office):
        handoff = with_tom(office)
        follow_up.accept(handoffs=[handoff.id], by=office.tom.id, at=AT)
        away(office, hands_over="all")
        handoff.refresh_from_db()
        assert handoff.owner_id == office.mira.id
        assert handoff.accepted_at == AT

    def test_without_a_stand_in_goes_by_the_routes(self, office):
        handoff = with_tom(office)
        away(office, covered=False)
        handoff.refresh_from_db()
        assert handoff.owner_id == office.mira.id
        assert why_them(handoff.id) == ["Tom was skipped: away.", "Mira was next in turn."]

    def test_of_everybody_lets_it_wait_in_the_queue_and_tells_the_head(self, office):
        handoff = with_tom(office)
        add_absence(user_id=office.mira.id, absent_from=AT, absent_until=AT + 9 * HOUR)
        away(office)
        handoff.refresh_from_db()
        assert (handoff.owner_id, handoff.queued_at) == (None, LATER)
        assert not Clock.objects.filter(state="running").exists()
        assert not Assignment.objects.filter(assigned_until=None).exists()
        assert not Ownership.objects.filter(owned_until=None).exists()
        assert Notification.objects.filter(user_id=office.head.id, kind="handoff.queued").exists()
        assert watch_clocks(at=AT + 9 * HOUR).released == 1

    def test_hands_what_is_new_to_the_stand_in(self, office):
        away(office, at=LATER)
        (lead,) = send(
            {"email": "own@x.example", "name": "Own"}, door=Door.REP, by=office.tom.id, at=LATER
        )
        handoff = Handoff.objects.get(lead_id=lead.id)
        assert handoff.owner_id == office.mira.id
        assert why_them(handoff.id)[-1] == "Mira stands in."

    def test_that_has_begun_ends_now_and_one_to_come_is_taken_out(self, office):
        away(office, at=AT)
        absence = Absence.objects.get()
        end_absence(absence_id=absence.id, user_id=office.tom.id, by=office.tom.id, at=LATER + HOUR)
        absence.refresh_from_db()
        assert absence.absent_until == LATER + HOUR
        away(office, absent_from=LATER + 3 * HOUR, at=LATER + 2 * HOUR)
        coming = Absence.objects.exclude(id=absence.id).get()
        end_absence(
            absence_id=coming.id, user_id=office.tom.id, by=office.tom.id, at=LATER + 2 * HOUR
        )
        assert Absence.objects.count() == 1
        assert SettingChange.objects.filter(what="absence").count() == 4

    def test_of_a_rep_is_stood_in_for_by_somebody_of_sales(self, office):
        handoff = with_tom(office)
        covered = {
            "user_id": office.tom.id, "absent_from": LATER, "absent_until": LATER + HOUR,
            "stand_in": office.max.id, "hands_over": "untouched",
        }  # fmt: skip
        with pytest.raises(Invalid, match="Max works no leads"):
            add_absence(**covered)
        User.objects.filter(id=office.max.id).update(roles=["rep"])
        add_absence(**covered)
        User.objects.filter(id=office.max.id).update(roles=["head_of_marketing"])
        stand_in.hand_over_work(at=LATER)
        handoff.refresh_from_db()
        assert handoff.owner_id == office.mira.id
        lines = Activity.objects.filter(kind="handoff.reassigned", happened_at=LATER)
        assert [line.detail for line in lines] == [{"owner": "Mira", "before": "Tom"}]
        assert not Notification.objects.filter(user_id=office.max.id).exists()

    def test_of_marketing_by_anybody(self, office):
        User.objects.filter(id=office.tom.id).update(roles=["marketer"])
        add_absence(
            user_id=office.max.id, absent_from=AT, absent_until=LATER, stand_in=office.tom.id
        )
        assert Absence.objects.get().stand_in_id == office.tom.id

    def test_needs_another_person_who_is_here(self, office):
        for wrong in (office.tom.id, office.head.id):
            User.objects.filter(id=office.head.id).update(is_active=False)
            with pytest.raises(Invalid) as refused:
                stand_in.add_absence(
                    user_id=office.tom.id,
                    absent_from=AT,
                    absent_until=LATER,
                    reason="",
                    stand_in=wrong,
                    hands_over="all",
                    by=office.tom.id,
                    at=AT,
                )
            assert refused.value.field == "stand_in"


class TestSomebodyWhoLeaves:
    def test_loses_all_that_is_open_to_others(self, office):
        handoff = with_tom(office)
        follow_up.accept(handoffs=[handoff.id], by=office.tom.id, at=AT)
        stand_in.deactivate(user_id=office.tom.id, by=office.head.id, at=LATER)
        handoff.refresh_from_db()
        assert handoff.owner_id == office.mira.id
        assert SettingChange.objects.get(what="person").after == {"is_active": False}

    def test_in_whatever_way_is_noticed(self, office):
        handoff = with_tom(office)
        User.objects.filter(id__in=office.reps).update(is_active=False)
        stand_in.hand_over_work(at=LATER)
        handoff.refresh_from_db()
        assert handoff.owner_id is None
        assert stand_in.hand_over_work(at=LATER) == []

    def test_cannot_lock_themselves_out(self, office):
        with pytest.raises(Conflict):
            stand_in.deactivate(user_id=office.head.id, by=office.head.id, at=AT)


def test_who_is_gone_or_not_in_sales_any_more_stands_in_the_trace(office):
    User.objects.filter(id=office.tom.id).update(is_active=False)
    gone = "Tom was skipped: no longer here."
    assert why_them(hand_raise("dana").id) == [gone, "Mira was next in turn."]
    User.objects.filter(id=office.mira.id).update(roles=["marketer"])
    handoff = hand_raise("eric")
    assert set(why_them(handoff.id)) == {
        gone,
        "Mira was skipped: not in sales.",
        "Nobody was there; it waits in the queue.",
    }


class TestABadLead:
    def credit(self, office: Office) -> float:
        return float(PoolMember.objects.get(user=office.tom).calibration)

    def test_gives_the_turn_back_once_and_takes_it_back_with_the_undoing(self, office):
        handoff = with_tom(office)
        before = self.credit(office)
        said = Said("bad_data", note="The number belongs to a bakery")
        pass_back(handoffs=[handoff.id], said=said, by=office.tom.id, at=LATER)
        assert self.credit(office) == before - 1
        undo_pass_back(handoffs=[handoff.id], by=office.tom.id, at=LATER)
        assert self.credit(office) == before
        pass_back(handoffs=[handoff.id], said=said, by=office.tom.id, at=LATER + MINUTE)
        assert self.credit(office) == before - 1

    @pytest.mark.parametrize(("reason", "back"), [("not_ideal", 1), ("no_need", 0)])
    def test_is_one_by_its_reason(self, office, reason, back):
        handoff = with_tom(office)
        before = self.credit(office)
        pass_back(handoffs=[handoff.id], said=Said(reason), by=office.tom.id, at=LATER)
        assert before - self.credit(office) == back

    def test_gives_back_the_turn_of_its_pool_alone(self, office):
        pool = set_pool(
            pool_id=None,
            settings=PoolSettings("Other", {office.tom.id: Place()}),
            by=office.head.id,
            at=AT,
        )
        handoff = hand_raise()
        pass_back(handoffs=[handoff.id], said=Said("not_ideal"), by=handoff.owner_id, at=LATER)
        assert PoolMember.objects.get(pool=pool).calibration == 0
        had = PoolMember.objects.get(pool=default_pool(), user_id=handoff.owner_id)
        assert had.assigned + had.calibration == 0
