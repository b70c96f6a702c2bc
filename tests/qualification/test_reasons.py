"""Why a lead is what it is, line by line; and what keeps the leads of an import back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.flows.import_file import import_file, plan_import
from accord.leads.models import Lead
from accord.qualification.reasons import DefinitionVerdict, first_ready, held_back, why
from tests.web.fill import people

FILE = """email,name,need,company
dana@acme.example,Dana Ruiz,Forty sensors,Acme
karl@other.example,Karl Other,,Other
mina@third.example,Mina Third,,Third
"""


@pytest.fixture
def imported(db: None, tmp_path: Path) -> str:
    at = datetime.now(UTC)
    people(at)
    path = tmp_path / "people.csv"
    path.write_text(FILE)
    return str(import_file(plan=plan_import(path=path, kind="leads"), by=None, at=at).import_id)


def gate(email: str) -> DefinitionVerdict:
    verdicts = why(Lead.objects.get(email=email).id)
    assert verdicts[0].is_gate
    return verdicts[0]


class TestWhy:
    def test_gives_each_line_its_outcome(self, imported: str) -> None:
        lines = {line.text: line.outcome for line in gate("karl@other.example").clauses}

        assert lines["We know their e-mail address."] == "met"
        assert lines["We know their telephone number."] == "not_met"
        assert lines["They said what they need."] == "not_met"

    def test_knows_which_lines_would_help(self, imported: str) -> None:
        lines = {line.text: line.is_open for line in gate("karl@other.example").clauses}

        assert lines["They said what they need."]
        assert not lines["We know their telephone number."]

    def test_asks_for_what_is_not_known(self, imported: str) -> None:
        assert {"Budget", "Authority"} <= set(gate("dana@acme.example").questions)


class TestImport:
    def test_finds_those_who_are_ready(self, imported: str) -> None:
        found = first_ready(definition="sales_ready", import_id=imported, limit=5)  # type: ignore[arg-type]

        assert [lead.email for lead in found] == ["dana@acme.example"]

    def test_says_for_how_many_a_line_is_in_the_way(self, imported: str) -> None:
        lines = dict(held_back(definition="sales_ready", import_id=imported))  # type: ignore[arg-type]

        assert lines["They said what they need."] == 2
        assert "We know their telephone number." not in lines
