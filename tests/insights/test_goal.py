"""The goal of both teams, what it asks of marketing, and what leads are worth."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.agreement.queries import running
from accord.base.ids import new_id
from accord.base.lifecycle import Stage
from accord.deals.models import Deal, DealState
from accord.handoffs.models import Handoff
from accord.insights.behind import behind
from accord.insights.goal import deliverable, revenue
from accord.insights.metrics import Scope
from accord.insights.promises import promises
from accord.insights.rates import FEWEST, closed_quarters, rates, worths
from accord.insights.rules import (
    State,
    due_by,
    month_of,
    period_of,
    share,
    state_of_number,
    state_of_share,
    working_days,
)
from accord.leads.models import Lead, StageEntry
from accord.teams.models import User
from accord.teams.queries import company_calendar
from accord.teams.rules import Calendar
from tests.handoffs.office import AT, change_agreement, hand_raise, open_office, send

WEEKDAYS = Calendar("Europe/Berlin", dict.fromkeys(range(5), ((540, 1020),)))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


class TestStates:
    @given(st.integers(0, 300), st.integers(0, 300), st.floats(0, 1))
    def test_a_share_is_kept_exactly_when_it_reaches_the_promise(self, part, more, promised):
        found = share(part, part + more)
        states = {over: state_of_share(found, promised, is_over=over) for over in (False, True)}
        if not found.whole:
            assert set(states.values()) == {State.OPEN}
        elif part / (part + more) >= promised:
            assert set(states.values()) == {State.KEPT}
        else:
            assert states[True] == State.MISSED
            surely = found.high is not None and found.high < promised
            assert states[False] == (State.MISSED if surely else State.AT_RISK)

    def test_a_number_behind_is_at_risk_until_the_period_is_over(self):
        assert state_of_number(10, 10, is_over=False) == State.KEPT
        assert state_of_number(9, 10, is_over=False) == State.AT_RISK
        assert state_of_number(9, 10, is_over=True) == State.MISSED


class TestPeriods:
    @given(DAYS, st.sampled_from([("month", 1), ("quarter", 3), ("year", 12)]))
    def test_hold_their_day_and_begin_where_the_last_one_ended(self, day, kind):
        per, months = kind
        first, last = period_of(day, per, "Europe/Berlin")
        assert first.first <= day
        assert last.begins_at < last.ends_at
        assert (last.first.month - first.first.month) + 1 == months
        before, _ = period_of(first.first - timedelta(days=1), per, "Europe/Berlin")
        assert before.first < first.first

    @given(DAYS, st.integers(0, 400), st.integers(-10, 410))
    def test_what_is_due_grows_from_nothing_to_all(self, first, length, day):
        until = first + timedelta(days=length + 1)
        due = due_by(100, WEEKDAYS, first, until, first + timedelta(days=day))
        assert 0 <= due <= 100
        assert due_by(100, WEEKDAYS, first, until, first) == 0
        assert due_by(100, WEEKDAYS, first, until, until) == pytest.approx(100)
        if working_days(WEEKDAYS, first, until):
            passed = working_days(
                WEEKDAYS, first, min(max(first + timedelta(days=day), first), until)
            )
            assert due == pytest.approx(100 * passed / working_days(WEEKDAYS, first, until))


def deal(lead: Lead, amount: int, *, days_ago: int, currency: str = "EUR") -> None:
    Deal.objects.create(
        id=new_id(),
        lead_id=lead.id,
        title="Machines",
        amount=Decimal(amount),
        currency=currency,
        state=DealState.WON,
        opened_at=AT - timedelta(days=days_ago + 1),
        closed_at=AT - timedelta(days=days_ago),
        known_at=AT - timedelta(days=days_ago),
    )


def reader() -> User:
    return User.objects.earliest("email")


def november() -> Scope:
    month = month_of(AT.date(), "Europe/Berlin")
    return Scope(at=AT, begins_at=month.begins_at, ends_at=month.ends_at)


def some(number: int, **more: object) -> list[Lead]:
    bodies = [{"email": f"person{each}@acme{each}.example", **more} for each in range(number)]
    return send(*bodies)


def came_before(leads: list[Lead], reached: dict[Stage, int]) -> None:
    """They came half a year ago; so many of them, the first ones, entered these stages."""
    Lead.objects.filter(id__in=[lead.id for lead in leads]).update(
        first_contact_at=AT - timedelta(days=180)
    )
    for stage, number in reached.items():
        for lead in leads[:number]:
            StageEntry.objects.filter(lead_id=lead.id, left_at=None).update(left_at=AT)
            StageEntry.objects.create(
                id=new_id(),
                lead_id=lead.id,
                stage=stage,
                entered_at=AT,
                left_at=AT,
                cause="act",
                known_at=AT,
            )


@pytest.mark.django_db
class TestRevenue:
    def test_counts_deals_won_in_the_quarter_and_in_its_currency(self):
        open_office()
        (lead,) = some(1)
        deal(lead, 1000, days_ago=1)
        deal(lead, 200, days_ago=30)
        deal(lead, 5000, days_ago=200)
        deal(lead, 70, days_ago=1, currency="USD")
        volume = revenue(november(), terms=running(), calendar=company_calendar())
        assert volume is not None
        assert (volume.delivered, volume.target, volume.unit) == (1200, 300_000, "EUR")
        assert volume.state == State.AT_RISK
        page = behind(volume.rows, volume.over, user=reader(), only=volume.only)
        assert sorted(row.says for row in page.rows) == [
            "Machines · Won · 1,000.00 EUR",
            "Machines · Won · 200.00 EUR",
        ]

    def test_is_not_there_without_a_goal(self):
        text = "goal:\n  text: Both teams work for one figure, the revenue from new deals.\n"
        text += "  revenue: 300000\n  currency: EUR\n  per: quarter\n  marketing_share: 0.5\n"
        duty = ("    steps: [close, revenue]\n", "    steps: [close]\n")
        change_agreement(open_office(), (text, ""), duty)
        assert revenue(november(), terms=running(), calendar=company_calendar()) is None


@pytest.mark.django_db
class TestDeliverable:
    def test_works_back_from_the_goal_by_the_rates_of_closed_quarters(self):
        open_office()
        leads = some(40)
        came_before(leads, {Stage.MQL: 20, Stage.SAL: 10, Stage.SQL: 8, Stage.CUSTOMER: 2})
        deal(leads[0], 10_000, days_ago=60)
        deal(leads[1], 30_000, days_ago=60)
        found = deliverable(running(), scope=november(), calendar=company_calendar())
        # 300,000 a quarter, half of it from marketing, at 20,000 a deal: 2.5 customers a month.
        numbers = {need.step: need.number for need in found.needs}
        assert numbers == pytest.approx(
            {"won": 2.5, "sql": 10, "sal": 12.5, "mql": 25, "leads": 50}
        )
        assert found.needed == pytest.approx(25)
        assert {need.step: need.is_thin for need in found.needs} == {
            "won": False,
            "sql": True,
            "sal": True,
            "mql": True,
            "leads": False,
        }

    @pytest.mark.parametrize(("number", "won", "rate"), [(FEWEST - 1, 4, 4 / 69), (30, 6, 0.2)])
    def test_a_segment_with_few_cases_brings_what_all_leads_bring(self, number, won, rate):
        promise = "    segments: [{definition: ideal_customer, target: 10}]\n"
        change_agreement(open_office(), ("    per: month\n", f"    per: month\n{promise}"))
        small = some(40)
        large = send(
            *(
                {"email": f"p{each}@big{each}.example", "company": f"Big {each}", "employees": 120}
                for each in range(number)
            )
        )
        came_before(small, {Stage.MQL: 40})
        came_before(large, {Stage.MQL: number, Stage.CUSTOMER: won})
        deal(large[0], 1000, days_ago=60)
        found = deliverable(running(), scope=november(), calendar=company_calendar())
        all_leads, segment = found.outlooks
        assert (all_leads.own.part, all_leads.own.whole) == (won, 40 + number)
        assert (segment.own.part, segment.own.whole) == (won, number)
        assert segment.is_thin == (number < FEWEST)
        assert segment.rate == pytest.approx(rate)
        assert segment.revenue == pytest.approx(10 * rate * 1000)
        # 150,000 a quarter at 1,000 a deal are 50 customers a month; 10 of 40 promised leads are
        # of the segment, so a quarter of the customers is asked of it.
        assert all_leads.needed == pytest.approx(50 / (won / (40 + number)))
        assert all_leads.needed == pytest.approx(found.needed)
        assert segment.needed == pytest.approx(50 / 4 / rate)

    def test_says_what_is_missing(self):
        open_office()
        found = deliverable(running(), scope=november(), calendar=company_calendar())
        assert found.needs == []
        assert "EUR" in found.why_not

    def test_a_lead_that_skipped_a_stage_passed_it(self):
        open_office()
        came_before(some(3), {Stage.CUSTOMER: 2})
        over = closed_quarters(AT, "Europe/Berlin")
        found = rates(over, zone="Europe/Berlin", currency="EUR")
        assert found.counts == {"leads": 3, "mql": 2, "sal": 2, "sql": 2, "won": 2}


@pytest.mark.django_db
class TestWorth:
    def test_few_of_a_kind_are_worth_what_all_are(self):
        open_office()
        one, two = hand_raise(), hand_raise("eva")
        Handoff.objects.update(offered_at=AT - timedelta(days=150))
        deal(Lead.objects.get(id=one.lead_id), 1000, days_ago=100)
        over = closed_quarters(AT, "Europe/Berlin")
        assert two.trigger == "hand_raise"
        assert FEWEST > 2
        assert set(worths(over, currency="EUR").values()) == {500.0}

    def test_segments_and_worth_are_promised_and_counted(self):
        change_agreement(
            open_office(),
            (
                "    per: month\n",
                """    per: month
    segments:
      - {definition: ideal_customer, target: 10, worth: {amount: 4000, currency: EUR}}
    worth: {amount: 9000, currency: EUR}
""",
            ),
        )
        before = hand_raise("ida", email="ida@old.example", at=AT - timedelta(days=150))
        deal(Lead.objects.get(id=before.lead_id), 1000, days_ago=100)
        hand_raise(company="Acme", employees="120")
        hand_raise("eva", email="eva@tiny.example")
        both = promises(november(), terms=running(), calendar=company_calendar())
        found = {(each.key, each.only): each for each in both.volumes}
        assert set(found) == {
            *(("ready_leads", ""), ("ready_leads", "ideal_customer")),
            *(("worth", ""), ("worth", "ideal_customer")),
        }
        assert found["ready_leads", ""].delivered == 2
        assert found["ready_leads", "ideal_customer"].delivered == 1
        assert found["ready_leads", "ideal_customer"].target == 10
        # The one lead of a hand-raise before brought 1,000.
        assert found["worth", ""].delivered == 2000
        assert found["worth", "ideal_customer"].delivered == 1000
        assert found["worth", "ideal_customer"].target == 4000
