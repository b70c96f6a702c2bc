"""The document as it is read: its own sentences, and every figure in words from what runs."""

from datetime import UTC, date, datetime

import pytest

from accord.agreement.reading import Reading, next_review, read
from accord.agreement.terms import read_terms
from tests.agreement.papers import paper


@pytest.fixture(scope="module")
def reading() -> Reading:
    """The default agreement."""
    return read(read_terms(paper()))


def promise(reading: Reading, key: str) -> list[str]:
    (found,) = [each for each in reading.promises if each.key == key]
    return list(found.figures)


def reason(reading: Reading, key: str) -> tuple[str, str]:
    (found,) = [each for each in reading.reasons if each.key == key]
    return found.consequence, found.asks


def test_a_promise_names_its_figures(reading):
    assert promise(reading, "answer") == ["within 1 working day", "90 % of the time"]
    assert promise(reading, "ready_leads") == ["40 leads a month"]
    assert "They asked for us: within 1 working hour" in promise(reading, "first_attempt")


def test_a_figure_that_changes_is_read_at_once():
    changed = read(
        read_terms(paper(("    within: {working_days: 1}", "    within: {working_hours: 3}")))
    )
    assert promise(changed, "answer")[0] == "within 3 working hours"


def test_a_criterion_says_its_words_and_exactly_what_is_asked(reading):
    (mql,) = [each for each in reading.definitions if each.key == "mql"]
    (prices,) = [each for each in mql.criteria if each.key == "looked-at-prices"]
    assert prices.sentence == "They looked at our prices."
    assert "at least 1" in prices.exactly
    assert "60 days" in prices.exactly


def test_a_definition_says_what_it_does(reading):
    effects = {each.key: each.effect for each in reading.definitions}
    assert "enters this stage" in effects["mql"]
    assert "handed to sales" in effects["sales_ready"]
    assert "before qualifying" in effects["sql"]
    assert effects["ideal_customer"] == effects["subscriber"] == ""


def test_a_reason_says_where_the_lead_goes_and_when_it_may_return(reading):
    assert reason(reading, "unreachable") == (
        (
            "Goes to nurture. It may return after 30 days. "
            "It holds only once the promised attempts were made."
        ),
        "",
    )
    assert "from the date they named" in reason(reading, "later")[0]
    assert reason(reading, "competitor")[1] == "Asked: Which one? (a competitor)"
    assert "clause" in reason(reading, "not_ideal")[0]


def test_the_steps_after_a_missed_promise_are_read_in_order(reading):
    assert list(reading.steps) == [
        "Whoever promised is warned once 75 % of the time has passed.",
        "The rep is told, at once.",
        "The head of sales is told, after 1 working hour.",
        "Somebody else takes over, after 4 working hours.",
    ]


def test_duties_name_roles_in_words(reading):
    assert reading.duties[2].responsible == "Head of marketing and Head of sales"


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (datetime(2026, 11, 30, tzinfo=UTC), date(2027, 2, 28)),
        (datetime(2026, 1, 15, tzinfo=UTC), date(2026, 4, 15)),
        (datetime(2026, 9, 30, tzinfo=UTC), date(2026, 12, 30)),
    ],
)
def test_the_next_review_is_so_many_months_after_it_came_into_force(since, expected):
    assert next_review(read_terms(paper()), since=since) == expected


def test_a_review_day_that_is_named_comes_first():
    terms = read_terms(paper(("every_months: 3", "every_months: 3\n  next_on: 2027-01-15")))
    assert next_review(terms, since=datetime(2026, 1, 1, tzinfo=UTC)) == date(2027, 1, 15)
