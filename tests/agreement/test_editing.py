"""A clause that is changed in place is written into the document; its other lines stay."""

from collections.abc import Mapping
from difflib import ndiff

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from accord.agreement.editing import edited, parts
from accord.agreement.rewriting import with_value
from accord.agreement.terms import read_terms
from tests.agreement.papers import paper

TERMS = read_terms(paper(), number=1)
FIELDS = {f.clause: f for part in parts(paper(), TERMS) for row in part.rows for f in row.fields}


def sending(given: Mapping[str, str | list[str]]) -> str:
    """The document after a form with all fields was sent, some with another value."""
    all_: dict[str, list[str]] = {}
    for clause, field in FIELDS.items():
        if field.kind == "ticks":
            all_[f"{clause}.shown"] = ["1"]
            continue
        all_[clause] = [field.value]
        if field.kind == "span":
            all_[f"{clause}.unit"] = [field.unit]
    all_ |= {key: value if isinstance(value, list) else [value] for key, value in given.items()}
    return edited(paper(), TERMS, lambda name: all_.get(name, []))


def differing(document: str) -> list[str]:
    lines = ndiff(paper().splitlines(), document.splitlines())
    return [line for line in lines if line.startswith(("+ ", "- "))]


def test_what_is_sent_as_it_is_shown_changes_no_letter() -> None:
    assert sending({}) == paper()
    assert len(FIELDS) > 50


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            {"marketing.ready_leads.target": "50"},
            ["-     target: 40", "+     target: 50"],
        ),
        ({"marketing.acceptance_rate.share": "82.5"}, ["-     share: 0.8", "+     share: 0.825"]),
        (
            {
                "sales.first_attempt.within.ready": "2",
                "sales.first_attempt.within.ready.unit": "working_days",
            },
            ["-       ready: {working_hours: 4}", "+       ready: {working_days: 2}"],
        ),
        (
            {"escalation.steps.2.after": "1", "escalation.steps.2.after.unit": "working_days"},
            [
                "-     - {step: reassign, after: {working_hours: 4}}",
                "+     - {step: reassign, after: {working_days: 1}}",
            ],
        ),
        (
            {"effective_on": "2027-01-01", "on_trial": ["nurture", "scorecards"]},
            ["+ on_trial: [nurture, scorecards]", "+ effective_on: 2027-01-01"],
        ),
        (
            {"scorecards.engagement.rows.1.within_days": "45"},
            [
                "-       - {points: 15, each: pricing_visits, within_days: 30, at_most: 3}",
                "+       - {points: 15, each: pricing_visits, within_days: 45, at_most: 3}",
            ],
        ),
        (
            {"scorecards.engagement.rows.1.at_most": ""},
            [
                "-       - {points: 15, each: pricing_visits, within_days: 30, at_most: 3}",
                "+       - {points: 15, each: pricing_visits, within_days: 30}",
            ],
        ),
        (
            {"scorecards.fit.grades.A": "70"},
            ["-     grades: {A: 60, B: 30}", "+     grades: {A: 70, B: 30}"],
        ),
        (
            {"scorecards.fit.rows.1.out": "1"},
            [
                "-       - key: large",
                "-         text: The company is large.",
                "-         points: 10",
                "-         fact: employees",
                "-         at_least: 250",
            ],
        ),
    ],
)
def test_only_its_own_line_is_written_anew(
    given: dict[str, str | list[str]], lines: list[str]
) -> None:
    document = sending(given)
    assert sorted(differing(document)) == sorted(lines)
    read_terms(document)


def test_long_words_are_folded_and_read_the_same() -> None:
    words = "Both teams: win customers - “together” # and keep them. " * 4
    document = sending({"purpose": words, "marketing.nurture.text": f"{words}\r\nAlways"})
    terms = read_terms(document)
    assert terms.purpose == " ".join(words.split())
    assert terms.document.marketing.nurture
    assert terms.document.marketing.nurture.text == f"{' '.join(words.split())} Always"
    kept = [line for line in paper().splitlines() if line.startswith("#")]
    assert [line for line in document.splitlines() if line.startswith("#")] == kept


def test_what_does_not_fit_is_written_so_that_it_is_refused_by_name() -> None:
    document = sending({"marketing.ready_leads.target": "many"})
    assert yaml.safe_load(document)["marketing"]["ready_leads"]["target"] == "many"


def test_the_same_day_taken_out_again_leaves_the_document_as_it_was() -> None:
    with_day = sending({"effective_on": "2027-01-01"})
    assert with_value(with_day, "effective_on", None) == paper()


@settings(max_examples=30, deadline=None)
@given(
    clause=some.sampled_from([c for c, f in FIELDS.items() if f.kind in ("number", "text")]),
    number=some.integers(1, 900),
    words=some.text(alphabet="ab:#-'\"{}[]%é \\", min_size=1, max_size=200),
)
def test_any_value_reads_back_as_it_was_typed(clause: str, number: int, words: str) -> None:
    is_text = FIELDS[clause].kind == "text"
    value = (" ".join(words.split()) or "x") if is_text else number
    found = yaml.safe_load(with_value(paper(), clause, value))
    for name in clause.split("."):
        found = found[
            int(name) if isinstance(found, list) else name if name in found else int(name)
        ]
    assert found == value
