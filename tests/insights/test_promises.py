"""Promised and delivered, counted from what really happened."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.agreement.queries import NoAgreement, running
from accord.content.actions import Wanted
from accord.flows import follow_up
from accord.flows.ask_for_content import answer_requests, ask_for_content, withdraw_requests
from accord.flows.begin import Company, begin
from accord.flows.pass_back import Said, pass_back, undo_pass_back
from accord.handoffs.actions import Attempt
from accord.handoffs.models import Handoff
from accord.insights.behind import behind
from accord.insights.metrics import Scope, all_metrics, metric
from accord.insights.promised import Quality
from accord.insights.promises import promises
from accord.insights.reports import report
from accord.insights.returned import came_back, waiting_too_long
from accord.insights.rules import month_of
from accord.insights.scoreboard import scoreboard
from accord.leads.models import Lead
from accord.teams.models import Role, User
from accord.teams.queries import company_calendar
from tests.handoffs.office import (
    AT,
    HOUR,
    MINUTE,
    NO_CONTENT,
    WEEK,
    Office,
    change_agreement,
    hand_raise,
    open_office,
    person,
    send,
)

pytestmark = pytest.mark.django_db

EVENING = AT + 9 * HOUR
DAY = timedelta(days=1)


def november(at: datetime = EVENING) -> Scope:
    """The month in which the tests' company works, as it stands at a moment."""
    month = month_of(AT.date(), "Europe/Berlin")
    return Scope(at=at, begins_at=month.begins_at, ends_at=month.ends_at)


def quality(key: str, at: datetime = EVENING) -> Quality:
    """One promised share of November."""
    both = promises(november(at), terms=running(), calendar=company_calendar())
    return next(each for each in both.qualities if each.key == key)


def call(handoff: Handoff, at: datetime) -> None:
    """The owner calls and reaches nobody."""
    attempt = Attempt(handoff.lead_id, "call", "no_answer")
    follow_up.log_attempts(attempts=[attempt], by=handoff.owner_id, at=at)


class TestReadyLeads:
    def test_are_those_handed_over_by_readiness_or_a_raised_hand(self) -> None:
        open_office()
        hand_raise()
        hand_raise("eva")
        send({"email": "no@acme.example"})
        both = promises(november(), terms=running(), calendar=company_calendar())
        assert both.volumes[0].delivered == 2
        page = behind("ready_leads", november(), user=User.objects.earliest("email"))
        assert {row.lead.email for row in page.rows if row.lead} == {
            "dana@acme.example",
            "eva@acme.example",
        }

    def test_are_expected_by_working_days(self) -> None:
        open_office()
        # November 2026 has 21 weekdays; the first working day is Monday the 2nd.
        volume = promises(november(), terms=running(), calendar=company_calendar()).volumes[0]
        assert volume.target == 40
        assert volume.expected == pytest.approx(40 / 21)
        assert volume.ahead == -2

    def test_of_a_company_that_began_within_the_month_are_expected_from_then_on(self) -> None:
        began = datetime(2026, 11, 16, 12, tzinfo=UTC)  # of 21 weekdays, the last 11
        company = Company(name="Halden", currency="EUR", time_zone="Europe/Berlin", week=WEEK)
        begin(company=company, first=person("sofia", [Role.ADMIN]), at=began)
        scope = november(began)
        volume = promises(scope, terms=running(), calendar=company_calendar()).volumes[0]
        assert volume.target == pytest.approx(40 * 11 / 21)
        assert volume.expected == pytest.approx(40 / 21)

    def test_follow_the_agreement(self) -> None:
        change_agreement(open_office(), ("    target: 40\n", "    target: 63\n"))
        volume = promises(november(), terms=running(), calendar=company_calendar()).volumes[0]
        assert (volume.target, volume.expected) == (63, 3)


class TestFirstAttempts:
    def test_are_kept_late_missed_or_running(self) -> None:
        open_office()
        kept, late, _missed = hand_raise(), hand_raise("eva"), hand_raise("ida")
        call(kept, AT + 30 * MINUTE)
        call(late, AT + 2 * HOUR)
        found = quality("first_attempt", AT + 3 * HOUR)
        assert (found.delivered.part, found.late, found.missed, found.running) == (1, 1, 1, 0)
        assert found.delivered.value == pytest.approx(1 / 3)
        assert found.promised == 0.9
        assert found.is_kept is False

    def test_that_are_not_due_yet_say_nothing(self) -> None:
        open_office()
        hand_raise()
        found = quality("first_attempt", AT + 10 * MINUTE)
        assert (found.delivered.whole, found.running) == (0, 1)
        assert found.is_kept is None

    def test_past_due_count_as_leads_that_wait_too_long(self) -> None:
        open_office()
        handoff = hand_raise()
        assert waiting_too_long(at=AT + 30 * MINUTE) == 0
        assert waiting_too_long(at=AT + 2 * HOUR) == 1
        call(handoff, AT + 2 * HOUR)
        assert waiting_too_long(at=AT + 2 * HOUR) == 0


class TestAcceptance:
    def test_is_of_those_that_were_answered(self) -> None:
        open_office()
        accepted, returned, _waiting = hand_raise(), hand_raise("eva"), hand_raise("ida")
        follow_up.accept(handoffs=[accepted.id], by=accepted.owner_id, at=AT + MINUTE)
        said = Said("no_need")
        pass_back(handoffs=[returned.id], said=said, by=returned.owner_id, at=AT + MINUTE)
        found = quality("acceptance_rate")
        assert (found.delivered.part, found.delivered.whole) == (1, 2)


class TestNurture:
    @pytest.fixture
    def recycled(self) -> list[Handoff]:
        open_office()
        backs = [hand_raise("dana"), hand_raise("eva"), hand_raise("ida")]
        for handoff in backs:
            said = Said("no_need")
            pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=AT + MINUTE)
        return backs

    def counted(self, at: datetime) -> tuple[int, int, int]:
        """In touch, in nurture and out of touch, as December's page says at a moment."""
        month = month_of(date(2026, 12, 1), "Europe/Berlin")
        scope = Scope(at=at, begins_at=month.begins_at, ends_at=month.ends_at)
        both = promises(scope, terms=running(), calendar=company_calendar())
        found = next(each for each in both.qualities if each.key == "nurture")
        assert metric(found.rows["missed"]).count(scope) == found.missed
        return found.delivered.part, found.delivered.whole, found.missed

    def test_is_in_touch_with_whoever_did_or_heard_something(self, recycled: list[Handoff]) -> None:
        send({"email": "eva@acme.example", "asks_for": "content"}, at=AT + 20 * DAY)
        assert self.counted(AT + 29 * DAY) == (0, 0, 0)
        assert self.counted(AT + 31 * DAY) == (1, 3, 2)
        assert self.counted(AT + 51 * DAY) == (0, 3, 3)

    def test_leaves_out_whoever_asked_to_stop_or_came_back(self, recycled: list[Handoff]) -> None:
        Lead.objects.filter(id=recycled[0].lead_id).update(do_not_contact=True)
        again = hand_raise("eva", at=AT + 25 * DAY)
        follow_up.accept(handoffs=[again.id], by=again.owner_id, at=AT + 25 * DAY)
        assert self.counted(AT + 31 * DAY) == (0, 1, 1)

    def test_of_a_month_that_is_over_counts_as_at_its_end(self, recycled: list[Handoff]) -> None:
        send({"email": "eva@acme.example", "asks_for": "content"}, at=AT + 40 * DAY)
        hand_raise("ida", at=AT + 70 * DAY)
        assert self.counted(AT + 300 * DAY) == (1, 3, 2)

    def test_is_no_promise_where_the_agreement_makes_none(self) -> None:
        change_agreement(
            open_office(),
            (
                """  nurture:
    text: Nobody in nurture hears nothing from us for longer.
    within: {days: 30}
""",
                "",
            ),
            ("steps: [pass_back_answer, nurture]", "steps: [pass_back_answer]"),
        )
        both = promises(november(), terms=running(), calendar=company_calendar())
        assert "nurture" not in [each.key for each in both.qualities]
        assert metric("in_nurture").count(november()) == 0


class TestContent:
    def test_is_kept_late_missed_or_running(self) -> None:
        office = open_office()
        at = [AT, AT + HOUR, AT + DAY, AT + DAY, AT + 14 * DAY]
        one, two, three, _missed, running_one = (ask(office, each) for each in at)
        deliver(one, office.max, AT + 2 * DAY)
        deliver(two, office.max, AT + 20 * DAY)
        withdraw_requests(requests=[three], by=office.mira.id, at=AT + 3 * DAY)

        now = quality("content", AT + 21 * DAY)
        counts = (now.delivered.part, now.delivered.whole, now.late, now.missed, now.running)
        assert counts == (1, 3, 1, 1, 1)
        assert (now.side, now.promised, now.state) == ("marketing", 1.0, "missed")
        user = User.objects.get(id=office.max.id)
        for figure, number in zip(
            ("part", "whole", "late", "missed", "running"), counts, strict=True
        ):
            page = behind(now.rows[figure], november(AT + 21 * DAY), user=user)
            assert page.total == len(page.rows) == number
        running_page = behind("content_running", november(AT + 21 * DAY), user=user)
        assert [row.id for row in running_page.rows] == [running_one]
        assert running_page.rows[0].lead_id is None

    def test_withdrawn_after_it_was_missed_stays_missed(self) -> None:
        office = open_office()
        request = ask(office, AT)
        withdraw_requests(requests=[request], by=office.mira.id, at=AT + 20 * DAY)
        assert quality("content", AT + 21 * DAY).missed == 1
        assert not metric("content_past_due").count(Scope(at=AT + 21 * DAY))

    def test_is_no_promise_where_the_agreement_makes_none(self) -> None:
        office = open_office()
        change_agreement(office, *NO_CONTENT)
        keys = {
            each.key
            for each in promises(november(), terms=running(), calendar=company_calendar()).qualities
        }
        assert "content" not in keys


def ask(office: Office, at: datetime) -> uuid.UUID:
    """Mira asks for something."""
    wanted = [Wanted("case_study", "Proof for their board")]
    (request,) = ask_for_content(wanted=wanted, by=office.mira.id, at=at)
    return request.id


def deliver(request: uuid.UUID, by: User, at: datetime) -> None:
    """Marketing answers."""
    answer_requests(requests=[request], answer="delivered", words="Here.", link="", by=by.id, at=at)


class TestCameBack:
    def test_counts_by_reason_in_the_agreements_words(self) -> None:
        open_office()
        for name, reason in (("dana", "no_need"), ("eva", "no_need"), ("ida", "no_budget")):
            handoff = hand_raise(name)
            pass_back(handoffs=[handoff.id], said=Said(reason), by=handoff.owner_id, at=AT + MINUTE)
        found = came_back(november(), terms=running())
        assert [(each.reason, each.number) for each in found] == [("no_need", 2), ("no_budget", 1)]
        assert found[1].label == "No budget"

    def test_leaves_out_what_was_taken_back(self) -> None:
        open_office()
        handoff = hand_raise()
        pass_back(handoffs=[handoff.id], said=Said("no_need"), by=handoff.owner_id, at=AT)
        undo_pass_back(handoffs=[handoff.id], by=handoff.owner_id, at=AT + timedelta(seconds=5))
        assert not came_back(november(), terms=running())


class TestScoreboard:
    def test_says_in_a_sentence_how_the_teams_stand(self) -> None:
        open_office()
        call(hand_raise(), AT + 30 * MINUTE)
        hand_raise("eva")
        board = scoreboard(Scope(at=AT + 3 * HOUR), calendar=company_calendar())
        assert board.headline == (
            "Marketing is on plan with ready leads; sales made 50 % of first attempts in time; "
            "1 lead waits too long."
        )

    def test_takes_the_running_month_for_promises_and_all_time_for_cohorts(self) -> None:
        open_office()
        send({"email": "old@acme.example"}, at=datetime(2026, 3, 2, 9, tzinfo=UTC))
        hand_raise()
        board = scoreboard(Scope(at=EVENING), calendar=company_calendar())
        assert board.promised_over.begins_at == november().begins_at
        assert [cohort.month.key for cohort in board.funnel.cohorts] == ["2026-03", "2026-11"]

    def test_takes_the_same_number_of_queries_however_many_leads(self) -> None:
        open_office()
        hand_raise()
        few = _queries()
        for name in ("eva", "ida", "uta", "jan"):
            call(hand_raise(name), AT + HOUR)
        assert _queries() == few <= 32

    def test_is_the_same_as_the_report(self) -> None:
        open_office()
        call(hand_raise(), AT + 30 * MINUTE)
        said = report("scoreboard", at=EVENING)
        promised = {row["promise"]: row for row in said["rows"]}
        assert promised["ready_leads"]["delivered"] == 1
        assert promised["first_attempt"]["kept"] == 1
        record = report("sla", at=EVENING)["rows"]
        assert all(
            row.items() <= each.items() for row, each in zip(said["rows"], record, strict=True)
        )


def _queries() -> int:
    with CaptureQueriesContext(connection) as queries:
        scoreboard(Scope(at=EVENING), calendar=company_calendar())
    return len(queries)


def test_before_set_up_there_are_no_promises() -> None:
    with pytest.raises(NoAgreement):
        report("sla", at=AT)


def test_every_figure_opens_the_rows_that_it_counts() -> None:
    open_office()
    call(hand_raise(), AT + 30 * MINUTE)
    hand_raise("eva")
    scope = november()
    for key in all_metrics():
        page = behind(key, scope, user=User.objects.earliest("email"))
        assert page.total == len(page.rows) == metric(key).count(scope), key
        assert all(row.lead for row in page.rows)
