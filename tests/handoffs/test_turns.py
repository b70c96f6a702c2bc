"""Turns are fair: by weight, within caps, at random on ties, level for joiners."""

import random
import uuid
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.handoffs.rules.pools import (
    Caps,
    Member,
    Person,
    Wish,
    calibration_at_share,
    calibration_of_joiner,
    level,
)
from accord.handoffs.rules.routing import Router, Wanted
from accord.handoffs.traces import trace_sentences
from tests.handoffs.routed import ids, plan, pool, routed, told, turns

HOUR = timedelta(hours=1)


@given(
    weights=st.lists(st.integers(10, 300), min_size=1, max_size=8),
    number=st.integers(0, 400),
)
def test_each_gets_their_share_within_one_turn(weights, number):
    members = [Member(id, weight, 0) for id, weight in zip(ids(len(weights)), weights, strict=True)]
    got = turns(members, number)
    for member in members:
        share = number * member.weight / sum(weights)
        assert abs(got[member.user_id] - share) < len(weights) + 1


@given(assigned=st.lists(st.integers(0, 50), min_size=2, max_size=6), number=st.integers(0, 300))
def test_whoever_had_less_catches_up_and_nobody_overtakes(assigned, number):
    members = [Member(id, 100, had) for id, had in zip(ids(len(assigned)), assigned, strict=True)]
    got = turns(members, number)
    totals = [member.assigned + got[member.user_id] for member in members]
    for member in members:
        if got[member.user_id]:
            assert member.assigned + got[member.user_id] <= min(totals) + 1


_CAP = st.none() | st.integers(0, 12)
_MEMBER = st.tuples(
    st.integers(1, 300), st.tuples(_CAP, _CAP, _CAP), st.integers(0, 5), st.booleans()
)


@given(drawn=st.lists(_MEMBER, min_size=1, max_size=6), number=st.integers(0, 60))
def test_no_cap_is_exceeded_nobody_absent_gets_one_and_none_waits_without_need(drawn, number):
    members, people = [], {}
    for id, (weight, caps, had, is_present) in zip(ids(len(drawn)), drawn, strict=True):
        members.append(Member(id, weight, 0, caps=Caps(*caps), got=(had, had, had)))
        people[f"p{id.int}"] = Person(f"{id.int}", is_present=is_present)
    got = turns(members, number, **people)
    room = 0
    for member in members:
        tightest = min((cap for cap in member.caps if cap is not None), default=None)
        left = number if tightest is None else max(tightest - member.got[0], 0)
        left = left if people[f"p{member.user_id.int}"].is_present else 0
        assert got[member.user_id] <= left
        room += left
    assert got[None] == max(number - room, 0)


@given(
    weights=st.lists(st.integers(10, 300), min_size=2, max_size=6),
    cap=st.integers(0, 20),
    number=st.integers(0, 200),
)
def test_what_a_capped_member_cannot_take_is_shared_by_weight(weights, cap, number):
    everybody = ids(len(weights))
    capped = Member(everybody[0], weights[0], 0, caps=Caps(day=cap))
    others = [Member(id, w, 0) for id, w in zip(everybody[1:], weights[1:], strict=True)]
    got = turns([capped, *others], number)
    left = number - got[capped.user_id]
    for member in others:
        share = left * member.weight / sum(weights[1:])
        assert abs(got[member.user_id] - share) < len(weights) + 1


class Lived:
    """A pool over time, and how far each is ahead of what weight and presence give them."""

    def __init__(self, *weights: int) -> None:
        self.members = {
            id: Member(id, weight, 0) for id, weight in zip(ids(len(weights)), weights, strict=True)
        }
        self.away: set[uuid.UUID] = set()
        self.ahead = dict.fromkeys(self.members, Fraction())
        self.lowest = dict(self.ahead)
        self.dice = random.Random(7)

    def turns(self, number: int, **more: Any) -> list[uuid.UUID | None]:
        people = {id: Person(f"{id.int}", is_present=id not in self.away) for id in self.members}
        router = Router(plan(pool(*self.members.values())), people, self.dice)
        got = [router.route(Wanted(uuid.uuid4(), **more)).user_id for _ in range(number)]
        for (_pool, id), by in router.moved().items():
            self.change(id, calibration=self.members[id].calibration + by)
        for id in filter(None, got):
            self.count(id)
        return got

    def count(self, got: uuid.UUID) -> None:
        self.change(got, assigned=self.members[got].assigned + 1)
        self.ahead[got] += 1
        here = [each for each in self.members.values() if each.user_id not in self.away]
        for each in here:
            self.ahead[each.user_id] -= Fraction(each.weight, sum(m.weight for m in here))
        self.lowest = {id: min(self.lowest[id], ahead) for id, ahead in self.ahead.items()}

    def share(self, id: uuid.UUID, weight: int) -> None:
        others = [each for each in self.members.values() if each.user_id != id]
        credit = calibration_at_share(self.members[id], weight=weight, others=others)
        self.change(id, weight=weight, calibration=credit)

    def change(self, id: uuid.UUID, **more: Any) -> None:
        self.members[id] = replace(self.members[id], **more)


_HAPPENS = st.tuples(st.integers(0, 9), st.none() | st.integers(0, 300), st.integers(0, 30))


@settings(deadline=None)
@given(
    weights=st.lists(st.integers(10, 300), min_size=2, max_size=6),
    happens=st.lists(_HAPPENS, max_size=20),
)
def test_nobody_is_flooded_whoever_comes_goes_and_changes_shares(weights, happens):
    lived = Lived(*weights)
    for n, weight, number in happens:
        id = ids(len(weights))[n % len(weights)]
        if weight is None:
            lived.away ^= {id}
        else:
            lived.share(id, weight)
        lived.turns(number)
        for each in lived.members:  # in any span of turns
            assert lived.ahead[each] - lived.lowest[each] < len(weights) + 1


class TestWhoIsNotThere:
    def test_comes_back_level_and_is_not_flooded(self):
        a, b = ids(2)
        lived = Lived(100, 100)
        lived.away = {b}
        lived.turns(10)
        lived.away = set()
        assert Counter(lived.turns(6)) == Counter({a: 3, b: 3})

    def test_keeps_what_they_are_owed_for_a_bad_lead(self):
        a, b, c = ids(3)
        lived = Lived(100, 100, 50)
        lived.change(b, calibration=Decimal(-3))
        lived.away = {b}
        lived.turns(30)
        lived.away = set()
        assert lived.turns(3) == [b, b, b]
        assert Counter(lived.turns(25)) == Counter({a: 10, b: 10, c: 5})

    def test_moves_along_with_what_others_get_by_name(self):
        a, b, c = ids(3)
        lived = Lived(100, 100, 100)
        lived.away = {c}
        for _ in range(10):
            lived.turns(1, account_owner=a)
            lived.turns(1, account_owner=b)
        lived.away = set()
        assert Counter(lived.turns(9)) == Counter({a: 3, b: 3, c: 3})

    def test_does_not_lose_what_only_others_speak(self):
        german = frozenset({"de"})
        a, b, c = ids(3)
        people = {a: Person("Ann", languages=german), b: Person("Bob")}
        members = [Member(id, 100, 0) for id in (a, b, c)]
        minding = plan(pool(*members, minds_language=True))

        def moved(away: Person) -> set[uuid.UUID]:
            router = Router(minding, {**people, c: away}, random.Random(7))
            router.route(Wanted(uuid.uuid4(), wish=Wish(language="de")))
            return {user_id for _pool, user_id in router.moved()}

        assert moved(Person("Cem", is_present=False, languages=german)) == {c}
        assert moved(Person("Cem", is_present=False)) == set()

    def test_at_their_cap_is_not_made_up_for_once_it_is_gone(self):
        a, b = ids(2)
        members = [Member(a, 100, 0, caps=Caps(day=2)), Member(b, 100, 0)]
        people = {id: Person(f"{id.int}") for id in (a, b)}
        router = Router(plan(pool(*members)), people, random.Random(7))
        got = Counter(router.route(Wanted(uuid.uuid4())).user_id for _ in range(20))
        assert got == Counter({a: 2, b: 18})
        assert abs(router.moved()[pool().id, a] - 16) <= 1


class TestAnotherShare:
    @settings(deadline=None)
    @given(
        weights=st.lists(st.integers(10, 300), min_size=2, max_size=6),
        before=st.integers(0, 60),
        weight=st.integers(10, 300),
    )
    def test_holds_from_now_on(self, weights, before, weight):
        lived = Lived(*weights)
        lived.turns(before)
        first = ids(1)[0]
        lived.share(first, weight)
        got = Counter(lived.turns(60))
        everything = sum(each.weight for each in lived.members.values())
        for member in lived.members.values():
            share = Fraction(60 * member.weight, everything)
            assert abs(got[member.user_id] - share) < len(weights) + 1

    def test_makes_nobody_owed_more_or_less(self):
        a, b = ids(2)
        by_name = Lived(100, 100)
        by_name.turns(10, account_owner=a)
        by_name.share(b, 200)
        assert by_name.turns(10) == [b] * 10
        assert Counter(by_name.turns(9)) == Counter({a: 3, b: 6})
        bad_leads = Lived(100, 100)
        bad_leads.change(b, calibration=Decimal(-3))
        bad_leads.share(b, 300)
        assert bad_leads.turns(3) == [b] * 3
        assert Counter(bad_leads.turns(8)) == Counter({a: 2, b: 6})

    def test_of_whoever_speaks_what_all_want_keeps_their_place(self):
        a, b, c = (Member(id, 100, had) for id, had in zip(ids(3), (50, 50, 0), strict=True))
        credit = calibration_at_share(a, weight=200, others=[b, c])
        assert level(replace(a, weight=200, calibration=credit)) == level(b)

    def test_of_somebody_who_had_none_begins_level(self):
        a, b = ids(2)
        lived = Lived(100, 0)
        lived.turns(50)
        lived.share(b, 100)
        assert Counter(lived.turns(10)) == Counter({a: 5, b: 5})


def test_ties_are_broken_at_random():
    members = [Member(id, 100, 0) for id in ids(5)]
    firsts = Counter(next(iter(turns(members, 1, seed=seed))) for seed in range(500))
    assert set(firsts) == set(ids(5))
    assert all(60 < number < 140 for number in firsts.values())


def test_the_same_dice_give_the_same_turns():
    members = [Member(id, 100, 0) for id in ids(4)]
    assert turns(members, 9) == turns(members, 9)


def test_a_joiner_stands_level_and_is_not_flooded():
    a, b, joiner = ids(3)
    old = [Member(a, 100, 40), Member(b, 200, 80)]
    credit = calibration_of_joiner(members=old, weight=100)
    assert credit == Decimal(40)
    new = Member(joiner, 100, 0, credit)
    assert level(new) == level(old[0]) == level(old[1])
    assert turns([*old, new], 40) == Counter({a: 10, b: 20, joiner: 10})


def test_the_first_of_a_pool_has_no_credit():
    assert calibration_of_joiner(members=[], weight=100) == 0


def test_who_is_inactive_or_without_a_share_gets_nothing():
    a, b, c = ids(3)
    members = [Member(a, 100, 0), Member(b, 0, 0), Member(c, 100, 0)]
    assert turns(members, 6, p3=Person("c", is_active=False)) == Counter({a: 6})


def test_whoever_was_skipped_stands_in_the_trace_with_the_reason():
    people = {
        id: Person(name, **how)
        for id, name, how in zip(
            ids(7),
            ("Ann", "Bob", "Cem", "Dea", "Eva", "Flo", "Gus"),
            (
                {"is_active": False},
                {"is_in_sales": False},
                {},
                {"is_present": False},
                {"is_at_work": False},
                {},
                {},
            ),
            strict=True,
        )
    }
    members = [Member(id, 0 if people[id].name == "Cem" else 100, 0) for id in people]
    other = pool(Member(uuid.UUID(int=99), 0, 0), id=uuid.UUID(int=98))
    strict = plan(pool(*members, only_at_work=True), other)
    (found,) = routed(Wanted(uuid.uuid4(), not_to=ids(6)[5]), by=strict, people=people)
    assert trace_sentences(found.trace) == [
        "Ann was skipped: no longer here.",
        "Bob was skipped: not in sales.",
        "Cem was skipped: has no share in this pool.",
        "Dea was skipped: away.",
        "Eva was skipped: not at work now.",
        "Flo was skipped: had the lead before.",
        "Gus was next in turn.",
    ]


def test_a_reached_cap_is_told_with_its_number():
    a, b = ids(2)
    members = (Member(a, 100, 0, caps=Caps(week=3), got=(0, 3, 3)), Member(b, 100, 0))
    (found,) = routed(Wanted(uuid.uuid4()), by=plan(pool(*members)), people={})
    assert found.user_id == b
    assert found.trace[0] == {"step": "skipped_cap", "name": "1", "period": "week", "cap": 3}


def test_a_pool_may_give_only_to_people_at_work():
    a, b = ids(2)
    people = {a: Person("Ann", is_at_work=False), b: Person("Bob")}
    members = (Member(a, 100, 0), Member(b, 100, 50))
    strict, always = pool(*members, only_at_work=True), pool(*members)
    assert routed(Wanted(uuid.uuid4()), by=plan(strict), people=people)[0].user_id == b
    assert routed(Wanted(uuid.uuid4()), by=plan(always), people=people)[0].user_id == a


class TestALanguage:
    wanted = Wanted(uuid.uuid4(), wish=Wish(language="de"))
    members = tuple(Member(id, 100, n) for n, id in enumerate(ids(3)))

    def test_is_preferred_where_the_pool_minds_it(self):
        people = {ids(3)[2]: Person("Cem", languages=frozenset({"de", "tr"}))}
        minding = plan(pool(*self.members, minds_language=True))
        (found,) = routed(self.wanted, by=minding, people=people)
        assert found.user_id == ids(3)[2]
        assert told(found) == ["preferred_of_language", "in_turn"]
        (any_,) = routed(self.wanted, by=plan(pool(*self.members)), people=people)
        assert any_.user_id == ids(3)[0]

    def test_that_nobody_free_speaks_keeps_no_lead_waiting(self):
        minding = plan(pool(*self.members, minds_language=True))
        (found,) = routed(self.wanted, by=minding, people={})
        assert found.user_id == ids(3)[0]
        assert told(found) == ["nobody_of_language", "in_turn"]

    def test_that_is_not_known_plays_no_part(self):
        minding = plan(pool(*self.members, minds_language=True))
        (found,) = routed(Wanted(uuid.uuid4()), by=minding, people={})
        assert told(found) == ["in_turn"]


def test_who_works_near_their_time_zone_is_preferred():
    a, b = ids(2)
    people = {a: Person("Ann", offset=-8 * HOUR), b: Person("Bob", offset=2 * HOUR)}
    minding = plan(pool(Member(a, 100, 0), Member(b, 100, 9), minds_zone=True))
    wish = Wish(offsets=frozenset({HOUR}))
    (found,) = routed(Wanted(uuid.uuid4(), wish=wish), by=minding, people=people)
    assert found.user_id == b
    assert told(found) == ["preferred_of_zone", "in_turn"]
