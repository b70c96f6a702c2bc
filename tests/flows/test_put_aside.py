"""Put aside: for a while, never until it is due, and back by itself."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.base.errors import Conflict, Invalid
from accord.flows import follow_up
from accord.handoffs.models import Handoff
from accord.handoffs.queries import Show, one_open, shown, waiting_count
from accord.handoffs.rules.aside import moments_aside
from accord.leads.models import Activity
from accord.teams.calendars import Calendar
from accord.teams.rules import due
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


BREAK = Calendar.from_json(
    {
        "time_zone": "Europe/Berlin",
        "week": {day: [["08:30", "12:30"], ["13:30", "17:00"]] for day in WEEK},
    }
)


class TestTheMomentsOffered:
    def offered(self, at=AT + 7 * MINUTE, due_at=AT + timedelta(days=3), calendar=BERLIN):
        found = moments_aside(calendar=calendar, at=at, due_at=due_at)
        return {name: moment.strftime("%a %H:%M") for name, moment in found.items()}

    def test_are_in_an_hour_this_afternoon_and_tomorrow(self):
        expected = {"hour": "Mon 10:00", "afternoon": "Mon 12:00", "morning": "Tue 08:00"}
        assert self.offered() == expected

    def test_go_by_the_break_and_when_work_begins(self):
        expected = {"hour": "Mon 10:00", "afternoon": "Mon 12:30", "morning": "Tue 07:30"}
        assert self.offered(calendar=BREAK) == expected
        assert "hour" not in self.offered(at=AT + 2 * HOUR, calendar=BREAK)

    def test_in_the_evening_are_tomorrow(self):
        assert self.offered(at=AT + 7 * HOUR - 30 * MINUTE) == {"morning": "Tue 08:00"}

    def test_are_sooner_where_it_is_due_soon(self):
        soon = self.offered(at=AT + 7 * MINUTE, due_at=AT + HOUR)
        assert soon == {"quarter": "Mon 09:20", "half_hour": "Mon 09:35"}
        assert self.offered(due_at=AT + 12 * MINUTE) == {}

    @given(minutes=st.integers(0, 7 * 24 * 60), left=st.integers(1, 5000))
    def test_all_lie_in_working_time_before_it_is_due_and_are_round(self, minutes, left):
        at = AT + minutes * MINUTE + timedelta(seconds=17)
        due_at = at + left * MINUTE
        for calendar in (BERLIN, BREAK):
            found = [*moments_aside(calendar=calendar, at=at, due_at=due_at).values()]
            assert found == sorted(set(found))
            for each in found:
                assert at < each < due_at
                assert due(calendar, each, timedelta()) == each
                assert (each.minute % 5, each.second, each.microsecond) == (0, 0, 0)

    @pytest.mark.parametrize("due_at", [None, AT, AT - MINUTE])
    def test_are_none_where_nothing_is_left(self, due_at):
        assert moments_aside(calendar=BERLIN, at=AT, due_at=due_at) == {}
