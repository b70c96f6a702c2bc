"""What somebody who is gone left behind is passed on: whole, told, and once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accord.base.errors import Conflict, Invalid
from accord.criteria.metrics import Scope
from accord.deals.models import Deal
from accord.flows import close, follow_up, stand_in
from accord.flows.pass_on import left_behind, pass_on
from accord.handoffs.leaks import deals_left_behind, leads_left_behind
from accord.leads.models import Activity, Company, Lead, Ownership
from accord.outbox.models import Notification
from tests.handoffs.office import AT, HOUR, Office, hand_raise, open_office

pytestmark = pytest.mark.django_db
LEFT = AT + 2 * HOUR
PASSED = AT + 3 * HOUR
DAY = timedelta(days=1)


@pytest.fixture
def office() -> Office:
    """Mira and Tom each qualified one lead and opened a deal; then one of them left."""
    return open_office()


@pytest.fixture
def gone(office: Office):
    """Whoever had the first lead, with another one that has no deal, is no longer here."""
    handoffs = [hand_raise("dana"), hand_raise("eva"), hand_raise("ida")]
    leaver = handoffs[0].owner_id
    theirs = [handoff for handoff in handoffs if handoff.owner_id == leaver]
    for handoff in handoffs:
        follow_up.accept(handoffs=[handoff.id], by=handoff.owner_id, at=AT + HOUR)
    opening = close.Opening(theirs[0].lead_id, "Forty seats", Decimal(9000))
    close.open_deals(openings=[opening], by=leaver, at=AT + HOUR)
    stand_in.deactivate(user_id=leaver, by=office.head.id, at=LEFT)
    return leaver


def the_other(office: Office, leaver):
    (found,) = office.reps - {leaver}
    return found


def test_a_colleague_gets_leads_and_deals_and_nothing_slips_any_more(office, gone):
    before = left_behind(gone, at=PASSED)
    assert (before.deals, before.accounts) == (1, 1)
    assert before.leads == leads_left_behind(Scope(at=PASSED)).count() > 0
    to = the_other(office, gone)
    leads = set(leads_left_behind(Scope(at=PASSED)).values_list("id", flat=True))
    assert pass_on(user_id=gone, to=to, by=office.head.id, at=PASSED) == before
    assert not left_behind(gone, at=PASSED).is_any
    assert not deals_left_behind(Scope(at=PASSED)).exists()
    assert Deal.objects.get().owner_id == to
    assert set(Company.objects.values_list("owner_id", flat=True)) == {to}
    assert set(Lead.objects.filter(owner_id=to).values_list("id", flat=True)) >= leads
    for lead in leads:
        assert Ownership.objects.get(lead_id=lead, owned_until=None).owner_id == to
        assert Activity.objects.filter(lead_id=lead, kind="owner.assigned", happened_at=PASSED)
    given = Activity.objects.get(kind="deal.given")
    assert given.detail["title"] == "Forty seats"
    told = Notification.objects.filter(kind="work.passed_on", channel="app")
    assert [each.user_id for each in told] == [to]


def test_passed_on_again_nothing_happens_and_nobody_is_told(office, gone):
    to = the_other(office, gone)
    for minutes in (0, 5):
        at = PASSED + timedelta(minutes=minutes)
        passed = pass_on(user_id=gone, to=to, by=office.head.id, at=at)
    assert not passed.is_any
    assert Notification.objects.filter(kind="work.passed_on", channel="app").count() == 1


def test_only_what_is_left_behind_by_those_gone_and_only_to_reps_who_are_here(office, gone):
    to = the_other(office, gone)
    with pytest.raises(Conflict, match="still works in sales"):
        pass_on(user_id=to, to=office.head.id, by=office.head.id, at=PASSED)
    for nobody in (office.max.id, gone):
        with pytest.raises(Invalid, match="rep who works here"):
            pass_on(user_id=gone, to=nobody, by=office.head.id, at=PASSED)
    assert Deal.objects.get().owner_id == gone
