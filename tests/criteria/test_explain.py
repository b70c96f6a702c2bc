"""A definition reads as sentences."""

import pytest
from django.utils import translation

from accord.criteria.explain import lines, sentence
from accord.criteria.language import read_definition
from accord.criteria.registry import Behaviour, Fact, Registry

REGISTRY = Registry()
REGISTRY.add(
    Fact("country", "Country", "text", "lead.country"),
    Fact("employees", "Employees", "number", "company.employees"),
    Fact("needed_by_on", "Needed by", "date", "lead.needed_by_on"),
    Fact("do_not_contact", "Do not contact", "yes_no", "lead.do_not_contact", is_open=False),
    Behaviour("page_visits", "Page visits", ("page.visited",)),
)
SENTENCES = [
    ({"fact": "country", "is": "Austria"}, "Country is Austria"),
    ({"fact": "country", "one_of": ["Germany", "Austria"]}, "Country is one of Germany, Austria"),
    ({"fact": "country", "none_of": ["Germany"]}, "Country is none of Germany"),
    ({"fact": "country", "contains": "land"}, "Country contains “land”"),
    ({"fact": "country", "known": False}, "Country is not known"),
    ({"fact": "employees", "at_least": 20}, "Employees is at least 20"),
    ({"fact": "employees", "is_not": 1}, "Employees is not 1"),
    ({"fact": "do_not_contact", "is": False}, "Do not contact is no"),
    ({"fact": "needed_by_on", "in_next_days": 1}, "Needed by lies in the next 1 day"),
    ({"fact": "needed_by_on", "in_last_days": 2}, "Needed by lies in the last 2 days"),
    ({"fact": "needed_by_on", "older_than_days": 9}, "Needed by lies more than 9 days back"),
    ({"count": "page_visits", "at_most": 3}, "Page visits: at most 3"),
    (
        {"count": "page_visits", "within_days": 30, "at_least": 3},
        "Page visits: at least 3 in the last 30 days",
    ),
    ({"fact": "country", "is": "Austria", "text": "They are near."}, "They are near."),
]


def definition(*must, should=()):
    raw = {"title": "T", "text": "T", "must": list(must), "should": list(should)}
    return read_definition("mql", raw)


@pytest.mark.parametrize(("clause", "words"), SENTENCES)
def test_a_clause_reads_as_a_sentence(clause, words):
    [read] = definition(clause).must.items
    with translation.override("en"):
        assert sentence(read, registry=REGISTRY, titles={}) == words


def test_a_definition_reads_line_by_line_with_what_stands_below_what():
    ways = {"any": [{"fact": "country", "is": "Austria"}, {"not": {"definition": "sql"}}]}
    read = definition(ways, should=[{"count": "page_visits", "at_least": 1, "key": "came"}])
    with translation.override("en"):
        told = [
            (e.key, e.depth, e.level, e.sentence) for e in lines(read, registry=REGISTRY, titles={})
        ]
    assert told == [
        ("any", 0, "must", "Any of these:"),
        ("country-is", 1, "must", "Country is Austria"),
        ("not", 1, "must", "Not:"),
        ("sql", 2, "must", "Meets the definition “sql”"),
        ("came", 0, "should", "Page visits: at least 1"),
    ]
