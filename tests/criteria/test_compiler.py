"""The compiler against the judge, over random definitions and random leads."""

import os
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accord.base.errors import Invalid
from accord.criteria.compiler import compile
from accord.criteria.language import read_definition
from tests.criteria.judge import World, judge
from tests.criteria.world import (
    AT,
    DEFINITIONS,
    DONE,
    LEADS,
    TABLES,
    WATCHED,
    small_registry,
    write,
)

EXAMPLES = 1_200 if os.environ.get("ACCORD_HYPOTHESIS") == "thorough" else 90
REGISTRY = small_registry()


def ask(cursor, definitions, at, **narrowed):
    sql, params = compile(definitions, registry=REGISTRY).select(at=at, **narrowed)
    cursor.execute(sql, params)
    return {(id, key): tuple(rest) for id, key, *rest in cursor.fetchall()}


class TestAgainstTheJudge(TestCase):
    @given(
        raw=DEFINITIONS,
        other=DEFINITIONS,
        leads=st.lists(st.tuples(LEADS, DONE), min_size=8, max_size=10),
        watched=WATCHED,
        hours=st.integers(1, 24 * 40),
    )
    @settings(max_examples=EXAMPLES, deadline=None)
    def test_every_verdict_is_the_same(self, raw, other, leads, watched, hours):
        other["must"].append({"definition": "first"})
        definitions = {
            "first": read_definition("first", raw),
            "second": read_definition("second", other),
        }
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS t_lead, t_journal, t_watched")
            cursor.execute(TABLES)
            ids = write(cursor, leads, watched)
            answers = ask(cursor, definitions, AT)
            one = ask(cursor, definitions, AT, leads=ids[:1])
            past = ask(cursor, definitions, AT, known_at=AT + timedelta(days=999))
            later = AT + timedelta(hours=hours)
            answers_later = ask(cursor, definitions, later)
        assert past == answers
        for id, (facts, done) in zip(ids, leads, strict=True):
            for key, definition in definitions.items():
                world = World(REGISTRY, definitions, AT, watched, facts, done)
                *told, recheck_at = answers[id, key]
                assert tuple(told) == judge(definition, world), (key, facts, done)
                if recheck_at is None or recheck_at > later:
                    assert answers_later[id, key][:3] == tuple(told)[:3], (facts, done)
        for key in definitions:
            assert one[ids[0], key] == answers[ids[0], key]


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
    ({"definition": "nothing"}, "no definition"),
]


@pytest.mark.parametrize(("clause", "words"), NONSENSE)
def test_a_clause_that_cannot_run_is_refused_with_its_key(clause, words):
    definition = read_definition(
        "mql", {"title": "T", "text": "T", "must": [{**clause, "key": "odd"}]}
    )
    with pytest.raises(Invalid, match=words) as refused:
        compile({"mql": definition}, registry=REGISTRY)
    assert refused.value.field == "mql.odd"


def test_a_definition_that_asks_for_itself_is_refused_with_the_circle():
    raw = {"title": "T", "text": "T"}
    definitions = {
        "a": read_definition("a", {**raw, "must": [{"definition": "b"}]}),
        "b": read_definition("b", {**raw, "must": [{"definition": "a"}]}),
    }
    with pytest.raises(Invalid, match="a → b → a"):
        compile(definitions, registry=REGISTRY)
