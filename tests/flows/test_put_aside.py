"""Put aside: for a while, never until it is due, and back by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from accord.base.errors import Conflict, Invalid
from accord.flows import follow_up
from accord.handoffs.models import Handoff
from accord.handoffs.queries import Show, one_open, shown, waiting_count
from accord.handoffs.rules.aside import moments_aside
from accord.leads.models import Activity
from accord.teams.calendars import Calendar
from tests.handoffs.office import AT, HOUR, MINUTE, WEEK, hand_raise, open_office

SOON = AT + 10 * MINUTE
BERLIN = Calendar.from_json({"time_zone": "Europe/Berlin", "week": WEEK})


def aside(handoff, until=SOON + 20 * MINUTE, at=SOON, by=None):
    return follow_up.put_aside(until={handoff.id: until}, by=by or handoff.owner_id, at=at)


@pytest.mark.django_db
class TestPuttingAside:
    def test_takes_it_to_the_end_and_says_so_until_it_comes_back(self):
        open_office()
        handoff = hand_raise()
        aside(handoff)
        user = handoff.owner
        resting = one_open(handoff.id, at=SOON + MINUTE)
        assert resting.aside_until == SOON + 20 * MINUTE
        assert [item.id for item in shown(Show.MINE, user=user, at=SOON + MINUTE)] == [handoff.id]
        assert waiting_count(user, SOON + MINUTE) == 0
        assert one_open(handoff.id, at=SOON + 20 * MINUTE).aside_until is None
        assert waiting_count(user, SOON + 20 * MINUTE) == 1
        assert Activity.objects.filter(kind="handoff.put_aside").count() == 1

    def test_comes_after_all_that_is_to_do(self):
        office = open_office()
        first, second = hand_raise("dana"), hand_raise("eva", at=AT + MINUTE)
        Handoff.objects.update(owner=office.mira)
        first.refresh_from_db()
        aside(first)
        items = shown(Show.MINE, user=office.mira, at=SOON)
        assert [item.id for item in items] == [second.id, first.id]

    @pytest.mark.parametrize("until", [SOON, SOON - MINUTE, AT + HOUR, AT + 2 * HOUR])
    def test_never_until_it_is_due_nor_until_a_moment_that_has_passed(self, until):
        open_office()
        handoff = hand_raise()  # due within an hour
        with pytest.raises(Invalid):
            aside(handoff, until)
        handoff.refresh_from_db()
        assert handoff.put_aside_until_at is None
        assert not Activity.objects.filter(kind="handoff.put_aside").exists()

    def test_is_its_owner_s_to_do(self):
        office = open_office()
        handoff = hand_raise()
        other = office.tom if handoff.owner_id == office.mira.id else office.mira
        with pytest.raises(Conflict):
            aside(handoff, by=other.id)

    def test_ends_when_it_is_taken_up_or_goes_to_somebody_else(self):
        office = open_office()
        handoff = hand_raise()
        aside(handoff)
        follow_up.bring_back(handoffs=[handoff.id], by=handoff.owner_id, at=SOON)
        assert one_open(handoff.id, at=SOON).aside_until is None
        aside(handoff)
        other = office.tom if handoff.owner_id == office.mira.id else office.mira
        follow_up.reassign(owners={handoff.id: other.id}, why="a test", by=office.head.id, at=SOON)
        assert one_open(handoff.id, at=SOON).aside_until is None


class TestTheMomentsOffered:
    def test_are_parts_of_the_time_left(self):
        found = moments_aside(calendar=BERLIN, at=AT, due_at=AT + HOUR)
        assert found == [AT + each * MINUTE for each in (15, 30, 45)]

    def test_include_the_next_morning_where_there_is_time(self):
        tomorrow = datetime(2026, 11, 3, 8, tzinfo=UTC)
        assert tomorrow in moments_aside(calendar=BERLIN, at=AT, due_at=AT + timedelta(days=3))

    def test_all_lie_before_it_is_due(self):
        for minutes in range(1, 600, 7):
            due_at = AT + minutes * MINUTE
            assert all(
                AT < each < due_at for each in moments_aside(calendar=BERLIN, at=AT, due_at=due_at)
            )

    @pytest.mark.parametrize("due_at", [None, AT, AT - MINUTE])
    def test_are_none_where_nothing_is_left(self, due_at):
        assert moments_aside(calendar=BERLIN, at=AT, due_at=due_at) == []
