"""Whatever differs between two versions stands in what the heads read before they sign."""

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from accord.agreement.comparing import Change, changes
from accord.agreement.faults import BadDocument
from accord.agreement.terms import read_terms
from tests.agreement.papers import paper

BEFORE = read_terms(paper(), number=1)
DOCUMENT = yaml.safe_load(paper())


def changed(*replaced: tuple[str, str]) -> list[Change]:
    return changes(BEFORE, read_terms(paper(*replaced), number=2))


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where each value of a document stands."""
    if isinstance(value, dict):
        return [each for key, below in value.items() for each in paths(below, (*path, key))]
    if isinstance(value, list):
        own = [path] if path else []
        return own + [each for n, below in enumerate(value) for each in paths(below, (*path, n))]
    return [path]


def altered(path: tuple[Any, ...], new: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    part: Any = document
    for name in path[:-1]:
        part = part[name]
    if new is None:
        del part[path[-1]]
    else:
        part[path[-1]] = new
    return document


OTHER = some.one_of(
    some.sampled_from([None, True, False, 0.25, "", "other", "note", "date", "employees", "all"]),
    some.sampled_from(["nurture", "disqualify", "rep", "marketer", "week", "price", "at_least"]),
    some.integers(1, 90),
    some.sampled_from([["rep"], ["follow_up"], ["sql"], {"days": 7}, {"working_hours": 2}]),
)


@settings(max_examples=40, deadline=None)
@given(path=some.sampled_from(paths(DOCUMENT)), new=OTHER)
def test_any_value_that_is_altered_is_told(path: tuple[Any, ...], new: Any) -> None:
    try:
        after = read_terms(yaml.safe_dump(altered(path, new), sort_keys=False), number=2)
    except BadDocument:
        return
    differs = after.document != BEFORE.document
    assert bool(changes(BEFORE, after)) == differs


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        (
            "      after_attempts: true\n",
            "",
            "pass_back.reasons.unreachable",
            "once the promised attempts were made",
        ),
        ("field: note", "field: competitor", "pass_back.reasons.bad_data", "competitor"),
        (
            "label: No need now",
            "label: Not now",
            "pass_back.reasons.no_need.label",
            "Not now",
        ),
        (
            (
                "steps: [identify, record]\n    responsible: [marketer]\n"
                "    accountable: head_of_marketing\n    consulted: [rep]\n"
                "  - what: Decide what makes a lead qualified\n    steps: [evaluate,"
            ),
            (
                "steps: [identify, record, evaluate]\n    responsible: [marketer]\n"
                "    accountable: head_of_marketing\n    consulted: [rep]\n"
                "  - what: Decide what makes a lead qualified\n    steps: ["
            ),
            "roles.Decide what makes a lead qualified",
            "evaluate",
        ),
        (
            "fact: employees\n        at_least: 250",
            "fact: employees\n        at_least: 5",
            "scorecards.fit.large",
            "at least 5",
        ),
        (
            "title: Marketing-qualified lead (MQL)",
            "title: Keen lead",
            "definitions.mql.title",
            "Keen lead",
        ),
        ("title: Fit", "title: Who they are", "scorecards.fit.title", "Who they are"),
    ],
)
def test_it_is_told_under_its_clause(old: str, new: str, key: str, says: str) -> None:
    found = {change.key: change for change in changed((old, new))}
    assert says in f"{found[key].was} {found[key].now}"
    assert not any("Otherwise" in change.place for change in found.values())


PHONE = """            - key: phone-known
              text: We know their telephone number.
              fact: phone
              known: true
"""
NEED = "        - any:\n            - key: need-stated"


def test_a_clause_that_moves_to_another_group_is_told_with_both() -> None:
    moved = paper((PHONE, "")).replace(
        NEED, f"        - any:\n{PHONE}            - key: need-stated"
    )
    (change,) = changes(BEFORE, read_terms(moved, number=2))
    assert change.key == "definitions.sales_ready.phone-known"
    assert "beside “We know their e-mail address." in change.was
    assert "beside “They said what they need." in change.now


def test_a_group_that_asks_for_all_instead_of_any_is_one_change() -> None:
    (change,) = changed((NEED, NEED.replace("any", "all")))
    assert (change.was, change.now) == ("Any of these:", "All of these:")


def test_a_group_that_comes_before_others_leaves_them_as_they_are() -> None:
    first = "        - any:\n            - {key: has-budget, fact: budget, known: true}\n"
    anchor = "        - any:\n            - key: email-known"
    new = changed((anchor, first + anchor))
    assert [change.was for change in new] == ["", ""]
    assert [change.key for change in new][1] == "definitions.sales_ready.has-budget"


def test_another_short_name_is_told_and_nothing_else() -> None:
    (change,) = changed(("key: looked-at-prices", "key: saw-prices"))
    assert change.words[-2:] == [("was", "looked-at-prices"), ("now", "saw-prices")]


def test_what_no_sentence_tells_stands_under_its_clause() -> None:
    last = "  - {figure: lead_to_customer_rate}\n"
    first = "  - {figure: ready_leads}\n"
    (change,) = changed((last, ""), (first, last + first))
    assert change.place == "Otherwise: figures"
