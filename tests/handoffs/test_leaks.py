"""What slips is found once it does, not before, and no longer once somebody attended to it."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from scipy.stats import CensoredData, ecdf

from accord.agreement.spans import Span, Unit
from accord.flows import close, follow_up, stand_in
from accord.flows.hand_off import offer
from accord.flows.pass_back import Said, pass_back
from accord.flows.reschedule import reschedule
from accord.flows.take_notes import take_note
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Handoff
from accord.handoffs.rules.leaks import past_due_before, quiet_after
from accord.insights.leaks import LEAKS, counted, leak_board, leaks
from accord.leads.leaks import FEWEST, pace
from accord.leads.models import Lead, StageEntry
from accord.teams.models import Absence, User
from accord.teams.queries import company_calendar
from tests.handoffs.office import (
    AT,
    HOUR,
    MINUTE,
    Office,
    change_agreement,
    hand_raise,
    open_office,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def slipping(at: datetime) -> dict[str, int]:
    """The kinds that something slips by, with how often."""
    return {key: number for key, number in leaks(at=at).items() if number}


def not_told(office: Office, at: datetime) -> dict[str, Sequence[str]]:
    """The kinds of which nobody can tell, with why."""
    board = leak_board(user=office.head, at=at)
    return {each.leak.key: each.cannot_tell for each in board.leaking if each.cannot_tell}


def talk(handoff: Handoff, at: datetime, outcome: str = "connected") -> None:
    """The owner calls."""
    attempt = Attempt(handoff.lead_id, "call", outcome)
    follow_up.log_attempts(attempts=[attempt], by=handoff.owner_id, at=at)


def qualify(handoff: Handoff, at: datetime) -> None:
    """The owner says that there is a real chance."""
    follow_up.qualify(handoffs=[handoff.id], by=handoff.owner_id, note="They do.", at=at)


class TestNobodyHasTried:
    def test_from_the_moment_on_at_which_the_first_attempt_was_due(self) -> None:
        open_office()
        hand_raise()
        assert slipping(AT + HOUR) == {}
        assert slipping(AT + HOUR + MINUTE) == {"never_attempted": 1}

    def test_until_somebody_tries(self) -> None:
        open_office()
        handoff = hand_raise()
        talk(handoff, AT + 2 * HOUR, "no_answer")
        assert slipping(AT + 3 * HOUR) == {}

    def test_accepting_is_not_trying(self) -> None:
        open_office()
        handoff = hand_raise()
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=AT + MINUTE)
        assert slipping(AT + HOUR) == {}
        assert slipping(AT + HOUR + MINUTE) == {"never_attempted": 1}

    def test_nor_in_the_queue_by_the_hours_of_the_company(self) -> None:
        office = open_office()
        for rep in office.reps:
            Absence.objects.create(user_id=rep, absent_from=AT, absent_until=AT + 9 * DAY)
        handoff = hand_raise(at=AT + 6 * HOUR + 30 * MINUTE)  # half an hour before they close
        assert handoff.owner_id is None
        assert slipping(AT + 20 * HOUR) == {}  # the night does not count
        assert slipping(AT + 23 * HOUR + 35 * MINUTE) == {"never_attempted": 1}


class TestGoneQuiet:
    def test_after_two_promised_attempts_left_out(self) -> None:
        open_office()
        talk(hand_raise(), AT + MINUTE)  # six in fifteen working days: two take five
        assert slipping(AT + 4 * DAY) == {}
        assert slipping(AT + 8 * DAY) == {"gone_quiet": 1}

    def test_a_note_of_sales_is_a_sign(self) -> None:
        open_office()
        handoff = hand_raise()
        talk(handoff, AT + MINUTE)
        lead = Lead.objects.get(id=handoff.lead_id)
        at = AT + 5 * DAY
        take_note(
            lead=lead, text="Asked the plant.", kind="note.added", side="sales",
            by=handoff.owner_id, at=at, files=[],
        )  # fmt: skip
        assert slipping(AT + 8 * DAY) == {}

    def test_what_rests_is_not_quiet(self) -> None:
        open_office()
        handoff = hand_raise()
        talk(handoff, AT + MINUTE)
        day = (AT + 20 * DAY).date()
        follow_up.pause(until={handoff.id: day}, by=handoff.owner_id, at=AT + HOUR)
        assert slipping(AT + 12 * DAY) == {}

    def test_the_span_follows_the_agreement(self) -> None:
        change_agreement(open_office(), ("at_least: 6\n    within", "at_least: 3\n    within"))
        talk(hand_raise(), AT + MINUTE)
        assert slipping(AT + 8 * DAY) == {}
        assert slipping(AT + 15 * DAY) == {"gone_quiet": 1}


class TestPromisedStep:
    def promised(self) -> Handoff:
        """They asked to hear from us on Wednesday."""
        open_office()
        handoff = hand_raise()
        talk(handoff, AT + MINUTE)
        day = (AT + 2 * DAY).date()
        follow_up.pause(until={handoff.id: day}, by=handoff.owner_id, at=AT + HOUR)
        return handoff

    def test_is_overdue_once_the_day_they_asked_for_is_over(self) -> None:
        handoff = self.promised()
        watch_clocks(at=AT + 2 * DAY)
        assert slipping(AT + 2 * DAY + 4 * HOUR) == {}
        assert slipping(AT + 3 * DAY) == {"step_overdue": 1}
        talk(handoff, AT + 3 * DAY)
        assert slipping(AT + 3 * DAY + HOUR) == {}

    def test_of_a_qualified_lead_is_promised_all_the_same(self) -> None:
        qualify(self.promised(), AT + 2 * HOUR)
        assert slipping(AT + 3 * DAY)["step_overdue"] == 1


class TestQualified:
    def test_without_a_deal_a_working_day_after(self) -> None:
        open_office()
        qualify(hand_raise(), AT + HOUR)
        assert slipping(AT + DAY) == {}
        assert slipping(AT + 2 * DAY) == {"without_deal": 1}

    def test_until_there_is_one(self) -> None:
        open_office()
        handoff = hand_raise()
        qualify(handoff, AT + HOUR)
        close.open_deal(
            lead=handoff.lead_id, title="Forty seats", amount="9000", by=handoff.owner_id,
            at=AT + 2 * DAY,
        )  # fmt: skip
        assert slipping(AT + 3 * DAY) == {}


class TestOwners:
    def test_who_are_gone_leave_handoffs_leads_and_deals(self) -> None:
        open_office()
        waiting, chance, deal = hand_raise(), hand_raise("eva"), hand_raise("ida")
        for handoff in (waiting, chance, deal):
            talk(handoff, AT + MINUTE)
        qualify(chance, AT + HOUR)
        close.open_deal(
            lead=deal.lead_id, title="Forty seats", amount="9000", by=deal.owner_id, at=AT + HOUR
        )
        User.objects.update(is_active=False)
        assert slipping(AT + 2 * HOUR) == {
            "without_owner": 1,
            "leads_left_behind": 2,
            "deals_left_behind": 1,
        }

    def away(self, handoff: Handoff, begin: datetime, until: datetime) -> None:
        """The owner is away; what is open waits, and their clocks with it."""
        stand_in.add_absence(
            user_id=handoff.owner_id, absent_from=begin, absent_until=until, reason="",
            stand_in=None, hands_over="nothing", by=handoff.owner_id, at=begin,
        )  # fmt: skip
        reschedule(users=[handoff.owner_id])

    def test_who_are_away_until_after_something_is_due(self) -> None:
        open_office()
        handoff = hand_raise()
        self.away(handoff, AT + 5 * MINUTE, AT + 21 * DAY)
        for days in (1, 3, 10, 20):
            watch_clocks(at=AT + days * DAY)
            assert slipping(AT + days * DAY) == {"without_owner": 1}
        assert slipping(AT + 21 * DAY) == {}  # they are back, with the time that was left
        assert slipping(AT + 21 * DAY + HOUR) == {"never_attempted": 1}

    def test_who_are_back_in_time_are_no_leak(self) -> None:
        open_office()
        handoff = hand_raise()
        self.away(handoff, AT + 5 * MINUTE, AT + 55 * MINUTE)
        assert slipping(AT + 30 * MINUTE) == {}

    def test_by_the_hours_of_the_company(self) -> None:
        open_office()
        friday = AT + 4 * DAY + 6 * HOUR + 30 * MINUTE  # half an hour before they close
        handoff = hand_raise(at=friday)
        self.away(handoff, friday, friday + 2 * DAY + 16 * HOUR)
        assert slipping(friday + DAY) == {}
        self.away(handoff, friday + 2 * DAY + 16 * HOUR, friday + 3 * DAY)
        assert slipping(friday + DAY) == {"without_owner": 1}

    def test_each_promise_has_its_own_span(self) -> None:
        open_office()
        handoff = hand_raise()
        talk(handoff, AT + MINUTE)  # to be disposed of within three weeks
        self.away(handoff, AT + HOUR, AT + 3 * DAY)
        assert slipping(AT + 2 * HOUR) == {}
        self.away(handoff, AT + 3 * DAY, AT + 30 * DAY)
        assert slipping(AT + 2 * HOUR) == {"without_owner": 1}

    def test_what_rests_until_they_are_back_is_no_leak(self) -> None:
        open_office()
        handoff = hand_raise()
        day = (AT + 8 * DAY).date()
        follow_up.pause(until={handoff.id: day}, by=handoff.owner_id, at=AT + MINUTE)
        self.away(handoff, AT + HOUR, AT + 7 * DAY)
        assert slipping(AT + DAY) == {}
        self.away(handoff, AT + 7 * DAY, AT + 10 * DAY)
        assert slipping(AT + DAY) == {"without_owner": 1}

    def test_takes_as_many_statements_for_more_people_away(self) -> None:
        office = open_office()
        handoffs = [hand_raise("dana"), hand_raise("eva")]
        counts = []
        for handoff in handoffs:
            self.away(handoff, AT + HOUR, AT + 21 * DAY)
            with CaptureQueriesContext(connection) as captured:
                assert slipping(AT + DAY)["without_owner"] == len(counts) + 1
            counts.append(len(captured))
        assert {handoff.owner_id for handoff in handoffs} == office.reps
        assert counts[0] == counts[1]


class TestNurture:
    def back(self) -> Handoff:
        """Passed back for no need: not again for ninety days."""
        open_office()
        handoff = hand_raise()
        pass_back(handoffs=[handoff.id], said=Said("no_need"), by=handoff.owner_id, at=AT)
        return handoff

    def test_nothing_happens_after_the_day_of_re_entry(self) -> None:
        self.back()
        assert "off_track" not in slipping(AT + 89 * DAY)
        assert slipping(AT + 91 * DAY) == {"off_track": 1}

    def test_somebody_was_in_touch(self) -> None:
        handoff = self.back()
        lead = Lead.objects.get(id=handoff.lead_id)
        take_note(
            lead=lead, text="Sent the newsletter.", kind="note.added", side="marketing",
            by=None, at=AT + 80 * DAY, files=[],
        )  # fmt: skip
        assert "off_track" not in slipping(AT + 91 * DAY)
        assert slipping(AT + 111 * DAY) == {"off_track": 1}

    def test_they_go_to_sales_again(self) -> None:
        self.back()
        lead = Lead.objects.get()
        offer(leads=[lead.id], by=uuid.uuid4(), why="They moved.", at=AT + 91 * DAY)
        assert "off_track" not in slipping(AT + 91 * DAY + MINUTE)


class TestStuck:
    def stay(self, days: float, *, stage: str = "sal") -> None:
        """Somebody was in a stage for so many days, up to AT."""
        StageEntry.objects.create(
            lead_id=uuid.uuid4(), stage=stage, cause="act", known_at=AT,
            entered_at=AT - timedelta(days=days), left_at=AT,
        )  # fmt: skip

    def test_longer_than_nine_in_ten(self) -> None:
        open_office()
        for number in range(FEWEST + 1):
            self.stay(number)
        talk(hand_raise(), AT)
        # One stay had no length; of 30 that ended on the 1st to 30th day and one that has just
        # begun, a tenth is left when the 27th is over.
        assert pace(AT + MINUTE)["sal"].p90 == timedelta(days=27)
        assert "stuck_with_sales" not in slipping(AT + 28 * DAY)
        assert slipping(AT + 29 * DAY)["stuck_with_sales"] == 1

    def test_where_many_have_not_left_yet_nobody_can_be_called_stuck(self) -> None:
        office = open_office()
        for number in range(FEWEST):
            self.stay(number + 1)
        for name in ("dana", "eva", "ida", "uta"):
            talk(hand_raise(name), AT)
        at = AT + 60 * DAY
        assert pace(at)["sal"].p90 is None  # four of 34 are there for longer than all the others
        assert "stuck_with_sales" not in slipping(at)
        assert "more than one in ten" in " ".join(not_told(office, at)["stuck_with_sales"])

    def test_too_few_stays_call_nobody_stuck(self) -> None:
        office = open_office()
        for number in range(FEWEST - 1):
            self.stay(number + 1)
        talk(hand_raise(), AT)
        assert "stuck_with_sales" not in slipping(AT + 60 * DAY)
        (why,) = not_told(office, AT + MINUTE)["stuck_with_sales"]
        assert why.startswith("Sales-accepted lead (SAL), 1 lead: 29 left it in twelve months")

    def test_nobody_can_tell_of_those_who_are_in_a_stage_alone(self) -> None:
        office = open_office()
        assert not_told(office, AT) == {}
        assert leak_board(user=office.head, at=AT).is_certain
        hand_raise()
        assert list(not_told(office, AT + MINUTE)) == ["stuck_with_marketing"]
        assert counted(at=AT + MINUTE).cannot_tell == ["stuck_with_marketing"]
        assert not leak_board(user=office.head, at=AT + MINUTE).is_certain

    def test_stays_that_ended_longer_ago_than_a_year_say_nothing(self) -> None:
        open_office()
        for number in range(FEWEST):
            self.stay(number + 1)
        assert pace(AT + MINUTE)["sal"].is_enough
        assert "sal" not in pace(AT + 366 * DAY)


class TestPace(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        stays=st.lists(
            st.tuples(st.integers(1, 40), st.booleans()), min_size=FEWEST, max_size=FEWEST + 30
        )
    )
    def test_is_the_estimate_that_scipy_makes(self, stays: list[tuple[int, bool]]) -> None:
        """Of those who have not left yet, a stay is as long as they have been there."""
        StageEntry.objects.bulk_create(
            StageEntry(
                lead_id=uuid.uuid4(),
                stage="sal",
                entered_at=AT - DAY * days,
                left_at=AT if has_ended else None,
                known_at=AT,
                cause="act",
            )
            for days, has_ended in stays
        )
        found = pace(AT)["sal"]
        ended = [days for days, has_ended in stays if has_ended]
        still = [days for days, has_ended in stays if not has_ended]
        curve = ecdf(CensoredData(ended, right=still)).sf
        points = zip(curve.quantiles, curve.probabilities, strict=True)
        ninth = [days for days, there in points if there < 0.1 + 1e-9]
        assert found.stays == len(ended)
        assert found.p90 == (timedelta(days=int(min(ninth))) if ninth else None)


def test_the_board_shows_what_is_counted_and_who_has_it() -> None:
    office = open_office()
    for number in range(7):
        hand_raise(f"person{number}")
    board = leak_board(user=office.head, at=AT + 2 * HOUR)
    by_key = {each.leak.key: each for each in board.leaking}
    assert [each.leak.key for each in board.leaking] == [leak.key for leak in LEAKS]
    assert {key: each.number for key, each in by_key.items()} == leaks(at=AT + 2 * HOUR)
    untouched = by_key["never_attempted"]
    assert (untouched.number, len(untouched.rows), board.total) == (7, 5, 7)
    assert {row.person for row in untouched.rows} == {"Mira", "Tom"}


@pytest.mark.parametrize(
    ("span", "hours"),
    [
        (Span(4, Unit.WORKING_HOURS), 4),  # 13:00 until 17:00 on the same day
        (Span(8, Unit.WORKING_HOURS), 24),
        (Span(36, Unit.HOURS), 36),
    ],
)
def test_the_moment_before_which_something_is_past_due(span: Span, hours: int) -> None:
    open_office()
    calendar, at = company_calendar(), datetime(2026, 11, 4, 16, tzinfo=UTC)
    moment = past_due_before(span, calendar=calendar, at=at)
    assert abs(moment - (at - timedelta(hours=hours))) <= MINUTE
    assert span.due(calendar, moment) <= at


def test_quiet_is_as_long_as_two_promised_attempts() -> None:
    three_weeks = Span(15, Unit.WORKING_DAYS)
    assert quiet_after(attempts=6, within=three_weeks) == Span(5, Unit.WORKING_DAYS)
    assert quiet_after(attempts=40, within=Span(15, Unit.DAYS)) == Span(1, Unit.DAYS)
