"""The published schema says what a document may say: what does not fit it, Accord refuses too."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from accord.agreement import actions, queries
from accord.agreement.faults import BadDocument
from accord.agreement.schema import json_schema
from accord.agreement.terms import read_terms
from accord.cli.agreement import schema
from tests.agreement.papers import paper
from tests.laws.records import as_recorded

VALID = Draft202012Validator(json_schema())


def as_json(document: str) -> object:
    return json.loads(json.dumps(yaml.safe_load(document), default=str))


def test_is_a_schema_and_the_document_that_accord_ships_fits_it():
    Draft202012Validator.check_schema(json_schema())
    VALID.validate(as_json(paper()))


@pytest.mark.parametrize(
    "change",
    [
        ("currency: EUR", "currency: Euro"),
        ("title: Agreement", "titel: Agreement"),
        ("within: {hours: 48}", "within: 48"),
        ("within: {hours: 48}", "within: {hours: 48, days: 2}"),
        ("share: 0.8", "share: 80"),
        ("per: month", "per: fortnight"),
        ("destination: merge", "destination: drawer"),
        ("fact: employees\n          at_least: 20", "fact: employees"),
        ("fact: employees\n          at_least: 20", "fact: employees\n          least: 20"),
        (
            "count: hand_raises\n              within_days: 90",
            "count: hand_raises\n              d: 9",
        ),
        ("within_days: 90\n              at_least: 1", "within_days: 0\n              at_least: 1"),
        ("accountable: head_of_sales", "accountable: chief"),
        ("stage: mql", "stage: warm"),
        ("points: 30\n        definition", "points: many\n        definition"),
        ("points: 30\n        definition", "points: 0\n        definition"),
        ("points: 30\n        definition", "definition"),
        ("at_least: 250", "least: 250"),
        ("grades: {A: 60, B: 30}", "grades: {A: 60}"),
        ("each: pricing_visits, within_days: 30", "each: pricing_visits, days: 30"),
        ("loses: {percent: 50, every_days: 30}", "loses: {percent: 1, every_days: 30}"),
        ("loses: {percent: 50, every_days: 30}", "loses: {percent: 50}, within_days: 30"),
        ("each: page_visits, within_days: 30, at_most: 10", "each: page_visits, at_most: 101"),
    ],
)
def test_what_does_not_fit_is_refused_by_both(change):
    with pytest.raises(ValidationError):
        VALID.validate(as_json(paper(change)))
    with pytest.raises(BadDocument):
        read_terms(paper(change))


@pytest.mark.django_db
def test_the_built_in_agreement_exported_and_brought_in_again_is_the_same():
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    actions.start_trial(at=at)
    exported = queries.document_of(1)
    assert exported == paper()
    assert actions.digest_of(exported) == queries.newest()[1]
    assert read_terms(exported).document == read_terms(paper()).document


def test_the_file_beside_the_guide_is_the_schema():
    path = Path(__file__).parents[2] / "docs" / "agreement.schema.json"
    as_recorded(path, json_schema(), "What an agreement may say has changed.")


def test_the_command_line_prints_it():
    printed = CliRunner().invoke(schema)
    assert json.loads(printed.output) == json_schema()
