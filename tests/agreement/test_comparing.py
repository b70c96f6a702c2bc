"""What a version changes, in the words of the page."""

import pytest

from accord.agreement.comparing import Change, changes
from accord.agreement.terms import Terms, read_terms
from tests.agreement.papers import paper

BEFORE = read_terms(paper(), number=1)


def changed(*replaced: tuple[str, str]) -> list[Change]:
    return changes(BEFORE, read_terms(paper(*replaced), number=2))


def test_a_version_like_the_other_changes_nothing() -> None:
    assert changed() == []


def test_a_figure_is_told_by_what_it_was_and_is() -> None:
    text = paper()
    attempts = text.index("attempts:")
    fewer = text[:attempts] + text[attempts:].replace("at_least: 6", "at_least: 5", 1)
    (change,) = changes(BEFORE, read_terms(fewer, number=2))
    assert change.place.startswith("What sales promises: ")
    assert change.was.startswith("at least 6 attempts")
    assert change.now.startswith("at least 5 attempts")


def test_a_criterion_is_told_with_exactly_what_it_asks() -> None:
    (change,) = changed(
        (
            "within_days: 60\n                      at_least: 1",
            "within_days: 60\n                      at_least: 2",
        )
    )
    assert change.place == "Marketing-qualified lead (MQL)"
    assert "They looked at our prices." in change.was
    assert "at least 1" in change.was
    assert "at least 2" in change.now


def test_what_is_new_was_nothing_and_what_goes_is_nothing() -> None:
    clause = """      - key: country-known
        text: We know the country they buy in.
        fact: country
        known: true
"""
    text = paper((clause, ""))
    without: Terms = read_terms(text, number=2)
    (gone,) = changes(BEFORE, without)
    (new,) = changes(without, BEFORE)
    assert (gone.now, new.was) == ("", "")
    assert gone.was == new.now
    assert "And it helps when" in gone.was


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("every_months: 3", "every_months: 6", "6 months"),
        ("max_rounds: 3", "max_rounds: 2", "2 rounds"),
        ("one_person_may_hold_both: false", "one_person_may_hold_both: true", "both seats"),
    ],
)
def test_all_that_is_read_is_compared(old: str, new: str, says: str) -> None:
    found = changed((old, new))
    assert any(says in change.now for change in found)
    assert len(found) == 1


def test_only_the_words_that_differ_are_marked() -> None:
    change = Change("Review", "Every 3 months. Both read it.", "Every 6 months. Both read it.")
    assert change.words == [
        ("same", "Every"),
        ("was", "3"),
        ("now", "6"),
        ("same", "months. Both read it."),
    ]
    assert Change("", "", "It is new.").words == [("now", "It is new.")]
    assert Change("", "It goes.", "").words == [("was", "It goes.")]
