"""Signing for a head who lets one; versions that come into force on their day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accord.agreement import actions, queries
from accord.agreement.actions import NotTheirSeat
from accord.agreement.models import Version, VersionState
from accord.base.errors import Invalid
from accord.outbox.models import Notification
from accord.teams.actions import Newcomer, add_user
from accord.teams.models import User
from tests.agreement.papers import paper

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def somebody(name: str, *roles: str):
    newcomer = Newcomer(f"{name.lower()}@halden.example", name, list(roles))
    return add_user(newcomer=newcomer, at=AT).id


@pytest.fixture
def sofia():
    return somebody("Sofia", "head_of_sales")


@pytest.fixture
def marek():
    return somebody("Marek", "head_of_marketing")


@pytest.fixture
def mira():
    return somebody("Mira", "marketer")


@pytest.fixture
def number():
    return actions.start_trial(at=AT)


def let(marek, mira, *, until=date(2026, 11, 9), at=AT, seat="marketing"):
    actions.delegate(seat=seat, by=marek, to=mira, until=until, at=at)


class TestSigningForAHead:
    def test_whoever_is_let_signs_and_the_signature_says_for_whom(self, number, marek, mira):
        let(marek, mira)
        actions.sign(number=number, seat="marketing", by=mira, at=AT + DAY)
        (signed,) = queries.version(number).signatures
        assert (signed.name, signed.instead_of) == ("Mira", "Marek")

    def test_they_are_told(self, number, marek, mira):
        let(marek, mira)
        assert Notification.objects.filter(user_id=mira, subject__contains="Marek").exists()

    def test_not_after_the_last_day(self, number, marek, mira):
        let(marek, mira, until=date(2026, 11, 3))
        actions.sign(number=number, seat="marketing", by=mira, at=AT + DAY)
        number = propose(4)
        with pytest.raises(NotTheirSeat):
            actions.sign(number=number, seat="marketing", by=mira, at=AT + 3 * DAY)

    def test_not_once_it_was_ended_or_somebody_else_was_let(self, number, marek, mira, sofia):
        let(marek, mira)
        actions.end_delegation(seat="marketing", by=marek, at=AT)
        with pytest.raises(NotTheirSeat):
            actions.sign(number=number, seat="marketing", by=mira, at=AT)
        let(marek, mira)
        let(marek, sofia)
        with pytest.raises(NotTheirSeat):
            actions.sign(number=number, seat="marketing", by=mira, at=AT)

    def test_nobody_lets_somebody_sign_for_a_seat_they_do_not_hold(self, marek, mira):
        with pytest.raises(NotTheirSeat):
            let(mira, marek)
        with pytest.raises(NotTheirSeat):
            let(marek, mira, seat="sales")
        with pytest.raises(Invalid):
            let(marek, mira, until=date(2026, 11, 1))
        with pytest.raises(Invalid):
            let(marek, marek)

    def test_nobody_signs_for_both_sides_in_another_name(self, number, marek, sofia, mira):
        let(marek, mira)
        let(sofia, mira, seat="sales")
        actions.sign(number=number, seat="marketing", by=mira, at=AT)
        with pytest.raises(NotTheirSeat):
            actions.sign(number=number, seat="sales", by=mira, at=AT)

    def test_a_head_of_both_cannot_sign_twice_through_somebody_else(self, number, mira):
        both = somebody("Both", "head_of_sales", "head_of_marketing")
        let(both, mira)
        actions.sign(number=number, seat="marketing", by=mira, at=AT)
        with pytest.raises(NotTheirSeat):
            actions.sign(number=number, seat="sales", by=both, at=AT)

    def test_a_head_who_left_the_seat_lets_nobody_sign(self, number, marek, mira):
        let(marek, mira)
        User.objects.filter(id=marek).update(roles=["marketer"])
        with pytest.raises(NotTheirSeat):
            actions.sign(number=number, seat="marketing", by=mira, at=AT)


def propose(hours: int, day: str = ""):
    effective = f"effective_on: {day}\n" if day else ""
    document = paper(
        ("ready: {working_hours: 4}", f"ready: {{working_hours: {hours + 1}}}"),
        ("review:\n", f"{effective}review:\n"),
    )
    return actions.propose(document=document, by=None, at=AT, reason="A test")


def sign_both(number, sofia, marek, at=AT):
    actions.sign(number=number, seat="sales", by=sofia, at=at)
    return actions.sign(number=number, seat="marketing", by=marek, at=at)


class TestItsDay:
    def test_what_both_signed_waits_for_its_day(self, number, sofia, marek):
        sign_both(number, sofia, marek)
        later = propose(4, "2026-11-05")
        assert sign_both(later, sofia, marek).state == VersionState.SIGNED
        assert queries.running().number == number
        assert actions.come_into_force(at=AT + 2 * DAY) is None
        assert queries.running().number == number

        assert actions.come_into_force(at=AT + 3 * DAY) == later
        assert queries.running().number == later
        assert Version.objects.get(number=number).state == VersionState.SUPERSEDED
        assert actions.come_into_force(at=AT + 4 * DAY) is None

    def test_of_two_that_wait_the_newest_wins(self, number, sofia, marek):
        sign_both(number, sofia, marek)
        for hours, day in ((4, "2026-11-05"), (5, "2026-11-06")):
            sign_both(propose(hours, day), sofia, marek)
        assert actions.come_into_force(at=AT + 10 * DAY) == 3
        states = dict(Version.objects.values_list("number", "state"))
        assert states == {1: "superseded", 2: "superseded", 3: "in_force"}

    def test_a_day_that_is_over_means_at_once(self, number, sofia, marek):
        sign_both(number, sofia, marek)
        assert sign_both(propose(4, "2026-11-01"), sofia, marek).state == VersionState.IN_FORCE
