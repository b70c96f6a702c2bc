"""What names another definition says what people call it, wherever it is read."""

import pytest

from accord.agreement.queries import running
from accord.agreement.wording import clause_sentences
from accord.flows.pass_back import Said, pass_back
from accord.handoffs.queries import came_back
from accord.handoffs.queries.returned import Returned, shares_of_came_back
from accord.handoffs.queries.routes import clauses_of
from accord.insights.clauses import effects
from accord.qualification.reasons import why
from tests.handoffs.office import AT, HOUR, Office, change_agreement, hand_raise, open_office

WORDLESS = """                - key: fits-ideal-customer
                  text: Their company fits our ideal customer profile.
"""
TITLE = "Meets the definition “Ideal customer profile”"


@pytest.fixture
def office(db: None) -> Office:
    office = open_office()
    change_agreement(
        office, (WORDLESS, "                - key: fits-ideal-customer\n"), at=AT - HOUR
    )
    return office


def test_a_lead_s_lines_name_it_by_its_title(office: Office) -> None:
    handoff = hand_raise()
    (mql,) = (each for each in why(handoff.lead_id) if each.key == "mql")
    assert TITLE in [line.text for line in mql.clauses]


def test_so_do_pass_backs_suggestions_and_routes(office: Office) -> None:
    handoff = hand_raise(employees="500", industry="Mining", country="DE")
    said = Said(reason="not_ideal", blamed=["mql:fits-ideal-customer"])
    pass_back(handoffs=[handoff.id], said=said, by=handoff.owner_id, at=AT + HOUR)
    (back,) = came_back(Returned.OPEN, at=AT + HOUR)
    assert back.blamed == [("mql", TITLE)]
    shares = shares_of_came_back(Returned.OPEN, at=AT + HOUR)
    assert [each.label for each in shares["clause"]] == [TITLE]
    found = effects(running(), "mql", at=AT + HOUR)
    assert TITLE in [each.sentence for each in found.clauses]
    assert clauses_of({"must": [{"definition": "ideal_customer"}]}) == [TITLE]


def test_every_clause_says_something(office: Office) -> None:
    assert all(clause_sentences(running()).values())
