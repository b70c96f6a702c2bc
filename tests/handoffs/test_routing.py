"""The rules in their order, and what is said of each that was passed over."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from accord.handoffs.rules.pools import Caps, Member, Person
from accord.handoffs.rules.routing import Answer, Plan, Route, Wanted
from accord.handoffs.traces import trace_sentences
from tests.handoffs.routed import ids, plan, pool, routed, told

ANN, BOB, CEM, DEA = ids(4)
DACH = uuid.UUID(int=2000)
LISTED, TERRITORY = uuid.UUID(int=3000), uuid.UUID(int=3001)
ACME = uuid.UUID(int=4000)
HOUR = timedelta(hours=1)
PEOPLE = {ANN: Person("Ann"), BOB: Person("Bob"), CEM: Person("Cem"), DEA: Person("Dea")}
YES, NO, UNKNOWN = Answer(True), Answer(False), Answer(None, ("country",))


@pytest.fixture
def rules() -> Plan:
    """Named accounts go to Cem, a territory to its pool (Bob), all else to the default (Ann)."""
    return plan(
        pool(Member(ANN, 100, 0)),
        pool(Member(BOB, 100, 0), id=DACH, name="DACH"),
        routes=[
            Route(LISTED, "Key accounts", companies=frozenset({ACME}), user_id=CEM),
            Route(TERRITORY, "German-speaking", pool_id=DACH),
        ],
    )


# Everything applies to this one.
ALL = Wanted(
    uuid.uuid4(),
    brought_by=ANN,
    account_owner=DEA,
    account="Acme",
    company_id=ACME,
    answers={TERRITORY: YES},
)


def one(rules: Plan, wanted: Wanted, **people: Person):
    changed = {uuid.UUID(int=int(name[1:])): person for name, person in people.items()}
    return routed(wanted, by=rules, people={**PEOPLE, **changed})[0]


class TestTheOrder:
    def test_begins_with_the_rep_who_brought_the_lead(self, rules):
        assert one(rules, ALL).user_id == ANN
        assert told(one(rules, ALL)) == ["brought"]

    def test_then_comes_the_owner_of_the_account(self, rules):
        found = one(rules, replace(ALL, brought_by=None))
        assert (found.user_id, found.rule) == (DEA, "account")

    def test_then_the_named_accounts(self, rules):
        found = one(rules, replace(ALL, brought_by=None, account_owner=None))
        assert (found.user_id, found.rule, found.route_id) == (CEM, "route", LISTED)

    def test_then_the_territory(self, rules):
        wanted = replace(ALL, brought_by=None, account_owner=None, company_id=None)
        found = one(rules, wanted)
        assert (found.user_id, found.pool_id, found.route_id) == (BOB, DACH, TERRITORY)
        assert told(found) == ["not_on_list", "route_applies", "in_turn"]

    def test_and_last_the_default_pool(self, rules):
        found = one(rules, Wanted(uuid.uuid4(), answers={TERRITORY: NO}))
        assert (found.user_id, found.route_id) == (ANN, None)
        assert told(found) == ["not_on_list", "not_met", "in_turn"]

    def test_is_the_routes_own(self, rules):
        turned = replace(rules, routes=rules.routes[::-1])
        wanted = replace(ALL, brought_by=None, account_owner=None)
        assert one(turned, wanted).user_id == BOB


class TestCriteria:
    def test_that_nobody_can_tell_do_not_apply_and_it_is_said_what_is_missing(self, rules):
        found = one(rules, Wanted(uuid.uuid4(), answers={TERRITORY: UNKNOWN}))
        assert found.user_id == ANN
        assert found.trace[1] == {
            "step": "cannot_tell",
            "route": "German-speaking",
            "facts": "country",
        }

    def test_that_can_no_longer_be_asked_do_not_apply(self, rules):
        found = one(rules, Wanted(uuid.uuid4()))
        assert told(found) == ["not_on_list", "cannot_ask", "in_turn"]


class TestSomebodyNamed:
    def test_who_is_away_is_passed_over_with_the_reason(self, rules):
        wanted = replace(ALL, brought_by=None, company_id=None, answers={TERRITORY: NO})
        found = one(rules, wanted, p4=Person("Dea", is_present=False))
        assert found.user_id == ANN
        assert told(found)[0] == "account_owner_away"

    def test_who_is_away_is_stood_in_for(self, rules):
        away = Person("Dea", is_present=False, stand_in=BOB)
        found = one(rules, replace(ALL, brought_by=None), p4=away)
        assert (found.user_id, told(found)) == (BOB, ["account_owner_away", "stands_in"])

    def test_whose_stand_in_is_away_too_is_stood_in_for_by_theirs(self, rules):
        found = one(
            rules,
            replace(ALL, brought_by=None),
            p4=Person("Dea", is_present=False, stand_in=BOB),
            p2=Person("Bob", is_present=False, stand_in=CEM),
        )
        assert found.user_id == CEM

    def test_who_stand_in_for_each_other_and_are_both_away_make_no_circle(self, rules):
        found = one(
            rules,
            replace(ALL, brought_by=None, company_id=None, answers={TERRITORY: NO}),
            p4=Person("Dea", is_present=False, stand_in=BOB),
            p2=Person("Bob", is_present=False, stand_in=DEA),
        )
        assert found.user_id == ANN

    def test_of_a_route_who_is_gone_is_passed_over(self, rules):
        wanted = replace(ALL, brought_by=None, account_owner=None)
        found = one(rules, wanted, p3=Person("Cem", is_active=False))
        assert (found.user_id, told(found)[0]) == (BOB, "route_person_gone")

    def test_gets_a_turn_counted_for_it(self):
        both = plan(pool(Member(ANN, 100, 0), Member(BOB, 100, 0)))
        owned = [Wanted(uuid.uuid4(), account_owner=ANN) for _ in range(3)]
        free = [Wanted(uuid.uuid4()) for _ in range(3)]
        found = routed(*owned, *free, by=both, people=PEOPLE)
        assert [each.user_id for each in found[3:]] == [BOB] * 3


class TestABroughtLead:
    def test_stays_even_if_its_rep_is_away_and_uses_no_turn(self, rules):
        away = Person("Ann", is_present=False)
        found = [one(rules, ALL, p1=away) for _ in range(3)]
        assert {each.user_id for each in found} == {ANN}

    def test_goes_to_the_stand_in_of_its_rep(self, rules):
        found = one(rules, ALL, p1=Person("Ann", is_present=False, stand_in=BOB))
        assert (found.user_id, told(found)) == (BOB, ["brought_away", "stands_in"])

    def test_of_a_rep_who_is_gone_goes_on_through_the_rules(self, rules):
        found = one(rules, ALL, p1=Person("Ann", is_active=False))
        assert (found.user_id, told(found)) == (DEA, ["brought_gone", "account_owner"])


class TestNobodyFree:
    waits = Wanted(uuid.uuid4(), answers={TERRITORY: YES})
    full = pool(
        Member(BOB, 100, 0, caps=Caps(day=1), got=(1, 1, 1)),
        id=DACH,
        name="DACH",
        next_pool=pool().id,
        moves_on_after=HOUR,
    )

    def by(self, rules: Plan) -> Plan:
        return replace(rules, pools={**rules.pools, DACH: self.full})

    def test_lets_it_wait_in_the_pool_that_the_route_leads_to(self, rules):
        found = one(self.by(rules), self.waits)
        assert (found.user_id, found.pool_id) == (None, DACH)
        assert told(found) == ["not_on_list", "route_applies", "skipped_cap", "nobody"]

    def test_moves_on_to_the_next_pool_once_it_has_waited(self, rules):
        early = replace(self.waits, waited=HOUR - timedelta(seconds=1))
        assert one(self.by(rules), early).user_id is None
        found = one(self.by(rules), replace(self.waits, waited=HOUR))
        assert found.user_id == ANN
        assert "moved_on" in told(found)

    def test_does_not_move_in_circles(self, rules):
        nobody = pool(id=rules.default, next_pool=DACH)
        circle = replace(rules, pools={DACH: self.full, nobody.id: nobody})
        found = one(circle, replace(self.waits, waited=9 * HOUR))
        assert (found.user_id, found.pool_id) == (None, nobody.id)

    def test_without_a_pool_lets_it_wait(self):
        found = routed(Wanted(uuid.uuid4()), by=Plan({}, None), people={})[0]
        assert (found.user_id, found.pool_id) == (None, None)


def test_whoever_had_it_before_is_passed_over_and_it_is_said(rules):
    wanted = replace(ALL, brought_by=None, not_to=DEA)
    found = one(rules, wanted)
    assert (found.user_id, told(found)[0]) == (CEM, "account_owner_had_it")
    assert one(rules, replace(wanted, not_to=CEM)).user_id == DEA
    route = replace(wanted, account_owner=None, not_to=CEM)
    assert told(one(rules, route))[0] == "route_person_had_it"
    away = Person("Dea", is_present=False, stand_in=BOB)
    stands_in = one(rules, replace(wanted, not_to=BOB), p4=away)
    assert told(stands_in)[:2] == ["account_owner_away", "stands_in_had_it"]
    assert "Bob stands in, but had the lead before." in trace_sentences(stands_in.trace)
