"""What the document says is what the terms are; nothing else decides."""

from datetime import UTC, date, datetime

import pytest
import yaml

from accord.agreement.checking import promised
from accord.agreement.document import read_document
from accord.agreement.spans import Span, Unit
from accord.agreement.terms import Ask, Attempts, Step, read_terms
from accord.base.lifecycle import WAY
from accord.criteria.language import Group
from accord.teams.models import Role
from accord.teams.rules import Calendar
from tests.agreement.papers import paper

FRIDAY = datetime(2026, 10, 30, 15, 30, tzinfo=UTC)  # 16:30 in Berlin
OFFICE = Calendar("Europe/Berlin", dict.fromkeys(range(5), ((9 * 60, 17 * 60),)))


def keys(group: Group) -> set[str]:
    """The keys of all clauses of a group."""
    found = set()
    for item in group.items:
        found |= keys(item) if isinstance(item, Group) else {item.key}
    return found


def test_the_default_agreement_can_be_read():
    terms = read_terms(paper(), number=1, is_trial=True)
    assert (terms.number, terms.is_trial, terms.gate) == (1, True, "sales_ready")
    assert list(terms.definitions) == [
        *("ideal_customer", "decision_maker", "mql", "sales_ready", "sql")
    ]
    assert list(terms.words) == [
        *("lead", "subscriber", "inquiry", "sal", "opportunity", "customer", "disqualified")
    ]


@pytest.mark.parametrize("step", [*WAY, *promised(read_document(paper()))])
def test_somebody_answers_for_each_step_and_each_promise(step):
    duty = read_terms(paper()).duty(step)
    assert duty is not None
    assert duty.accountable in Role.values
    assert duty.responsible


def test_an_agreement_from_before_duties_named_steps_is_still_read():
    old = yaml.safe_load(paper())
    for duty in old["roles"]:
        del duty["steps"]
    for part in ("goal", "figures", "meetings", "consequences"):
        del old[part]
    terms = read_terms(yaml.safe_dump(old))
    assert terms.goal is None
    assert terms.duty("receive") is None


def test_the_first_attempt_goes_by_the_reason_of_the_handoff():
    terms = read_terms(paper())
    assert terms.first_attempt("hand_raise") == Span(1, Unit.WORKING_HOURS)
    assert terms.first_attempt("ready") == Span(4, Unit.WORKING_HOURS)


@pytest.mark.parametrize(
    ("old", "new", "read", "expected"),
    [
        (
            "ready: {working_hours: 4}",
            "ready: {working_minutes: 30}",
            lambda terms: terms.first_attempt("ready"),
            Span(30, Unit.WORKING_MINUTES),
        ),
        ("within_share: 0.9", "within_share: 0.75", lambda terms: terms.sales.within_share, 0.75),
        ("target: 40", "target: 55", lambda terms: terms.marketing.ready_leads.target, 55),
        ("share: 0.8", "share: 0.6", lambda terms: terms.marketing.acceptance_rate, 0.6),
        ("max_rounds: 3", "max_rounds: 1", lambda terms: terms.max_rounds, 1),
        (
            "at_least: 6\n    within: {working_days: 15}",
            "at_least: 4\n    within: {working_days: 10}",
            lambda terms: terms.attempts,
            Attempts(4, Span(10, Unit.WORKING_DAYS), 2),
        ),
        (
            "{hours: 48}",
            "{hours: 24}",
            lambda t: t.marketing.pass_back_answer,
            Span(24, Unit.HOURS),
        ),
        (
            "{step: tell_head, after: {working_hours: 1}}",
            "{step: tell_head, after: {working_minutes: 20}}",
            lambda terms: terms.escalation[1],
            Step("tell_head", Span(20, Unit.WORKING_MINUTES)),
        ),
        (
            "asks_for: [contact, demo, price, order]",
            "asks_for: [order]",
            lambda terms: terms.hand_raises,
            frozenset({"order"}),
        ),
        (
            "one_person_may_hold_both: false",
            "one_person_may_hold_both: true",
            lambda terms: terms.one_person_may_hold_both,
            True,
        ),
        (
            "every_months: 3",
            "every_months: 3\n  next_on: 2027-01-15",
            lambda terms: terms.review_on,
            date(2027, 1, 15),
        ),
        ("gate: sales_ready", "gate: mql", lambda terms: terms.gate, "mql"),
    ],
)
def test_a_figure_changed_in_the_document_alone_changes_the_terms(old, new, read, expected):
    assert read(read_terms(paper())) != expected
    assert read(read_terms(paper((old, new)))) == expected


def test_a_reason_goes_where_the_document_sends_it():
    changed = paper(
        (
            "destination: nurture\n      re_enter_after: {days: 90}\n      asks:",
            "destination: disqualify\n      asks:",
        )
    )
    assert read_terms(paper()).reasons["no_budget"].destination == "nurture"
    assert read_terms(changed).reasons["no_budget"].destination == "disqualify"


def test_a_reason_says_what_it_asks_and_when_the_lead_may_return():
    reasons = read_terms(paper()).reasons
    assert len(reasons) == 10
    assert reasons["competitor"].re_enter_after == Span(180, Unit.DAYS)
    assert reasons["later"].asks == Ask("date", "When shall we come back?", required=True)
    assert [key for key, reason in reasons.items() if reason.blames_definition] == ["not_ideal"]


def test_a_lost_deal_may_leave_the_lead_where_it_is():
    stays = paper(
        (
            "      label: Not our ideal customer\n      destination: disqualify\n\nescalation",
            "      label: Not our ideal customer\n      destination: stay\n\nescalation",
        )
    )
    assert read_terms(stays).loss_reasons["not_ideal"].destination is None
    assert read_terms(paper()).loss_reasons["price"].destination == "nurture"


def test_a_must_made_a_should_no_longer_decides():
    document = yaml.safe_load(paper())
    gate = document["definitions"]["sales_ready"]
    need = gate["must"]["all"].pop()
    gate["should"].extend(need["any"])
    before, after = read_terms(paper()), read_terms(yaml.safe_dump(document))
    assert "need-stated" in keys(before.definitions["sales_ready"].must)
    assert "need-stated" not in keys(after.definitions["sales_ready"].must)
    assert "need-stated" in {clause.key for clause in after.definitions["sales_ready"].should}


def test_a_word_of_ones_own_can_be_added():
    terms = read_terms(
        paper(
            (
                "  customer:\n",
                "  partner:\n    title: Partner\n    text: Sells for us.\n\n  customer:\n",
            )
        )
    )
    assert terms.words["partner"].title == "Partner"


@pytest.mark.parametrize(
    ("span", "due"),
    [
        (Span(0, Unit.WORKING_MINUTES), FRIDAY),
        (Span(1, Unit.WORKING_HOURS), datetime(2026, 11, 2, 8, 30, tzinfo=UTC)),
        (Span(90, Unit.WORKING_MINUTES), datetime(2026, 11, 2, 9, tzinfo=UTC)),
        (Span(1, Unit.WORKING_DAYS), datetime(2026, 11, 2, 16, tzinfo=UTC)),
        (Span(48, Unit.HOURS), datetime(2026, 11, 1, 15, 30, tzinfo=UTC)),
        (Span(90, Unit.DAYS), datetime(2027, 1, 28, 15, 30, tzinfo=UTC)),
    ],
)
def test_a_span_is_due_by_the_calendar(span, due):
    assert span.due(OFFICE, FRIDAY) == due
