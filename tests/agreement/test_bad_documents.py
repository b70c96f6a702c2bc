"""A document that cannot be an agreement is refused, with the clause's name and the way out."""

import pytest
import yaml

from accord.agreement.faults import BadDocument
from accord.agreement.terms import read_terms
from tests.agreement.papers import paper


def faults_of(document: str) -> dict[str, str]:
    """What is wrong with a document, by clause."""
    with pytest.raises(BadDocument) as refused:
        read_terms(document)
    return {fault.clause: fault.sentence for fault in refused.value.faults}


def without(*path: str) -> str:
    """The default agreement without one clause."""
    document = yaml.safe_load(paper())
    part = document
    for name in path[:-1]:
        part = part[name]
    del part[path[-1]]
    return yaml.safe_dump(document)


@pytest.mark.parametrize(
    ("old", "new", "clause", "says"),
    [
        (
            "fact: employees",
            "fact: employes",
            "definitions.ideal_customer.large-enough",
            "employees",
        ),
        ("every_months: 3", "every_months: 3\n  next_on: 9999-12-31", "review.next_on", "reach"),
        ("title:", "effective_on: 0001-01-01\ntitle:", "effective_on", "out of reach"),
        ("at_least: 20", "at_least: many", "definitions.ideal_customer.large-enough", "number"),
        (
            "count: pricing_visits",
            "count: price_visits",
            "definitions.mql.looked-at-prices",
            "pricing_visits",
        ),
        (
            "definition: ideal_customer\n                - any",
            "definition: mql\n                - any",
            "definitions.mql.fits-ideal-customer",
            "itself",
        ),
        (
            "20\n        fact: authority",
            "20\n        fact: autority",
            "scorecards.fit.has-a-say",
            "authority",
        ),
        ("each: email_clicks", "each: clicks", "scorecards.engagement.clicks", "email_clicks"),
        ("points: 10, each", "points: many, each", "scorecards.engagement.rows.4", "whole number"),
        ("{A: 60, B: 30}", "{A: 30, B: 60}", "scorecards.fit.grades", "more points"),
        ("loses: {percent: 50,", "loses: {percent: 1,", "scorecards.engagement.rows.0", "percent"),
        (
            "points: 30\n        definition: ideal_customer",
            "points: 30\n        score: fit\n        at_least: 1",
            "scorecards.fit.fits-ideal-customer",
            "itself",
        ),
        (
            "fact: employees\n          at_least: 20",
            "score: fitness\n          at_least: 20",
            "definitions.ideal_customer.large-enough",
            "no scorecard",
        ),
        (
            "fact: employees\n          at_least: 20",
            "score: fit\n          at_least: 20",
            "definitions.ideal_customer.large-enough",
            "ideal_customer → score fit → ideal_customer",
        ),
        ("ready: {working_hours: 4}", "ready: 4", "sales.first_attempt.within.ready", "no unit"),
        (
            "ready: {working_hours: 4}",
            "ready: {hous: 4}",
            "sales.first_attempt.within.ready",
            "hours",
        ),
        (
            "ready: {working_hours: 4}",
            "ready: {hours: 4.5}",
            "sales.first_attempt.within.ready",
            "whole",
        ),
        (
            "ready: {working_hours: 4}",
            "ready: {hours: 0}",
            "sales.first_attempt.within.ready",
            "longer",
        ),
        (
            "destination: data_fix",
            "destination: bin",
            "pass_back.reasons.bad_data.destination",
            "nurture",
        ),
        ("re_enter_after: {days: 30}", "", "pass_back.reasons.unreachable.re_enter_after", "when"),
        (
            "re_enter_after: {days: 30}",
            "re_enter_after: {hours: 30}",
            "pass_back.reasons.unreachable.re_enter_after",
            "days",
        ),
        ("currency: EUR", "curency: EUR", "goal.currency", "missing"),
        ("currency: EUR", "currency: Euro", "goal.currency", "Euro"),
        ("marketing_share: 0.5", "marketing_share: 50", "goal.marketing_share", "1"),
        ("figure: win_rate", "figure: wins_rate", "figures.4.figure", "win_rate"),
        ("steps: [identify, record]", "steps: [identify]", "roles", "record"),
        ("steps: [identify, record]", "steps: [identify, receive]", "roles.1.steps", "already"),
        ("steps: [identify, record]", "steps: [identify, file]", "roles.1.steps", "no step"),
        (
            "target: 40\n    per: month",
            "target: 40\n    per: month\n    segments: [{definition: big, target: 5}]",
            "marketing.ready_leads.segments.0.definition",
            "ideal_customer",
        ),
        (
            "target: 40\n    per: month",
            "target: 40\n    per: month\n    segments: [{definition: mql, target: 50}]",
            "marketing.ready_leads.segments.0.target",
            "40",
        ),
        (
            "target: 40\n    per: month",
            """target: 40
    per: month
    worth: {amount: 900, currency: EUR}
    segments: [{definition: mql, target: 5, worth: {amount: 1000, currency: EUR}}]""",
            "marketing.ready_leads.segments.0.worth.amount",
            "900",
        ),
        (
            "brought: {working_days: 5}",
            (
                "brought: {working_days: 5}\n"
                "    segments: [{definition: big, within: {ready: {hours: 1}}}]"
            ),
            "sales.first_attempt.segments.0.definition",
            "ideal_customer",
        ),
        (
            "brought: {working_days: 5}",
            "brought: {working_days: 5}\n    segments: [{definition: mql, within: {}}]",
            "sales.first_attempt.segments.0.within",
            "hand_raise",
        ),
        (
            "brought: {working_days: 5}",
            (
                "brought: {working_days: 5}\n"
                "    segments: [{definition: mql, within: {ready: {hours: 1}}},\n"
                "      {definition: mql, within: {ready: {hours: 2}}}]"
            ),
            "sales.first_attempt.segments.1.definition",
            "twice",
        ),
        ("stage: mql", "stage: sql", "definitions.mql.stage", "not entered"),
        ("gate: sales_ready", "gate: sal", "gate", "sales_ready"),
        ("checklist: sql", "checklist: nothing", "checklist", "sql"),
        ("share: 0.8", "share: 80", "marketing.acceptance_rate.share", "1"),
        ("per: month", "per: fortnight", "marketing.ready_leads.per", "quarter"),
        ("title: Agreement", "titel: Agreement", "titel", "spelling"),
        ("max_rounds: 3", "max_rounds: 0", "pass_back.max_rounds", "0"),
        ("{step: reassign,", "{step: tell_rep,", "escalation.steps.2.step", "twice"),
        ("asks_for: [contact,", "asks_for: [contract,", "hand_raises.asks_for.0", "contact"),
        (
            "accountable: head_of_marketing",
            "accountable: the boss",
            "roles.0.accountable",
            "marketer",
        ),
        ("field: note", "field: memo", "pass_back.reasons.bad_data.asks.field", "note"),
    ],
)
def test_what_is_wrong_is_named(old, new, clause, says):
    faults = faults_of(paper((old, new)))
    assert says in faults[clause]


@pytest.mark.parametrize(
    "path",
    [
        ("sales", "answer"),
        ("sales", "answer", "within"),
        ("marketing", "ready_leads", "per"),
        ("pass_back", "reasons", "stop", "destination"),
        ("definitions", "sal"),
        ("parties",),
    ],
)
def test_what_is_missing_is_named(path):
    assert "missing" in faults_of(without(*path))[".".join(path)]


def test_an_empty_definition_is_refused():
    document = yaml.safe_load(paper())
    document["definitions"]["sales_ready"]["must"] = {"all": []}
    assert list(faults_of(yaml.safe_dump(document))) == ["definitions.sales_ready.must"]


def test_two_definitions_for_one_stage_are_refused():
    document = yaml.safe_load(paper())
    document["definitions"]["sales_ready"]["stage"] = "mql"
    faults = faults_of(yaml.safe_dump(document))
    assert "already the stage of “mql”" in faults["definitions.sales_ready.stage"]


def test_an_agreement_by_which_nobody_qualifies_is_refused():
    assert "stage: mql" in faults_of(paper(("    stage: mql\n", "")))["definitions"]


def test_all_that_is_wrong_is_said_at_once():
    faults = faults_of(paper(("target: 40", "target: no"), ("max_rounds: 3", "max_rounds: x")))
    assert set(faults) == {"marketing.ready_leads.target", "pass_back.max_rounds"}


def test_a_clause_that_stands_twice_is_refused():
    faults = faults_of(paper(("max_rounds: 3", "max_rounds: 3\n  max_rounds: 5")))
    assert "twice" in faults["document"]
    assert "line" in faults["document"]


@pytest.mark.parametrize(
    "text", ["", "- a\n- b", "title: [", "title: !!python/object:os.x {}", "a: &b 1\nc: *b"]
)
def test_what_is_no_document_is_refused_in_a_sentence(text):
    assert "document" in faults_of(text) or "title" in faults_of(text)


def test_norway_stays_a_country():
    document = paper(
        ("fact: country\n        known: true", "fact: country\n        one_of: [NO, SE]")
    )
    (clause,) = [
        each
        for each in read_terms(document).definitions["ideal_customer"].should
        if each.key == "country-known"
    ]
    assert clause.value == ["NO", "SE"]
