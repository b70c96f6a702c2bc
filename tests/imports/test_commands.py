"""`accord import` and `accord report`, as people and programs call them."""

import csv
import json
import re
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.base.errors import Refusal
from accord.cli.export import export
from accord.cli.imports import import_file
from accord.cli.report import report
from accord.flows import follow_up
from accord.flows.pass_back import Said, pass_back
from accord.handoffs.actions import Attempt
from accord.insights.channels import BY
from accord.insights.reports import REPORTS
from accord.insights.sla import BY as BY_OF_SLA
from accord.leads.models import Lead
from tests.handoffs.office import AT, HOUR, MINUTE, hand_raise, open_office
from tests.imports.files import write
from tests.imports.test_import_leads import HEADER, MAP

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = "a@x.co,Ann,2026-05-01,social,\n,Nobody,,,\nb@x.co,Ben,2026-05-02,,\n"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledgers lie in a home of the test's own."""
    monkeypatch.setenv("ACCORD_HOME", str(tmp_path / "home"))


def run(folder: Path, rows: str, *options: str) -> Result:
    """`accord import leads` on a file with these rows."""
    path, map_path = write(folder, HEADER + rows), write(folder, MAP, name="map.toml")
    arguments = ["leads", str(path), "--map", str(map_path), *options]
    return CliRunner().invoke(import_file, arguments)


class TestImport:
    def test_prints_its_figures_as_json_and_nothing_else(self, tmp_path: Path) -> None:
        result = run(tmp_path, ROWS, "--json")
        assert result.exit_code == 0
        said = json.loads(result.stdout)
        ledger = Path(said.pop("ledger"))
        assert said == {"rows": 3, "created": 2, "merged": 0, "unchanged": 0, "refused": 1}
        (refused,) = csv.DictReader(ledger.read_text(encoding="utf-8").splitlines())
        assert refused["accord_line"] == "3"
        assert refused["accord_column"] == "mail"
        assert "recognise this lead" in refused["accord_reason"]
        assert refused["who"] == "Nobody"

    def test_says_what_the_file_is_and_what_is_not_used(self, tmp_path: Path) -> None:
        said = " ".join(run(tmp_path, ROWS).stderr.split())
        assert "leads.csv: text in UTF-8, 5 columns parted by a comma." in said
        assert "Kept with the row only: shoe size." in said

    def test_a_dry_run_changes_nothing(self, tmp_path: Path) -> None:
        result = run(tmp_path, ROWS, "--dry-run")
        assert "Would be: 3 rows: 2 created, 0 merged, 0 unchanged, 1 refused." in result.stdout
        assert not Lead.objects.exists()

    def test_ends_with_an_error_only_if_nothing_could_be_read(self, tmp_path: Path) -> None:
        result = run(tmp_path, ",Nobody,,,\n", "--json")
        assert json.loads(result.stdout)["refused"] == 1
        assert isinstance(result.exception, Refusal)
        assert "No row of leads.csv could be taken in" in result.exception.sentence

    def test_a_file_that_is_not_there_is_one_sentence(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(import_file, ["leads", str(tmp_path / "none.csv"), "--json"])
        assert result.stdout == ""
        assert isinstance(result.exception, Refusal)
        assert "There is no file" in result.exception.sentence


def work() -> None:
    """Somebody was called after twenty minutes, and came back."""
    open_office()
    handoff = hand_raise()
    attempt = Attempt(handoff.lead_id, "call", "connected")
    follow_up.log_attempts(attempts=[attempt], by=handoff.owner_id, at=AT + 20 * MINUTE)
    pass_back(handoffs=[handoff.id], said=Said("no_need"), by=handoff.owner_id, at=AT + HOUR)


class TestReport:
    def test_prints_rows_and_notes_as_json(self, tmp_path: Path) -> None:
        run(tmp_path, ROWS)
        said = json.loads(CliRunner().invoke(report, ["channels", "--json"]).stdout)
        assert set(said) == {"as_of", "rows", "notes"}
        by_origin = {row["origin"]: row["leads"] for row in said["rows"]}
        assert by_origin == {"social": 1, None: 1}

    def test_counts_a_period(self, tmp_path: Path) -> None:
        run(tmp_path, ROWS)
        arguments = ["funnel", "--from", "2026-05-02", "--until", "2026-06-01", "--json"]
        said = json.loads(CliRunner().invoke(report, arguments).stdout)
        assert said["total"]["leads"] == 1

    def test_prints_a_table_for_people(self, tmp_path: Path) -> None:
        run(tmp_path, ROWS)
        said = CliRunner().invoke(report, ["funnel"]).stdout
        assert "2026-05" in said
        assert "0.0 %" in said

    @pytest.mark.parametrize("name", REPORTS)
    def test_prints_each_report_whole_or_says_why_not(self, name: str) -> None:
        work()
        every = ["", *dict.fromkeys([*BY, *BY_OF_SLA])]
        parted = {"channels": ["", *BY], "sla": ["", *BY_OF_SLA]}.get(name, every)
        for by, form in product(every, ([], ["--json"])):
            parts = ["--by", by] if by else []
            period = ["--from", "2026-11-01", "--until", "2026-12-01"]
            result = CliRunner().invoke(report, [name, *period, *parts, *form])
            if by not in parted:
                assert isinstance(result.exception, Refusal), by
            else:
                assert result.exit_code == 0, (by, result.exception)
                assert "…" not in result.stdout

    def test_says_how_long_promises_took_and_what_came_back(self) -> None:
        work()
        asked = ["sla", "--from", "2026-11-01", "--until", "2026-12-01"]
        for by in ([], ["--by", "person"]):
            table = CliRunner().invoke(report, [*asked, *by]).stdout
            assert re.search(r"first_attempt .* 0\.3 .* 0\.3 ", table), table
        said = json.loads(CliRunner().invoke(report, [*asked, "--json"]).stdout)
        (first,) = (row for row in said["rows"] if row["promise"] == "first_attempt")
        assert (first["kept"], first["hours_median"], first["hours_p90"]) == (1, 0.333333, 0.333333)
        assert said["handoffs"][0]["attempts_per_lead"] == 1
        (back,) = said["came_back"]
        assert (back["reason"], back["number"], back["waiting"]) == ("no_need", 1, 1)

    @pytest.mark.parametrize("name", REPORTS)
    @pytest.mark.parametrize("until", ["2026-04-30", "2026-05-01"])
    def test_refuses_a_period_without_a_day(self, name: str, until: str) -> None:
        arguments = [name, "--from", "2026-05-01", "--until", until, "--json"]
        result = CliRunner().invoke(report, arguments)
        assert result.stdout == ""
        assert isinstance(result.exception, Refusal)
        assert f"A period from 2026-05-01 until {until} has no day" in result.exception.sentence


class TestExport:
    def test_prints_what_came_in_as_a_csv_and_as_json(self, tmp_path: Path) -> None:
        run(tmp_path, ROWS)
        table = list(csv.DictReader(CliRunner().invoke(export, ["leads"]).stdout.splitlines()))
        lines = CliRunner().invoke(export, ["leads", "--json"]).stdout.splitlines()
        objects = [json.loads(line) for line in lines]
        assert [row["email"] for row in table] == [each["email"] for each in objects]
        assert {row["email"] for row in table} == {"a@x.co", "b@x.co"}
        assert "phone" not in objects[0]

    @pytest.mark.parametrize("kind", ["companies", "deals"])
    def test_prints_a_header_where_there_is_nothing(self, kind: str) -> None:
        (header,) = CliRunner().invoke(export, [kind]).stdout.splitlines()
        assert header.startswith("id,")
