"""A definition put together row by row says what its document says, and back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from accord.criteria import language
from accord.criteria.arranging import added, moved, removed, settled, unfinished
from accord.criteria.drafting import (
    DraftRow,
    operators_of,
    raw_of,
    rows_of,
)
from accord.criteria.language import Count, Reference, Score, read_definition
from accord.criteria.values import value_of
from tests.criteria.world import DEFINITIONS, small_registry

REGISTRY = small_registry()
HEAD = {"title": "T", "text": "T"}


def leaves(raw):
    """What each clause asks, with its value in the type of its fact."""
    found = []
    for leaf in read_definition("d", {**HEAD, **raw}).leaves():
        if isinstance(leaf, language.Test):
            fact = REGISTRY.fact(leaf.fact)
            found.append((leaf.fact, leaf.operator, value_of(leaf, fact)))
        elif isinstance(leaf, Count):
            found.append((leaf.behaviour, leaf.operator, leaf.number, leaf.within_days))
        elif isinstance(leaf, Score):
            found.append((leaf.scorecard, leaf.operator, leaf.number))
        elif isinstance(leaf, Reference):
            found.append((leaf.definition,))
    return found


@given(DEFINITIONS)
def test_rows_ask_what_the_definition_asks(raw):
    rows = rows_of(raw)
    written = raw_of(rows, registry=REGISTRY)
    assert leaves(written) == leaves(raw)
    assert settled(rows, registry=REGISTRY) == rows


@given(DEFINITIONS)
def test_what_rows_say_reads_as_the_same_rows(raw):
    written = raw_of(rows_of(raw), registry=REGISTRY)
    again = rows_of(written)
    assert raw_of(again, registry=REGISTRY) == written


@given(DEFINITIONS, st.data())
def test_a_row_added_and_removed_leaves_all_as_it_was(raw, data):
    rows = rows_of(raw)
    groups = [None, *(number for number, row in enumerate(rows) if row.is_group)]
    place = data.draw(st.sampled_from(groups))
    level = "must" if place is None else rows[place].level
    longer = added(rows, place, "ask", level)
    (number,) = (n for n in range(len(longer)) if removed(longer, n) == rows and not longer[n].asks)
    assert longer[number].depth == (0 if place is None else rows[place].depth + 1)
    assert raw_of(longer, registry=REGISTRY) == raw_of(rows, registry=REGISTRY)


@given(DEFINITIONS, st.data())
def test_a_group_goes_with_all_that_stands_in_it(raw, data):
    rows = rows_of(raw)
    place = data.draw(st.integers(0, len(rows) - 1))
    left = removed(rows, place)
    gone = rows[place : place + len(rows) - len(left)]
    assert [*rows[:place], *gone, *rows[place + len(gone) :]] == rows
    assert all(row.depth > rows[place].depth for row in gone[1:])
    following = rows[place + len(gone) : place + len(gone) + 1]
    assert all(row.depth <= rows[place].depth or not rows[place].is_group for row in following)


@given(st.sampled_from(sorted(REGISTRY.facts)), st.sampled_from(["is", "before", "contains"]))
def test_an_operator_that_does_not_fit_gives_way_to_one_that_does(fact, operator):
    row = DraftRow("must", 0, "ask", asks=f"fact:{fact}", operator=operator, value="2")
    (shown,) = settled([row], registry=REGISTRY)
    assert shown.operator in operators_of(row.asks, registry=REGISTRY)
    if operator in operators_of(row.asks, registry=REGISTRY):
        assert shown == row
    else:
        assert shown == replace(row, operator=shown.operator, value=shown.value)
        assert shown.value in ("", "yes")


def test_a_question_without_an_answer_asks_nothing_yet():
    rows = [DraftRow("must", 0, "any"), DraftRow("must", 1, "ask", asks="fact:word", operator="is")]
    assert raw_of(rows, registry=REGISTRY) == {"must": {"all": []}}


@given(DEFINITIONS, st.data())
def test_a_row_that_moves_up_and_down_keeps_all_and_comes_back(raw, data):
    rows = rows_of(raw)
    place = data.draw(st.integers(0, len(rows) - 1))
    way, back = data.draw(st.permutations(["up", "down"]))
    rest = moved(rows, place, way)
    assert sorted(row.asks for row in rest) == sorted(row.asks for row in rows)
    assert [*rows_of(raw_of(rest, registry=REGISTRY))]  # a tree still
    if rest != rows:
        assert rows in [moved(rest, at, back) for at in range(len(rest))]


def test_what_a_row_lacks_is_named():
    rows = [
        DraftRow("must", 0, "ask"),
        DraftRow("must", 0, "ask", asks="?:shoe size"),
        DraftRow("must", 0, "ask", asks="fact:size", operator="at_least"),
        DraftRow("must", 0, "any"),
        DraftRow("must", 0, "all"),
        DraftRow("must", 1, "ask", asks="definition:mql"),
    ]
    assert unfinished(rows) == {0: "thing", 1: "name", 2: "value", 3: "rows"}
