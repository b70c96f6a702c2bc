"""The compiler against the judge, over random definitions and random leads."""

import os
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.base.errors import Invalid
from accord.criteria.compiler import compile
from accord.criteria.language import read_definition
from accord.criteria.registry import Fact
from tests.criteria.judge import World, judge
from tests.criteria.judge import given as given_by
from tests.criteria.world import (
    AT,
    DEFINITIONS,
    DONE,
    FACTS,
    LEADS,
    SCORECARDS,
    TABLES,
    WATCHED,
    small_registry,
    write,
)

IS_THOROUGH = os.environ.get("ACCORD_HYPOTHESIS") == "thorough"
EXAMPLES = 1_200 if IS_THOROUGH else 90
DRAWN = 8  # leads of each example, before they are crossed
REGISTRY = small_registry()


def ask(cursor, definitions, at, *, scorecards=None, **narrowed):
    compiled = compile(definitions, registry=REGISTRY, scorecards=scorecards or {})
    sql, params = compiled.select(at=at, **narrowed)
    cursor.execute(sql, params)
    return {(id, key): tuple(rest) for id, key, *rest in cursor.fetchall()}


def scored(cursor, definitions, scorecards, at):
    """(fit given, unknown, engagement given, unknown, recheck_at, points of both) of each lead."""
    question = compile(definitions, registry=REGISTRY, scorecards=scorecards).ask(at=at)
    cursor.execute(f"WITH {question.steps} {question.scores}", question.params)
    return {id: tuple(rest) for id, *rest in cursor.fetchall()}


def prepare(cursor, leads, watched):
    names = "t_lead, t_then, t_company, t_company_then, t_journal, t_watched, t_came"
    cursor.execute(f"DROP TABLE IF EXISTS {names}")
    cursor.execute(TABLES)
    return write(cursor, leads, watched)


def definitions_of(raw, other):
    """Two definitions, of which the second asks for the first."""
    other = {**other, "must": [*other["must"], {"definition": "first"}]}
    return {
        "first": read_definition("first", raw),
        "second": read_definition("second", other),
    }


def crossed(drawn):
    """A lead for each pair of who somebody is and what somebody did: all are judged at once."""
    return [
        (drawn[one][0], drawn[(one + other) % DRAWN][1], drawn[other][2])
        for one in range(DRAWN)
        for other in range(DRAWN)
    ]


class TestAgainstTheJudge(TestCase):
    """At least 10,000 pairs of a definition and a lead, now and as it was, whatever the profile."""

    cases = Counter()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        if cls.cases:
            print("\nCases compared with the judge:", dict(cls.cases))  # noqa: T201
            assert min(cls.cases.values()) >= 10_000

    @given(
        raw=DEFINITIONS,
        other=DEFINITIONS,
        drawn=st.lists(st.tuples(LEADS, LEADS, DONE), min_size=DRAWN, max_size=DRAWN),
        watched=WATCHED,
        cards=SCORECARDS,
    )
    @settings(max_examples=EXAMPLES, deadline=None)
    def test_every_verdict_is_the_same_now_and_as_it_was(self, raw, other, drawn, watched, cards):
        definitions, leads = definitions_of(raw, other), crossed(drawn)
        with connection.cursor() as cursor:
            ids = prepare(cursor, leads, watched)
            now = ask(cursor, definitions, AT, scorecards=cards)
            past = ask(cursor, definitions, AT, known_at=AT, scorecards=cards)
            one = ask(cursor, definitions, AT, leads=ids[:1], scorecards=cards)
            points = scored(cursor, definitions, cards, AT)
        assert len(now) == len(past) == len(ids) * len(definitions)
        assert one == {key: answer for key, answer in now.items() if key[0] == ids[0]}
        for id, (facts, facts_then, done) in zip(ids, leads, strict=True):
            heard = [each for each in done if each[2] + each[3] <= AT]
            today = World(REGISTRY, definitions, AT, watched, facts, done, cards)
            then = World(REGISTRY, definitions, AT, watched, facts_then, heard, cards)
            fit, engaged = (given_by(cards[key], today) for key in ("fit", "engagement"))
            fit_given, fit_unknown, engaged_given, _none, _look, *sums = points[id]
            assert (fit_given, fit_unknown) == fit
            assert engaged_given == engaged[0]
            assert sums == [sum(fit_given), sum(engaged_given)]
            for key, definition in definitions.items():
                assert now[id, key][:4] == judge(definition, today), (key, facts, done)
                assert past[id, key][:4] == judge(definition, then), (key, facts_then, heard)
        self.cases.update(dict.fromkeys(("now", "as it was"), len(now)))

    @given(
        raw=DEFINITIONS,
        other=DEFINITIONS,
        leads=st.lists(st.tuples(LEADS, LEADS, DONE), min_size=4, max_size=6),
        watched=WATCHED,
        hours=st.integers(1, 24 * 40),
        cards=SCORECARDS,
    )
    @settings(max_examples=EXAMPLES, deadline=None)
    def test_no_answer_changes_before_it_is_to_be_looked_at_again(
        self, raw, other, leads, watched, hours, cards
    ):
        definitions = definitions_of(raw, other)
        with connection.cursor() as cursor:
            prepare(cursor, leads, watched)
            now = ask(cursor, definitions, AT, scorecards=cards)
            points = scored(cursor, definitions, cards, AT)
            looks = sorted({answer[4] for answer in now.values() if answer[4]})
            moments = [AT + timedelta(hours=hours), AT + timedelta(days=999)]
            moments += [look - timedelta(microseconds=1) for look in looks[:2]]
            looks += [each[4] for each in points.values() if each[4]]
            moments += [each[4] - timedelta(microseconds=1) for each in points.values() if each[4]]
            for later in moments:
                for id, given_then in scored(cursor, definitions, cards, later).items():
                    if points[id][4] is None or points[id][4] > later:
                        assert given_then[:4] == points[id][:4], (later, points[id][4])
                answers = ask(cursor, definitions, later, scorecards=cards)
                for key, answer in answers.items():
                    if now[key][4] is None or now[key][4] > later:
                        assert answer[:4] == now[key][:4], (later, now[key][4])
        assert all(look > AT for look in looks)


REFUSED = [
    ({"must": []}, "must", "requires nothing"),
    ({"must": [{"all": []}]}, "must", "requires nothing"),
    ({"must": [{"fact": "score"}]}, "must.all.0", "exactly one thing"),
    ({"must": [{"fact": "score", "is": 1, "known": True}]}, "must.all.0", "exactly one thing"),
    ({"must": [{"count": "visits", "at_least": -1}]}, "must.all.0", "whole number"),
    (
        {"must": [{"count": "visits", "at_least": 1, "within_days": 0}]},
        "must.all.0",
        "whole number",
    ),
    ({"must": [{"fact": "flag", "is": True, "key": "a b"}]}, "must.all.0", "small letters"),
    (
        {
            "must": [
                {"fact": "flag", "is": True, "key": "a"},
                {"fact": "flag", "is": False, "key": "a"},
            ]
        },
        "must.all.1",
        "Two clauses",
    ),
    ({"must": ["score"]}, "must.all.0", "not a clause"),
    ({"must": [{"fact": "score", "atleast": 1}]}, "must.all.0", "“atleast” has no meaning here"),
    ({"must": [{"not": []}]}, "must.all.0.not.0", "not a clause"),
    ({"must": [{"all": [], "any": []}]}, "must.all.0", "exactly one of"),
    ({"must": [{"all": [], "fulfil": 1}]}, "must.all.0", "“fulfil” has no meaning here"),
    ({"must": [{"fact": "flag", "is": True}] * 300}, "must.all.199", "more than 200 clauses"),
    ({"must": [{"fact": "flag", "is": True}], "stage": 3}, "stage", "names the stage"),
    ({"must": [{"fact": "flag", "is": True}], "should": {}}, "should", "list of clauses"),
    ({"must": [{"fact": "flag", "is": True}], "text": " "}, "text", "say what the word means"),
    ({"must": [{"fact": "flag", "is": True}], "shall": []}, "shall", "only"),
]


@pytest.mark.parametrize(("raw", "field", "words"), REFUSED)
def test_a_badly_formed_definition_is_refused_with_its_place(raw, field, words):
    with pytest.raises(Invalid, match=words) as refused:
        read_definition("mql", {"title": "T", "text": "T", **raw})
    assert refused.value.field == field


NONSENSE = [
    ({"fact": "scor", "at_least": 1}, "there is score"),
    ({"count": "visit", "at_least": 1}, "there is visits"),
    ({"fact": "score", "contains": "a"}, "can be asked with"),
    ({"fact": "word", "at_least": 1}, "can be asked with"),
    ({"fact": "score", "at_least": "many"}, "compared with a number"),
    ({"fact": "pick", "is": "pink"}, "no choice"),
    ({"fact": "day", "before": "soon"}, "compared with a date"),
    ({"fact": "flag", "is": "yes"}, "true or false"),
    ({"fact": "word", "one_of": []}, "list of values"),
    ({"fact": "word", "is": False}, "put a text in quotes"),
    ({"fact": "word", "is": "a\0b"}, "compared with a text"),
    ({"fact": "score", "is": float("nan")}, "too large"),
    ({"fact": "score", "is": True}, "compared with a number"),
    ({"fact": "moment", "after": AT}, "compared with a date"),
    ({"fact": "day", "in_last_days": 0}, "whole number of days"),
    ({"fact": "flag", "known": "yes"}, "true or false"),
    ({"definition": "nothing"}, "no definition"),
    ({"definition": "mql"}, "mql → mql"),
]


@pytest.mark.parametrize(("clause", "words"), NONSENSE)
def test_a_clause_that_cannot_run_is_refused_with_its_key(clause, words):
    definition = read_definition(
        "mql", {"title": "T", "text": "T", "must": [{**clause, "key": "odd"}]}
    )
    with pytest.raises(Invalid, match=words) as refused:
        compile({"mql": definition}, registry=REGISTRY)
    assert refused.value.field == "definitions.mql.odd"


def test_a_definition_that_asks_for_itself_is_refused_with_the_circle():
    raw = {"title": "T", "text": "T"}
    definitions = {
        "a": read_definition("a", {**raw, "must": [{"definition": "b"}]}),
        "b": read_definition("b", {**raw, "must": [{"definition": "a"}]}),
    }
    with pytest.raises(Invalid, match="a → b → a"):
        compile(definitions, registry=REGISTRY)


def test_references_that_multiply_are_refused():
    def twice(named):
        return {"title": "T", "text": "T", "must": [{"definition": named}, {"definition": named}]}

    raw = {"title": "T", "text": "T", "must": [{"fact": "flag", "is": True}]}
    definitions = {"d0": read_definition("d0", raw)}
    for number in range(1, 30):
        definitions[f"d{number}"] = read_definition(f"d{number}", twice(f"d{number - 1}"))
    with pytest.raises(Invalid, match="it asks 256 clauses; 200 at most") as refused:
        compile(definitions, registry=REGISTRY)
    assert refused.value.field == "definitions.d9.d8"


def test_no_definition_at_all_is_refused():
    with pytest.raises(Invalid, match="no definition to judge by"):
        compile({}, registry=REGISTRY)


def test_a_definition_with_an_odd_name_is_refused():
    raw = {"title": "T", "text": "T", "must": [{"fact": "flag", "is": True}]}
    with pytest.raises(Invalid, match="named in small letters"):
        read_definition("Ideal customer!", raw)


@pytest.mark.parametrize(
    "odd", [{"type": "colour"}, {"type": "date", "is_open": False}, {"type": "choice"}]
)
def test_a_fact_that_could_not_be_asked_is_not_registered(odd):
    with pytest.raises(ValueError, match="The fact odd"):
        Fact("odd", "Odd", sql="lead.odd", **odd)


@pytest.mark.django_db
def test_a_far_day_is_nothing_to_wait_for():
    raw = {"title": "T", "text": "T", "must": [{"fact": "day", "older_than_days": 9000}]}
    facts = dict.fromkeys(FACTS) | {"day": date(9999, 12, 31)}
    with connection.cursor() as cursor:
        prepare(cursor, [(facts, facts, [])], {})
        answers = ask(cursor, {"far": read_definition("far", raw)}, AT)
    assert [answer[0] for answer in answers.values()] == [False]
    assert [answer[4] for answer in answers.values()] == [None]
