"""Deals are opened, moved, won and lost, and the leads go with them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accord.base.errors import Conflict, Invalid, Missing
from accord.base.ids import new_id
from accord.base.lifecycle import LeadStatus, Stage
from accord.deals.models import Deal, DealState, StepEntry
from accord.deals.queries import deals_of, pipeline
from accord.flows import close
from accord.flows.close import Lost, Opening
from accord.handoffs.models import Handoff, HandoffState
from accord.leads.models import Activity, Company, Lead
from tests.handoffs.office import AT, HOUR, MINUTE, change_agreement, hand_raise, open_office, send

SOON = AT + 10 * MINUTE
LATER = SOON + timedelta(days=20)


def opened(handoff: Handoff, **more) -> Deal:
    """A deal with the handoff's lead."""
    opening = Opening(lead_id=handoff.lead_id, title="Pumps", amount=Decimal(9000), **more)
    (deal_id,) = close.open_deals(openings=[opening], by=handoff.owner_id, at=SOON)
    return Deal.objects.get(id=deal_id)


@pytest.mark.django_db
class TestOpeningADeal:
    def test_makes_the_lead_an_opportunity_and_qualifies_its_handoff(self):
        open_office()
        handoff = hand_raise()
        deal = opened(handoff)
        handoff.refresh_from_db()
        assert (deal.state, deal.step_id, deal.currency) == (DealState.OPEN, "qualification", "EUR")
        assert (handoff.state, handoff.disposed_at) == (HandoffState.ACCEPTED, SOON)
        assert Lead.objects.get(id=handoff.lead_id).stage == Stage.OPPORTUNITY

    def test_leaves_its_fact_and_its_story(self):
        open_office()
        handoff = hand_raise()
        deal = opened(handoff)
        entry = StepEntry.objects.get(deal_id=deal.id)
        told = Activity.objects.get(kind="deal.opened", lead_id=handoff.lead_id)
        assert (entry.entered_at, entry.left_at) == (SOON, None)
        assert told.detail["title"] == "Pumps"

    def test_makes_the_company_the_reps_account(self):
        open_office()
        handoff = hand_raise()
        opened(handoff)
        assert Company.objects.get().owner_id == handoff.owner_id
        assert hand_raise("eva", at=LATER).owner_id == handoff.owner_id

    def test_can_join_one_that_a_colleague_has(self):
        open_office()
        deal = opened(hand_raise())
        eva = hand_raise("eva")
        joined = opened(eva, join=deal.id)
        assert joined.id == deal.id
        assert Deal.objects.count() == 1
        assert deals_of(eva.lead_id) == [deal]
        assert Lead.objects.get(id=eva.lead_id).stage == Stage.OPPORTUNITY

    def test_with_an_unknown_step_is_refused_and_leaves_nothing(self):
        open_office()
        handoff = hand_raise()
        with pytest.raises(Invalid, match="no sales step"):
            opened(handoff, step="dancing")
        assert not Deal.objects.exists()
        assert Lead.objects.get(id=handoff.lead_id).stage == Stage.MQL

    def test_with_nobody_is_refused(self):
        office = open_office()
        with pytest.raises(Missing):
            close.open_deals(openings=[Opening(lead_id=new_id())], by=office.tom.id, at=AT)

    @pytest.mark.parametrize(
        ("written", "amount"),
        [
            ("", None),
            ("1200", 1200),
            ("1 200,50", "1200.50"),
            ("1,200.50", "1200.50"),
            ("1,200", 1200),
            ("12.500 EUR", 12500),
            ("0.500", "0.5"),
        ],
    )
    def test_reads_the_amount_as_people_write_it(self, written, amount):
        assert close.read_amount(written) == (None if amount is None else Decimal(amount))

    @pytest.mark.parametrize("written", ["much", "-5", "inf", "1e15"])
    def test_refuses_what_is_no_amount(self, written):
        with pytest.raises(Invalid):
            close.read_amount(written)


@pytest.mark.django_db
class TestMovingADeal:
    def test_leaves_one_step_and_enters_the_next(self):
        open_office()
        handoff = hand_raise()
        deal = opened(handoff)
        close.move_deals(steps={deal.id: "proposal"}, by=handoff.owner_id, at=LATER)
        entries = list(StepEntry.objects.order_by("entered_at").values_list("step_id", "left_at"))
        assert entries == [("qualification", LATER), ("proposal", None)]
        assert Activity.objects.get(kind="deal.moved").detail["step"] == "Proposal"

    def test_to_where_it_is_changes_nothing(self):
        open_office()
        handoff = hand_raise()
        deal = opened(handoff)
        assert (
            close.move_deals(steps={deal.id: "qualification"}, by=handoff.owner_id, at=LATER) == []
        )


@pytest.mark.django_db
class TestWinning:
    def test_makes_customers_of_all_its_leads(self):
        open_office()
        handoff, eva = hand_raise(), hand_raise("eva")
        deal = opened(handoff)
        opened(eva, join=deal.id)
        close.win_deals(amounts={deal.id: Decimal(8000)}, by=handoff.owner_id, at=LATER)
        deal.refresh_from_db()
        assert (deal.state, deal.closed_at, deal.amount) == (DealState.WON, LATER, 8000)
        assert set(Lead.objects.values_list("stage", "status")) == {
            (Stage.CUSTOMER, LeadStatus.CLOSED)
        }
        assert Activity.objects.filter(kind="deal.won").count() == 2

    def test_twice_says_what_it_is(self):
        open_office()
        handoff = hand_raise()
        deal = opened(handoff)
        close.win_deals(amounts={deal.id: None}, by=handoff.owner_id, at=LATER)
        with pytest.raises(Conflict, match="closed already: won on 2026-11-22"):
            close.win_deals(amounts={deal.id: None}, by=handoff.owner_id, at=LATER + HOUR)


@pytest.mark.django_db
class TestLosing:
    def lose(self, handoff: Handoff, deal: Deal, reason: str) -> Lead:
        close.lose_deals(lost=[Lost(deal.id, reason)], by=handoff.owner_id, at=LATER)
        return Lead.objects.get(id=handoff.lead_id)

    def test_recycles_the_lead_until_the_agreed_day(self):
        open_office()
        handoff = hand_raise()
        deal = opened(handoff)
        lead = self.lose(handoff, deal, "no_budget")
        deal.refresh_from_db()
        assert (deal.state, deal.loss_reason) == (DealState.LOST, "no_budget")
        assert deal.re_enter_on == LATER.date() + timedelta(days=90)
        assert (lead.stage, lead.owner_id) == (Stage.RECYCLED, None)

    def test_disqualifies_where_the_agreement_says_so(self):
        open_office()
        handoff = hand_raise()
        assert self.lose(handoff, opened(handoff), "not_ideal").stage == Stage.DISQUALIFIED

    def test_goes_where_a_newer_agreement_sends_the_reason(self):
        office = open_office()
        change_agreement(
            office,
            (
                "label: No decision\n      destination: nurture\n      re_enter_after: {days: 90}",
                "label: No decision\n      destination: disqualify",
            ),
        )
        handoff = hand_raise()
        assert self.lose(handoff, opened(handoff), "no_decision").stage == Stage.DISQUALIFIED

    def test_leaves_a_lead_with_another_open_deal_where_it_is(self):
        open_office()
        handoff = hand_raise()
        deal = opened(handoff)
        opened(handoff)
        assert self.lose(handoff, deal, "price").stage == Stage.OPPORTUNITY

    def test_leaves_a_customer_a_customer(self):
        open_office()
        handoff = hand_raise()
        won, deal = opened(handoff), opened(handoff)
        close.win_deals(amounts={won.id: None}, by=handoff.owner_id, at=LATER)
        assert self.lose(handoff, deal, "price").stage == Stage.CUSTOMER

    def test_needs_a_reason_of_the_agreement(self):
        open_office()
        handoff = hand_raise()
        deal = opened(handoff)
        with pytest.raises(Invalid, match="no such reason"):
            self.lose(handoff, deal, "bad luck")
        deal.refresh_from_db()
        assert deal.state == DealState.OPEN

    def test_lets_the_lead_return_by_a_new_event_after_the_day(self):
        open_office()
        handoff = hand_raise(employees=99)
        self.lose(handoff, opened(handoff), "no_budget")
        event = {"email": "dana@acme.example", "event": "pricing.visited"}
        send(event, at=LATER + timedelta(days=89))
        assert not Handoff.objects.filter(disposed_at=None).exists()
        send(event, at=LATER + timedelta(days=91))
        assert Handoff.objects.filter(disposed_at=None).exists()


@pytest.mark.django_db
def test_the_pipeline_sums_by_step_and_weighs_by_chance():
    open_office()
    handoff, eva = hand_raise(), hand_raise("eva")
    opened(handoff)
    opened(eva, step="proposal")
    shown = pipeline()
    by_step = {step.step.key: (step.count, step.total, step.weighted) for step in shown.steps}
    assert by_step["qualification"] == (1, 9000, 900)
    assert by_step["proposal"] == (1, 9000, 4500)
    assert (shown.count, shown.total, shown.weighted) == (2, 18000, 5400)
