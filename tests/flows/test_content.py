"""Sales asks for content, marketing answers; the promise on it is watched like any other."""

import threading
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accord.base.errors import Conflict, Invalid, Missing
from accord.content.actions import Wanted
from accord.content.models import ContentRequest
from accord.flows import begin
from accord.flows.ask_for_content import (
    answer_requests,
    ask_for_content,
    take_requests,
    withdraw_requests,
)
from accord.flows.close import open_deal
from accord.flows.merge import merge, undo_merge
from accord.flows.reschedule import reschedule
from accord.flows.watch_clocks import watch_clocks
from accord.leads.models import Activity
from accord.outbox.models import Notification
from accord.teams.actions import add_exception
from accord.teams.models import Role, User
from accord.teams.queries import company
from tests.handoffs.office import (
    AT,
    HOUR,
    NO_CONTENT,
    Office,
    change_agreement,
    hand_raise,
    open_office,
    person,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
# Ten working days end with the close of business of the tenth, 17:00 in Berlin.
DUE = datetime.fromisoformat("2026-11-16T16:00+00:00")
NEED = "A case study of a water utility, for their board"


@pytest.fixture
def office() -> Office:
    return open_office()


def asked(office: Office, *, at: datetime = AT, **more: Any) -> ContentRequest:
    wanted = Wanted(**{"piece": "case_study", "need": NEED, **more})
    (request,) = ask_for_content(wanted=[wanted], by=office.mira.id, at=at)
    return request


def take(request: ContentRequest, by: User, at: datetime = AT + HOUR) -> None:
    take_requests(requests=[request.id], by=by.id, at=at)


def deliver(request: ContentRequest, by: User, at: datetime = AT + HOUR, **said: str) -> None:
    given = {"answer": "delivered", "words": "", "link": "https://example.com/study", **said}
    answer_requests(requests=[request.id], by=by.id, at=at, **given)


def now(request: ContentRequest) -> ContentRequest:
    return ContentRequest.objects.get(id=request.id)


def story(lead: uuid.UUID) -> list[str]:
    rows = Activity.objects.filter(lead_id=lead, kind__startswith="content_request.")
    return [kind.split(".")[1] for kind in rows.order_by("known_at").values_list("kind", flat=True)]


def marketer(name: str = "ida", role: str = Role.MARKETER) -> User:
    return begin.add_person(newcomer=person(name, [role]), at=AT - DAY)


class TestAsking:
    def test_leaves_the_request_its_promise_and_a_line_on_the_timeline(self, office):
        lead = hand_raise().lead_id
        request = now(asked(office, lead=lead, needed_on=date(2026, 11, 20), is_reusable=True))

        assert (request.state, request.agreement_version, request.asked_by_id) == (
            *("asked", 1),
            office.mira.id,
        )
        assert request.due_at == DUE
        assert AT < request.warns_at < DUE
        activity = Activity.objects.get(lead_id=lead, kind="content_request.asked")
        assert (activity.text, activity.by_id, activity.happened_at) == (NEED, office.mira.id, AT)

    def test_of_a_deal_brings_its_lead(self, office):
        handoff = hand_raise()
        deal = open_deal(
            lead=handoff.lead_id, title="Sensors", amount="900", by=handoff.owner_id, at=AT
        )
        assert now(asked(office, deal=deal)).lead_id == handoff.lead_id

    def test_for_nobody_in_particular_stands_on_no_timeline(self, office):
        before = Activity.objects.count()
        assert now(asked(office)).lead_id is None
        assert Activity.objects.count() == before

    def test_has_no_clock_where_the_agreement_promises_none(self, office):
        change_agreement(office, *NO_CONTENT)
        request = now(asked(office))
        assert (request.due_at, request.escalates_at, request.agreement_version) == (None, None, 2)
        watch_clocks(at=AT + 90 * DAY)
        assert now(request) == request
        deliver(request, office.max)
        assert now(request).state == "delivered"

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("piece", {"piece": "sonnet"}),
            ("need", {"need": "  "}),
            ("need", {"need": "x" * 4_001}),
            ("need", {"need": "nul \0"}),
            ("needed_on", {"needed_on": date(2026, 11, 1)}),
        ],
    )
    def test_is_refused_with_the_field(self, office, field, wrong):
        with pytest.raises(Invalid) as refused:
            asked(office, **wrong)
        assert refused.value.field == field
        assert not ContentRequest.objects.exists()

    def test_for_what_is_not_there_leaves_nothing(self, office):
        lead, other = hand_raise("dana").lead_id, hand_raise("kim")
        deal = open_deal(lead=other.lead_id, title="Sensors", amount="", by=other.owner_id, at=AT)
        for wrong in ({"lead": uuid.uuid4()}, {"deal": uuid.uuid4()}):
            with pytest.raises(Missing):
                asked(office, **wrong)
        with pytest.raises(Invalid):
            asked(office, lead=lead, deal=deal)
        assert not ContentRequest.objects.exists()
        assert not Activity.objects.filter(kind="content_request.asked").exists()
        assert not Notification.objects.filter(kind="content_request.asked").exists()


class TestAnswering:
    def test_takes_delivers_and_tells_it_on_the_timeline(self, office):
        lead = hand_raise().lead_id
        request = asked(office, lead=lead)
        take(request, office.max)
        deliver(request, office.max, AT + DAY, words="Two pages.")
        found = now(request)
        assert (found.state, found.taken_at, found.answered_at) == (
            *("delivered", AT + HOUR),
            AT + DAY,
        )
        assert (found.taken_by_id, found.answered_by_id) == (office.max.id, office.max.id)
        assert found.escalates_at is None
        assert story(lead) == ["asked", "taken", "delivered"]
        delivered = Activity.objects.get(lead_id=lead, kind="content_request.delivered")
        assert delivered.text == "Two pages.\nhttps://example.com/study"

    def test_turning_down_needs_the_reason(self, office):
        request = asked(office)
        with pytest.raises(Invalid) as refused:
            deliver(request, office.max, answer="turned_down", link="")
        assert refused.value.field == "words"
        deliver(request, office.max, answer="turned_down", words="We have no such customer.")
        assert (now(request).state, now(request).link) == ("turned_down", "")

    @pytest.mark.parametrize(
        "link",
        [
            *("javascript:alert(1)", "ftp://example.com/x", "data:text/html,x", "example.com"),
            *("https://", "https://example.com/" + "x" * 500, "", "http://[x"),
        ],
    )
    def test_only_pages_are_links(self, office, link):
        request = asked(office)
        with pytest.raises(Invalid) as refused:
            deliver(request, office.max, link=link)
        assert refused.value.field == "link"
        assert now(request).state == "asked"

    def test_what_is_no_answer_is_refused(self, office):
        request = asked(office)
        with pytest.raises(Invalid):
            deliver(request, office.max, answer="withdrawn")

    def test_once(self, office):
        request = asked(office)
        deliver(request, office.max)
        with pytest.raises(Conflict, match="Max has answered this already"):
            deliver(request, office.max, AT + DAY)
        with pytest.raises(Conflict, match="Max has answered"):
            take(request, office.max)
        with pytest.raises(Conflict, match="Max has answered"):
            withdraw_requests(requests=[request.id], by=office.mira.id, at=AT + DAY)

    def test_what_somebody_took_is_theirs(self, office):
        ida, jo = marketer(), marketer("jo")
        request = asked(office)
        take(request, ida)
        for act in (take, deliver):
            with pytest.raises(Conflict, match="Ida has taken this on"):
                act(request, jo)
        with pytest.raises(Conflict, match="You have taken this on already"):
            take(request, ida)
        take(request, office.max, AT + 2 * HOUR)  # who heads marketing may
        assert now(request).taken_by_id == office.max.id

    def test_what_somebody_who_is_gone_took_is_anybodys(self, office):
        ida, jo = marketer(), marketer("jo")
        request = asked(office)
        take(request, ida)
        User.objects.filter(id=ida.id).update(is_active=False)
        deliver(request, jo)
        assert now(request).answered_by_id == jo.id

    def test_several_or_none(self, office):
        lead = hand_raise().lead_id
        one, two = asked(office, lead=lead), asked(office)
        deliver(two, office.max)
        with pytest.raises(Conflict):
            take_requests(requests=[one.id, two.id], by=office.max.id, at=AT + DAY)
        assert now(one).state == "asked"
        assert story(lead) == ["asked"]
        with pytest.raises(Missing):
            take_requests(requests=[one.id, uuid.uuid4()], by=office.max.id, at=AT + DAY)

    def test_the_database_knows_no_answer_without_who_gave_it(self, office):
        request = asked(office)
        with pytest.raises(IntegrityError), transaction.atomic():
            ContentRequest.objects.filter(id=request.id).update(state="delivered")


class TestWithdrawing:
    def test_is_for_who_asked(self, office):
        lead = hand_raise().lead_id
        request = asked(office, lead=lead)
        with pytest.raises(Conflict, match="Only Mira"):
            withdraw_requests(requests=[request.id], by=office.tom.id, at=AT + HOUR)
        withdraw_requests(requests=[request.id], by=office.mira.id, at=AT + HOUR)
        assert (now(request).state, now(request).escalates_at) == ("withdrawn", None)
        assert story(lead) == ["asked", "withdrawn"]
        with pytest.raises(Conflict, match="Mira does not need this any more"):
            deliver(request, office.max)


def told(kind: str) -> list[uuid.UUID]:
    rows = Notification.objects.filter(kind=f"content_request.{kind}", channel="app")
    return list(rows.values_list("user_id", flat=True))


class TestTheClock:
    def test_warns_and_misses_each_once_and_never_early(self, office):
        ida, lead = marketer(), hand_raise().lead_id
        request = asked(office, lead=lead)
        warns = now(request).warns_at
        assert watch_clocks(at=AT + HOUR).warned >= 0  # what handoffs have to warn of
        watch_clocks(at=warns)
        assert told("at_risk") == []
        for n in range(3):
            watch_clocks(at=warns + (n + 1) * SECOND)
        assert sorted(told("at_risk")) == sorted([office.max.id, ida.id])
        watch_clocks(at=DUE)
        assert (told("unanswered"), now(request).missed_at) == ([], None)
        for n in range(3):
            watch_clocks(at=DUE + (n + 1) * SECOND)
        assert sorted(told("unanswered")) == sorted([office.max.id, ida.id])
        assert now(request).missed_at == DUE + SECOND
        assert story(lead) == ["asked", "missed"]
        missed = Activity.objects.get(lead_id=lead, kind="content_request.missed")
        assert missed.happened_at == DUE

    def test_then_tells_the_head_and_nobody_else(self, office):
        ida = marketer()
        request = asked(office)
        for days in (0, 1, 2, 3, 30):
            watch_clocks(at=DUE + days * DAY + SECOND)
        assert told("unanswered").count(ida.id) == 1
        assert told("unanswered").count(office.max.id) == 2
        assert now(request).escalates_at is None

    def test_a_sweep_that_comes_late_warns_of_nothing(self, office):
        asked(office)
        watch_clocks(at=DUE + SECOND)
        assert told("at_risk") == []
        assert told("unanswered") == [office.max.id]

    def test_is_stopped_by_either_answer(self, office):
        one, two, three = asked(office), asked(office), asked(office)
        deliver(one, office.max)
        deliver(two, office.max, answer="turned_down", words="No such customer.")
        withdraw_requests(requests=[three.id], by=office.mira.id, at=AT + HOUR)
        watch_clocks(at=DUE + 9 * DAY)
        assert told("unanswered") == told("at_risk") == []

    def test_is_not_stopped_by_being_taken(self, office):
        request = asked(office)
        take(request, office.max)
        watch_clocks(at=DUE + SECOND)
        assert now(request).missed_at == DUE + SECOND

    def test_keeps_the_version_it_was_asked_under(self, office):
        request = asked(office)
        change_agreement(office, ("within: {working_days: 10}", "within: {working_days: 2}"))
        reschedule(users=None)
        assert now(request).due_at == DUE
        later = asked(office)
        assert (now(later).agreement_version, now(later).due_at < DUE) == (2, True)

    def test_moves_when_the_companys_hours_change(self, office):
        request = asked(office)
        close_on(date(2026, 11, 5))
        reschedule(users=[office.max.id])  # somebody's own hours change nothing
        assert now(request).due_at == DUE
        assert reschedule(users=None) == 1
        assert now(request).due_at == DUE + DAY

    def test_is_not_early_even_before_it_was_moved(self, office):
        request = asked(office)
        close_on(date(2026, 11, 5))
        watch_clocks(at=DUE + SECOND)
        assert now(request).missed_at is None
        assert now(request).due_at == DUE + DAY
        watch_clocks(at=DUE + DAY + SECOND)
        assert now(request).missed_at == DUE + DAY + SECOND

    def test_what_was_missed_stays_so(self, office):
        request = asked(office)
        watch_clocks(at=DUE + SECOND)
        close_on(date(2026, 11, 5))
        reschedule(users=None)
        assert (now(request).due_at, now(request).missed_at) == (DUE, DUE + SECOND)

    def test_on_trial_is_counted_and_nobody_is_told(self, office):
        change_agreement(office, ("marketing:\n  text", "on_trial: [content]\nmarketing:\n  text"))
        request = asked(office)
        watch_clocks(at=DUE + 9 * DAY)
        assert now(request).missed_at
        assert told("at_risk") == told("unanswered") == []


def close_on(day: date) -> None:
    """The company is closed on a day."""
    add_exception(calendar_id=company().calendar_id, on=day)


def test_it_moves_with_its_lead_and_back(office):
    one, two = hand_raise("dana").lead_id, hand_raise("kim").lead_id
    request = asked(office, lead=two)
    made = merge(winner=one, loser=two, by=office.max.id, at=AT + HOUR)
    assert now(request).lead_id == one
    assert story(one) == ["asked"]
    undo_merge(merge=made.id, by=office.max.id, at=AT + 2 * HOUR)
    assert now(request).lead_id == two


@pytest.mark.django_db(transaction=True)
def test_of_several_who_take_it_at_once_one_has_it():
    office = open_office()
    request, people = asked(office), [marketer(name) for name in ("ida", "jo", "kai")]
    go, slower = threading.Barrier(len(people)), []

    def act(user: User) -> None:
        go.wait()
        try:
            take(request, user)
        except Conflict as refused:
            slower.append(refused.sentence)
        connection.close()

    threads = [threading.Thread(target=act, args=[user]) for user in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    faster = {user.id: user.name for user in people}[now(request).taken_by_id]
    assert slower == [f"{faster} has taken this on; talk to them, or to the head of marketing."] * 2
    assert told("taken") == [office.mira.id]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_take_each_step_once():
    office = open_office()
    for _n in range(5):
        asked(office)
    go = threading.Barrier(3)

    def sweep() -> None:
        go.wait()
        watch_clocks(at=DUE + 3 * DAY)
        connection.close()

    threads = [threading.Thread(target=sweep) for _n in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(told("unanswered")) == 10
    assert ContentRequest.objects.filter(missed_at=DUE + 3 * DAY).count() == 5
