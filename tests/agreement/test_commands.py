"""`accord agreement`, from the first look to the second signature."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from accord.agreement import actions, queries
from accord.base.errors import Conflict, Invalid, Missing, Refusal
from accord.cli.agreement import agreement
from accord.teams.actions import Newcomer, add_user
from tests.agreement.papers import paper

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trial():
    """Version 1 on trial, and both heads."""
    actions.start_trial(at=AT)
    for name, role in (("sofia", "head_of_sales"), ("marek", "head_of_marketing")):
        add_user(newcomer=Newcomer(f"{name}@halden.example", name.title(), [role]), at=AT)


def run(*words: str) -> str:
    """What a command prints; its refusals are raised."""
    result = CliRunner().invoke(agreement, [*words], catch_exceptions=False)
    return result.stdout


def propose(file: Path, reason: str = "Quarters fly", made_from: int = 1) -> str:
    return run("propose", str(file), "--from", str(made_from), "--reason", reason)


def test_show_reads_like_a_document():
    said = run("show")
    assert "Version 1, trial; signed by nobody yet" in said
    assert "Marketing-qualified lead (MQL)" in said
    assert "within 1 working day" in said


def test_show_as_json_is_one_value():
    said = json.loads(run("show", "--json"))
    assert said["version"]["number"] == 1
    assert said["agreement"]["title"] == queries.running().title


def test_what_is_exported_can_be_changed_and_proposed(tmp_path):
    file = tmp_path / "agreement.yaml"
    file.write_text(run("export").replace("max_rounds: 3", "max_rounds: 2"))
    assert "Version 2 is proposed" in propose(file, "Three were too many")
    assert run("export", "--version", "2") == file.read_text()
    assert queries.history()[0].reason == "Three were too many"


def test_the_export_is_the_document_to_the_letter():
    assert run("export") == paper()


def test_both_heads_sign_by_command():
    first = run("sign", "--seat", "sales", "--as", "sofia@halden.example")
    assert first == "Signed. Version 1 waits for the head of marketing.\n"
    second = json.loads(
        run("sign", "--seat", "marketing", "--as", "MAREK@halden.example", "--json")
    )
    assert (second["state"], second["missing_seats"]) == ("in_force", [])
    assert not queries.running().is_trial


def test_nobody_signs_for_another_seat():
    with pytest.raises(Refusal, match="head of marketing"):
        run("sign", "--seat", "marketing", "--as", "sofia@halden.example")


def test_history_lists_versions_and_signatures():
    run("sign", "--seat", "sales", "--as", "sofia@halden.example")
    (version,) = json.loads(run("history", "--json"))
    assert version["signatures"][0]["name"] == "Sofia"
    assert "Sofia (sales)" in run("history")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Missing, match=r"nowhere\.yaml"):
        propose(tmp_path / "nowhere.yaml")


def test_a_bad_file_is_refused_clause_by_clause(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(paper(("target: 40", "target: no"), ("max_rounds: 3", "max_rounds: x")))
    with pytest.raises(
        Refusal, match=r"marketing\.ready_leads\.target[^\n]*\npass_back\.max_rounds"
    ):
        propose(file)


def test_a_version_that_waits_for_its_day_is_not_said_to_be_in_force(tmp_path):
    file = tmp_path / "agreement.yaml"
    file.write_text(paper(("\nreview:", "\neffective_on: 2099-01-01\nreview:")))
    propose(file)
    run("sign", "--seat", "sales", "--as", "sofia@halden.example")
    said = run("sign", "--seat", "marketing", "--as", "marek@halden.example")
    assert said == "Signed by both. Version 2 comes into force on 2099-01-01.\n"
    assert queries.running().number == 1


def test_a_file_made_from_an_older_version_overwrites_nothing(tmp_path):
    file = tmp_path / "agreement.yaml"
    file.write_text(paper(("max_rounds: 3", "max_rounds: 2")))
    propose(file)
    file.write_text(paper(("every_months: 3", "every_months: 6")))
    with pytest.raises(Conflict, match="Version 2 was proposed"):
        propose(file)
    assert "Version 3 is proposed" in propose(file, made_from=2)


def test_a_proposal_without_a_reason_is_refused(tmp_path):
    file = tmp_path / "agreement.yaml"
    file.write_text(paper(("max_rounds: 3", "max_rounds: 2")))
    with pytest.raises(Invalid, match="Say why"):
        propose(file, " ")
    assert "reason" in CliRunner().invoke(agreement, ["propose", str(file), "--from", "1"]).stderr
    assert queries.proposed() is None
