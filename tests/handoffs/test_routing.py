"""Turns are fair: by weight, at random on ties, level for joiners."""

import random
import uuid
from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accord.handoffs.rules.routing import (
    Member,
    Person,
    Wanted,
    calibration_of_joiner,
    level,
    route,
)


def ids(number: int) -> list[uuid.UUID]:
    return [uuid.UUID(int=n + 1) for n in range(number)]


def turns(members: list[Member], number: int, **people: Person) -> Counter[uuid.UUID | None]:
    """Who gets how many of `number` handoffs."""
    everybody = {
        m.user_id: people.get(f"p{m.user_id.int}", Person(f"{m.user_id.int}")) for m in members
    }
    wanted = [Wanted(uuid.uuid4()) for _ in range(number)]
    routed = route(wanted=wanted, members=members, people=everybody, dice=random.Random(7))
    return Counter(each.user_id for each in routed)


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


def test_ties_are_broken_at_random():
    members = [Member(id, 100, 0) for id in ids(5)]
    people = {member.user_id: Person("x") for member in members}
    firsts = {
        route(wanted=[Wanted(uuid.uuid4())], members=members, people=people, dice=random.Random(n))[
            0
        ].user_id
        for n in range(60)
    }
    assert firsts == set(ids(5))


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


def test_an_accounts_owner_who_is_away_is_passed_over_with_the_reason():
    a, b = ids(2)
    people = {a: Person("Ann", is_present=False), b: Person("Bob")}
    (routed,) = route(
        wanted=[Wanted(uuid.uuid4(), account_owner=a, account="Acme")],
        members=[Member(b, 100, 0)],
        people=people,
        dice=random.Random(1),
    )
    assert routed.user_id == b
    assert [step["step"] for step in routed.trace] == ["account_owner_away", "in_turn"]


def test_a_brought_lead_stays_even_if_its_rep_is_away_and_uses_no_turn():
    a, b = ids(2)
    people = {a: Person("Ann", is_present=False), b: Person("Bob")}
    wanted = [Wanted(uuid.uuid4(), brought_by=a) for _ in range(3)]
    routed = route(wanted=wanted, members=[Member(b, 100, 0)], people=people, dice=random.Random(1))
    assert {each.user_id for each in routed} == {a}
