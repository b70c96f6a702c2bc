"""Leads go where the routes and pools say, and each assignment keeps why."""

import threading
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.base.errors import Conflict, Invalid
from accord.flows import follow_up
from accord.flows.watch_clocks import watch_clocks
from accord.handoffs.actions import (
    Place,
    PoolSettings,
    Routing,
    add_route,
    change_route,
    move_route,
    release_queue,
    remove_pool,
    remove_route,
    set_pool,
)
from accord.handoffs.actions.pools import default_pool
from accord.handoffs.models import Assignment, Handoff, Pool, PoolMember, Route
from accord.handoffs.queries import why_them
from accord.handoffs.rules.pools import Caps
from accord.leads.actions.accounts import give_accounts
from accord.leads.models import Lead
from accord.outbox.models import Notification
from accord.teams.actions import Working, add_absence, set_working
from accord.teams.models import SettingChange, User
from tests.handoffs.office import AT, HOUR, Office, demo, hand_raise, open_office, send

DAY = timedelta(days=1)
GERMAN = {"must": {"all": [{"fact": "country", "one_of": ["Germany", "Austria"]}]}}


@pytest.fixture
def office(db) -> Office:
    return open_office()


def a_pool(office: Office, name: str = "DACH", *, at=AT, **more) -> Pool:
    members = more.pop("members", {office.tom.id: Place()})
    settings = PoolSettings(name=name, members=members, **more)
    return set_pool(pool_id=None, settings=settings, by=office.head.id, at=at)


def the_default(office: Office, **more) -> Pool:
    pool = default_pool()
    settings = PoolSettings(name="All reps", members=dict.fromkeys(office.reps, Place()), **more)
    return set_pool(pool_id=pool.id, settings=settings, by=office.head.id, at=AT)


def territory(office: Office, pool: Pool, criteria=GERMAN, name: str = "German-speaking") -> Route:
    routing = Routing(name=name, kind="criteria", criteria=criteria, pool_id=pool.id)
    return add_route(routing=routing, by=office.head.id, at=AT)


def to_accounts(office: Office, *companies: uuid.UUID, to: User) -> Route:
    routing = Routing("Key accounts", "companies", companies=companies, person_id=to.id)
    return add_route(routing=routing, by=office.head.id, at=AT)


class TestATerritory:
    def test_sends_those_who_meet_it_to_its_pool_and_says_so(self, office):
        pool = a_pool(office)
        route = territory(office, pool)
        handoff = hand_raise(country="Germany")
        assert (handoff.owner_id, handoff.pool_id) == (office.tom.id, pool.id)
        assert Assignment.objects.get(handoff_id=handoff.id).route_id == route.id
        assert why_them(handoff.id) == [
            "The route “German-speaking” applies.",
            "Tom was next in turn.",
        ]

    def test_of_which_nobody_can_tell_is_passed_over_and_says_what_is_missing(self, office):
        territory(office, a_pool(office, members={office.head.id: Place()}))
        handoff = hand_raise()
        assert handoff.owner_id in office.reps
        assert why_them(handoff.id)[0] == (
            "“German-speaking” was passed over: cannot tell, as it is not known: Country."
        )

    def test_may_ask_a_definition_of_the_agreement_and_counts(self, office):
        criteria = {
            "must": {
                "all": [
                    {"definition": "sales_ready"},
                    {"count": "form_submissions", "at_least": 1},
                ]
            }
        }
        pool = a_pool(office)
        territory(office, pool, criteria)
        assert hand_raise().pool_id == pool.id

    def test_that_asks_what_no_longer_exists_stops_nothing(self, office):
        territory(office, a_pool(office))
        Route.objects.update(criteria={"must": {"all": [{"fact": "shoe_size", "is": 42}]}})
        handoff = hand_raise(country="Germany")
        assert handoff.owner_id in office.reps
        assert "no longer exists" in why_them(handoff.id)[0]

    def test_that_cannot_be_asked_is_not_taken(self, office):
        with pytest.raises(Invalid, match="shoe_size"):
            territory(office, a_pool(office), {"must": {"all": [{"fact": "shoe_size", "is": 42}]}})

    def test_that_is_switched_off_decides_nothing(self, office):
        route = territory(office, a_pool(office, members={office.head.id: Place()}))
        routing = Routing(
            "Off", "criteria", criteria=GERMAN, pool_id=route.pool_id, is_active=False
        )
        change_route(route_id=route.id, routing=routing, by=office.head.id, at=AT)
        assert hand_raise(country="Germany").owner_id in office.reps


class TestNamedAccounts:
    def test_go_to_their_person_before_any_territory(self, office):
        (lead,) = send({"email": "eva@acme.example", "asks_for": "content"})
        territory(office, a_pool(office))
        route = to_accounts(office, lead.company_id, to=office.head)
        assert Route.objects.get(position=0).id == route.id
        handoff = hand_raise(country="Germany")
        assert handoff.owner_id == office.head.id
        assert why_them(handoff.id) == ["The route “Key accounts” leads to Sofia."]

    def test_come_after_the_owner_of_the_account(self, office):
        (lead,) = send({"email": "eva@acme.example", "asks_for": "content"})
        to_accounts(office, lead.company_id, to=office.head)
        give_accounts(owners={lead.company_id: office.tom.id})
        assert hand_raise().owner_id == office.tom.id

    def test_need_a_company(self, office):
        with pytest.raises(Invalid, match="at least one company"):
            to_accounts(office, to=office.head)


class TestTheOrderOfRoutes:
    def test_decides_and_can_be_changed_and_is_kept(self, office):
        first, second = a_pool(office, "One"), a_pool(office, "Two")
        territory(office, first, name="First")
        later = territory(office, second, name="Second")
        assert hand_raise("a", country="Germany").pool_id == first.id
        move_route(route_id=later.id, by_places=-1, by=office.head.id, at=AT)
        assert hand_raise("b", country="Germany").pool_id == second.id
        kept = SettingChange.objects.filter(what="route").order_by("-changed_at", "-id")[0]
        assert (kept.by_id, kept.before, kept.after) == (
            office.head.id,
            {"place": 2},
            {"place": 1},
        )

    def test_closes_when_one_is_taken_out(self, office):
        pool = a_pool(office)
        routes = [territory(office, pool, name=name) for name in ("One", "Two", "Three")]
        remove_route(route_id=routes[0].id, by=office.head.id, at=AT)
        assert list(Route.objects.order_by("position").values_list("position", flat=True)) == [0, 1]
        assert SettingChange.objects.get(subject_id=routes[0].id, after={}).before["leads_to"]


class TestAPool:
    def test_gives_each_member_no_more_than_their_cap_a_day(self, office):
        the_default(office, caps=Caps(day=2))
        handoffs = [hand_raise(f"dana{n}") for n in range(6)]
        got = [handoff.owner_id for handoff in handoffs]
        assert {rep: got.count(rep) for rep in office.reps} == dict.fromkeys(office.reps, 2)
        assert got.count(None) == 2
        assert "got 2 leads today, as many as agreed" in why_them(handoffs[-1].id)[0]
        given, _waits = release_queue(at=AT + timedelta(hours=15), limit=9)  # past midnight
        assert len(given) == 2

    def test_counts_a_week_and_a_month_where_the_company_is(self, office):
        the_default(office, caps=Caps(week=1))
        sunday = AT + timedelta(days=6, hours=13)  # 23:00 in Berlin, Monday in Tokyo
        assert hand_raise("a", at=AT).owner_id
        assert hand_raise("b", at=AT).owner_id
        assert hand_raise("c", at=sunday).owner_id is None
        assert hand_raise("d", at=sunday + 2 * HOUR).owner_id

    def test_may_give_only_to_people_at_work(self, office):
        the_default(office, only_at_work=True)
        night = AT + timedelta(hours=14)
        handoff = hand_raise(at=night)
        assert handoff.owner_id is None
        assert "not at work now" in why_them(handoff.id)[0]
        watch_clocks(at=AT + timedelta(hours=22, minutes=59))
        handoff.refresh_from_db()
        assert handoff.owner_id is None
        watch_clocks(at=AT + timedelta(hours=23))  # Tuesday, 09:00 in Berlin
        handoff.refresh_from_db()
        assert handoff.owner_id in office.reps

    def test_prefers_who_speaks_the_leads_language(self, office):
        the_default(office, minds_language=True)
        working = Working("Europe/Berlin", None, ["fr"])
        set_working(user_id=office.tom.id, working=working, by=office.head.id, at=AT)
        handoffs = [hand_raise(f"dana{n}", language="French") for n in range(3)]
        assert {handoff.owner_id for handoff in handoffs} == {office.tom.id}
        assert why_them(handoffs[0].id)[0] == "French is spoken by: Tom."

    def test_prefers_who_works_near_the_leads_time_zone(self, office):
        the_default(office, minds_zone=True)
        working = Working("America/Chicago", None, [])
        set_working(user_id=office.tom.id, working=working, by=office.head.id, at=AT)
        handoffs = [hand_raise(f"dana{n}", phone=f"+1312555120{n}") for n in range(3)]
        assert {handoff.owner_id for handoff in handoffs} == {office.tom.id}

    def test_that_only_holds_tells_nobody(self, office):
        the_default(office, when_nobody="hold", caps=Caps(day=0))
        handoff = hand_raise()
        assert handoff.owner_id is None
        assert not Notification.objects.filter(kind="handoff.queued").exists()

    def test_moves_on_to_another_after_its_span(self, office):
        other = a_pool(office, "Second line", members={office.head.id: Place()})
        the_default(
            office,
            caps=Caps(day=0),
            when_nobody="escalate",
            next_pool_id=other.id,
            moves_on_after=timedelta(minutes=30),
        )
        handoff = hand_raise()
        assert (handoff.owner_id, handoff.queued_at) == (None, AT)
        assert watch_clocks(at=AT + timedelta(minutes=29)).released == 0
        assert watch_clocks(at=AT + timedelta(minutes=30)).released == 1
        handoff.refresh_from_db()
        assert (handoff.owner_id, handoff.pool_id) == (office.head.id, other.id)
        assert handoff.queued_at is None
        assert "Nobody was free in “All reps” in time" in " ".join(why_them(handoff.id))

    def test_whose_queue_is_long_does_not_starve_another(self, office):
        pool = a_pool(office)
        territory(office, pool)
        add_absence(user_id=office.tom.id, absent_from=AT - HOUR, absent_until=AT + 9 * HOUR)
        add_absence(user_id=office.mira.id, absent_from=AT - HOUR, absent_until=AT + HOUR)
        for n in range(4):
            hand_raise(f"german{n}", country="Germany")
        late = hand_raise("other", country="France", at=AT + timedelta(minutes=1))
        assert watch_clocks(at=AT + HOUR, limit=2).released == 1
        late.refresh_from_db()
        assert late.owner_id == office.mira.id

    def test_counts_a_turn_only_where_it_was_taken(self, office):
        pool = a_pool(office, members={office.tom.id: Place(), office.mira.id: Place()})
        territory(office, pool)
        hand_raise(country="Germany")
        assert PoolMember.objects.filter(pool=pool, assigned=1).count() == 1
        assert not PoolMember.objects.filter(pool__is_default=True, assigned__gt=0).exists()

    def test_to_which_a_route_leads_cannot_be_taken_out(self, office):
        pool = a_pool(office)
        territory(office, pool)
        with pytest.raises(Conflict, match="German-speaking"):
            remove_pool(pool_id=pool.id, by=office.head.id, at=AT)
        with pytest.raises(Conflict, match="has to stay"):
            remove_pool(pool_id=default_pool().id, by=office.head.id, at=AT)

    def test_that_goes_on_to_itself_is_not_taken(self, office):
        with pytest.raises(Invalid, match="other pool"):
            the_default(office, when_nobody="escalate", next_pool_id=default_pool().id)

    def test_changes_are_kept_with_before_and_after(self, office):
        the_default(office, caps=Caps(day=5))
        kept = SettingChange.objects.get(what="pool")
        assert (kept.before["caps"], kept.after["caps"]) == ([None] * 3, [5, None, None])


def test_routing_takes_as_many_statements_for_many_leads_as_for_one(office):
    (lead,) = send({"email": "eva@acme.example", "asks_for": "content"})
    territory(office, a_pool(office, caps=Caps(day=900)), name="One")
    territory(office, a_pool(office, "Two"), {"must": {"all": [{"fact": "language", "is": "de"}]}})
    to_accounts(office, lead.company_id, to=office.head)
    counts = []
    for number in (1, 2, 40):
        bodies = [
            demo(f"n{number}x{n}", country=("Germany", "France")[n % 2]) for n in range(number)
        ]
        with CaptureQueriesContext(connection) as captured:
            send(*bodies, at=AT + timedelta(minutes=number))
        counts.append(len([q for q in captured if "handoffs_" in q["sql"]]))
    assert Handoff.objects.filter(owner__isnull=False).count() == 43
    assert counts[1] == counts[2]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_exceed_no_cap():
    office = open_office()
    the_default(office, caps=Caps(day=3))
    threads = [threading.Thread(target=_send_some, args=(n,)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    got = list(Handoff.objects.values_list("owner_id", flat=True))
    assert len(got) == 12
    assert {rep: got.count(rep) for rep in office.reps} == dict.fromkeys(office.reps, 3)
    assert Lead.objects.filter(owner__isnull=True).count() == 6


def _send_some(number: int) -> None:
    try:
        for n in range(3):
            send(demo(f"t{number}x{n}"))
    finally:
        connection.close()


class TestTheNextLeads:
    """After a change nobody gets all of them, and nothing is made up for."""

    def next(self, number: int, at=AT) -> Counter[str]:
        return Counter(hand_raise(f"next{n}", at=at).owner.name for n in range(number))

    def many(self, number: int, at=AT) -> None:
        send(*(demo(f"lead{n}") for n in range(number)), at=at)

    def test_go_by_another_share_as_if_it_had_always_been_so(self, office):
        self.many(20)
        members = {office.mira.id: Place(200), office.tom.id: Place(100)}
        settings = PoolSettings(name="All reps", members=members)
        set_pool(pool_id=default_pool().id, settings=settings, by=office.head.id, at=AT)
        assert self.next(6) == {"Mira": 4, "Tom": 2}

    def test_are_shared_with_whoever_comes_back(self, office):
        add_absence(user_id=office.tom.id, absent_from=AT - HOUR, absent_until=AT + DAY)
        self.many(10)
        assert self.next(6, at=AT + DAY) == {"Mira": 3, "Tom": 3}

    def test_are_shared_though_others_were_given_many_by_hand_meanwhile(self, office):
        self.many(6)
        add_absence(user_id=office.tom.id, absent_from=AT, absent_until=AT + DAY)
        toms = Handoff.objects.filter(owner=office.tom).values_list("id", flat=True)
        assert len(toms) == 3
        follow_up.reassign(
            owners=dict.fromkeys(toms, office.mira.id), why="Away", by=office.head.id, at=AT
        )
        assert self.next(6, at=AT + DAY) == {"Mira": 3, "Tom": 3}

    def test_count_those_by_name_and_those_in_turn_of_one_set(self, office):
        (lead,) = send(demo("known", asks_for="content"))
        give_accounts(owners={lead.company_id: office.mira.id})
        others = (demo(f"lead{n}", email=f"n{n}@other.example") for n in range(5))
        send(demo("known"), *others, at=AT)
        had = dict(PoolMember.objects.values_list("user__name", "assigned"))
        assert had == {"Mira": 3, "Tom": 3}
