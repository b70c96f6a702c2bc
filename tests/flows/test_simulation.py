"""Past handoffs replayed: the same rules, what was known then, and nothing written."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.base.lifecycle import Side
from accord.cli import accord
from accord.handoffs.actions import Place, Routing, add_route, set_pool
from accord.handoffs.actions.pool_settings import PoolSettings
from accord.handoffs.actions.pools import default_pool
from accord.handoffs.models import Assignment, PoolMember, Route
from accord.handoffs.queries.routes import taken_by_routes, try_lead
from accord.handoffs.queries.simulation import Other, Simulated, simulate
from accord.handoffs.rules.pools import Caps
from accord.leads.actions import change_facts
from accord.teams.actions import add_absence
from tests.handoffs.office import AT, HOUR, Office, demo, hand_raise, open_office, send

DAY = timedelta(days=1)
LATER = AT + 2 * DAY


@pytest.fixture
def office(db) -> Office:
    return open_office()


def replayed(**other) -> Simulated:
    return simulate(other=Other(**other), begins=AT - DAY, ends=LATER, at=LATER)


def people(found: Simulated) -> dict[str, tuple[int, int]]:
    return {each.name: (each.was, each.would_be) for each in found.people}


def to_germany(office: Office, at=AT) -> None:
    settings = PoolSettings("DACH", {office.head.id: Place()})
    pool = set_pool(pool_id=None, settings=settings, by=office.head.id, at=at)
    criteria = {"must": {"all": [{"fact": "country", "is": "Germany"}]}}
    routing = Routing("Germany", "criteria", criteria=criteria, pool_id=pool.id)
    add_route(routing=routing, by=office.head.id, at=at)


class TestAReplay:
    def test_by_the_same_shares_gives_everybody_the_same(self, office):
        for n in range(10):
            hand_raise(f"dana{n}", at=AT + n * HOUR / 10)
        assert people(replayed()) == {"Mira": (5, 5), "Tom": (5, 5)}

    def test_by_other_shares_gives_by_those(self, office):
        for n in range(9):
            hand_raise(f"dana{n}", at=AT + n * HOUR / 10)
        found = replayed(shares={(default_pool().id, office.tom.id): 200})
        assert people(found)["Tom"][1] == 6
        assert found.moved >= 1
        assert found.examples[0].why

    def test_counts_caps_within_it_and_shows_who_would_have_waited(self, office):
        for n in range(6):
            hand_raise(f"dana{n}", at=AT + n * HOUR / 10)
        found = replayed(caps={default_pool().id: Caps(day=2)})
        assert people(found) == {"Mira": (3, 2), "Tom": (3, 2), "": (0, 2)}
        assert {each.name: each.would_be for each in found.rules} == {"pool": 4, "queue": 2}

    def test_knows_who_was_away_then(self, office):
        hand_raise("before", at=AT)
        add_absence(user_id=office.tom.id, absent_from=AT + HOUR, absent_until=AT + 9 * HOUR)
        for n in range(4):
            hand_raise(f"dana{n}", at=AT + 2 * HOUR + n * HOUR / 10)
        assert sum(would for _was, would in people(replayed()).values()) == 5
        assert people(replayed())["Mira"][1] >= 4

    def test_asks_criteria_by_what_was_known_then(self, office):
        first, second = hand_raise("a", country="Germany"), hand_raise("b", country="France")
        to_germany(office, LATER)
        countries = {first.lead_id: {"country": "Spain"}, second.lead_id: {"country": "Germany"}}
        change_facts(changes=countries, by=office.head.id, side=Side.SALES, at=LATER)
        found = replayed()
        assert people(found)["Sofia"] == (0, 1)
        assert {each.lead.id for each in found.examples if each.would_be == "Sofia"} == {
            first.lead_id
        }

    def test_may_switch_a_route_on_that_does_not_apply_now(self, office):
        hand_raise("a", country="Germany")
        to_germany(office, LATER)
        Route.objects.update(is_active=False)
        assert "Sofia" not in people(replayed())
        assert people(replayed(routes=[Route.objects.get().id]))["Sofia"] == (0, 1)
        assert "Sofia" not in people(replayed(routes=[]))

    def test_writes_nothing(self, office):
        hand_raise()
        before = list(PoolMember.objects.order_by("id").values()), Assignment.objects.count()
        replayed(shares={(default_pool().id, office.tom.id): 0})
        assert before == (list(PoolMember.objects.order_by("id").values()), 1)

    def test_takes_as_many_statements_for_many_as_for_one(self, office):
        to_germany(office)
        counts = []
        for number in (1, 30):
            bodies = [demo(f"n{number}x{n}", country="Germany") for n in range(number)]
            send(*bodies, at=AT + timedelta(minutes=number))
            with CaptureQueriesContext(connection) as captured:
                replayed()
            counts.append(len(captured))
        assert counts[0] == counts[1]


def test_each_lead_comes_under_the_first_rule_that_applies(office):
    to_germany(office)
    hand_raise("a", country="Germany")
    hand_raise("b", country="France")
    taken = taken_by_routes(LATER)
    assert sorted((each.open, each.lately) for each in taken.values()) == [(1, 1), (1, 1)]
    assert taken[""].open == 1


def test_a_lead_is_tried_and_nothing_is_written(office):
    (lead,) = send({"email": "eva@acme.example", "country": "Germany"})
    to_germany(office)
    trial = try_lead(lead.id, LATER)
    assert (trial.to, list(trial.why)) == (
        "Sofia",
        ["The route “Germany” applies.", "Sofia was next in turn."],
    )
    assert not Assignment.objects.exists()


def test_the_command_line_shows_routes_and_replays(office, monkeypatch):
    monkeypatch.setattr("accord.cli.routing.ready", lambda: None)
    to_germany(office)
    hand_raise("a", country="Germany")
    shown = json.loads(CliRunner().invoke(accord, ["routing", "show", "--json"]).output)
    assert [row["name"] for row in shown][2] == "Germany"
    span = ["--from", "2026-11-01", "--until", "2026-11-05"]
    said = CliRunner().invoke(accord, ["routing", "simulate", *span, "--json"]).output
    assert json.loads(said) == [{"person": "Sofia", "was": 1, "would_be": 1}]
    refused = CliRunner().invoke(accord, ["routing", "simulate", "--from", "0001-01-01"])
    assert (refused.exit_code, "out of reach" in refused.output) == (2, True)
