"""A file becomes leads: once, whatever happens on the way."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from accord.base.errors import Conflict
from accord.flows import import_file as flow
from accord.flows.import_file import Outcome, Progress, import_file, plan_import, preview
from accord.handoffs.models import Handoff
from accord.leads import actions, queries
from accord.leads.looking import ROWS
from accord.leads.mapping import MapRefused
from accord.leads.models import Activity, Identity, Import, Lead, StageEntry, Submission
from tests.imports.files import write

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
MAP = """
[file]
source = "fair"
time_zone = "UTC"
stage = "inquiry"

[columns]
mail = "email"
who = "name"
met = "happened_at"
from = "source"
"""
HEADER = "mail,who,met,from,shoe size\n"


class Stopped(Exception):
    """Somebody pulled the plug."""


def plan(folder: Path, rows: str, *, header: str = HEADER) -> flow.Plan:
    """A plan for a file with these rows, and the map above."""
    map_path = write(folder, MAP, name="map.toml")
    return plan_import(path=write(folder, header + rows), kind="leads", map_path=map_path)


def bring_in(folder: Path, rows: str, **options: object) -> Outcome:
    """Import a file with these rows."""
    return import_file(plan=plan(folder, rows), by=None, at=AT, **options)  # type: ignore[arg-type]


def figures(outcome: Outcome) -> tuple[int, int, int, int, int]:
    """Rows, created, merged, unchanged, refused."""
    return outcome.rows, outcome.created, outcome.merged, outcome.unchanged, outcome.refused


def everything() -> dict[str, list[str]]:
    """Every row of every table of Accord's, as text."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model.__module__.startswith("accord."):
                cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t ORDER BY 1')
                found[model._meta.db_table] = [row[0] for row in cursor.fetchall()]
    return found


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of two rows, the first of one."""
    monkeypatch.setattr(flow, "BATCH", 2)


class TestImport:
    def test_makes_a_lead_of_each_row(self, tmp_path: Path) -> None:
        outcome = bring_in(
            tmp_path, "a@x.co,Ann,2026-05-31 14:30,social,38\nb@x.co,Ben,2026-05-01,,\n"
        )
        assert figures(outcome) == (2, 2, 0, 0, 0)
        ann = Lead.objects.get(email="a@x.co")
        assert ann.name == "Ann"
        assert ann.first_contact_at == datetime(2026, 5, 31, 14, 30, tzinfo=UTC)
        assert ann.known_at == AT
        assert Lead.objects.get(email="b@x.co").source is None

    def test_keeps_each_row_as_it_was_sent(self, tmp_path: Path) -> None:
        bring_in(tmp_path, 'a@x.co,"Ann, dear",2026-05-31,social,38\n')
        kept = Submission.objects.get()
        assert kept.line == 2
        assert kept.body == {
            "mail": "a@x.co",
            "who": "Ann, dear",
            "met": "2026-05-31",
            "from": "social",
            "shoe size": "38",
        }

    def test_two_rows_of_one_person_are_one_lead(self, tmp_path: Path) -> None:
        outcome = bring_in(tmp_path, "a@x.co,Ann,2026-05-01,,\nA@X.co ,Ann,2026-05-02,email,\n")
        assert figures(outcome) == (2, 1, 1, 0, 0)
        assert Lead.objects.get().source == "email"

    def test_blank_stays_apart_from_the_word_unknown(self, tmp_path: Path) -> None:
        bring_in(tmp_path, "a@x.co,,,unknown,\nb@x.co,,,,\n")
        assert list(Lead.objects.order_by("email").values_list("source", flat=True)) == [
            "unknown",
            None,
        ]

    def test_lists_the_columns_it_does_not_use(self, tmp_path: Path) -> None:
        assert plan(tmp_path, "").unmapped == ["shoe size"]

    def test_tells_how_far_it_is(self, tmp_path: Path, small_batches: None) -> None:
        told: list[Progress] = []
        bring_in(tmp_path, "a@x.co,,,,\nb@x.co,,,,\nc@x.co,,,,\n", tell=told.append)
        assert [(each.line, each.rows) for each in told] == [(2, 1), (4, 3)]

    def test_is_history_and_hands_nothing_over(self, tmp_path: Path) -> None:
        bring_in(tmp_path, "a@x.co,Ann,,,\n")
        assert not Handoff.objects.exists()
        assert not Import.objects.get().is_live

    def test_shows_the_first_rows_beforehand_and_writes_nothing(self, tmp_path: Path) -> None:
        entries = preview(plan=plan(tmp_path, "a@x.co,Ann,,,\n,Ben,,,\n"), at=AT)
        assert [entry.fate for entry in entries] == ["waiting", "refused"]
        assert not Import.objects.exists()

    def test_a_dry_run_says_the_figures_and_takes_all_back(self, tmp_path: Path) -> None:
        before = everything()
        ledger = tmp_path / "refused.csv"
        outcome = bring_in(tmp_path, "a@x.co,,,,\n,,,,x\n", dry_run=True, ledger=ledger)
        assert figures(outcome) == (2, 1, 0, 0, 1)
        assert everything() == before
        assert len(ledger.read_text().splitlines()) == 2


class TestRefusedRows:
    ROWS = (
        ",Nobody,,,\n"
        "a@x.co,Ann,2026-02-30,,\n"
        "not an address,Cleo,,,\n"
        "b@x.co,Ben\n"
        'c@x.co,"Cem,,,\n'
        "d@x.co,Dana,2026-05-01,social,40\n"
    )

    def test_name_line_column_and_reason_and_keep_the_good_ones(self, tmp_path: Path) -> None:
        outcome = bring_in(tmp_path, self.ROWS)
        assert figures(outcome) == (6, 1, 0, 0, 5)
        refused = queries.ledger(outcome.import_id, fate="refused")
        said = [(row.line, row.field, row.reason) for row in refused]
        assert [(line, field) for line, field, _ in said] == [
            (2, "mail"),
            (3, "met"),
            (4, "mail"),
            (5, None),
            (6, None),
        ]
        assert "recognise this lead" in (said[0][2] or "")
        assert "“2026-02-30” is not a date" in (said[1][2] or "")
        assert "has 2 columns where the header has 5" in (said[3][2] or "")
        assert "quotes do not close" in (said[4][2] or "")

    def test_can_be_mended_in_their_file_and_imported(self, tmp_path: Path) -> None:
        ledger = tmp_path / "refused.csv"
        bring_in(tmp_path, self.ROWS, ledger=ledger)
        mended = (
            ledger.read_text()
            .replace(",Nobody,,,", "n@x.co,Nobody,,,")
            .replace("2026-02-30", "2026-02-28")
            .replace("not an address", "cleo@x.co")
        )
        again = tmp_path / "mended.csv"
        again.write_text(mended)
        outcome = import_file(
            plan=plan_import(path=again, kind="leads", map_path=tmp_path / "map.toml"),
            by=None,
            at=AT,
        )
        assert (outcome.created, outcome.refused) == (3, 2)
        assert Lead.objects.count() == 4

    def test_a_row_that_the_database_refuses_does_not_take_others_along(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("accord.leads.rules.values.MAX_LENGTH", {"name": 100_000})
        monkeypatch.setattr("accord.leads.rules.values.MAX_TEXT", 100_000)
        rows = "".join(f"p{n}@x.co,{'x' * (300 if n == 3 else 3)},,,\n" for n in range(7))
        outcome = bring_in(tmp_path, rows)
        assert figures(outcome) == (7, 6, 0, 0, 1)
        refused = queries.ledger(outcome.import_id, fate="refused").get()
        assert refused.line == 5
        assert "too long" in (refused.reason or "")

    def test_an_unknown_column_of_the_map_writes_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(
            MapRefused, match="no column “mail”, which the map names; did you mean e-mail"
        ):
            plan(tmp_path, "a@x.co,,,\n", header="e-mail,who,met,from\n")
        assert not Import.objects.exists()


class TestOrderOfDates:
    """A row anywhere in the file says in which order all of its dates are."""

    def first_contact(self, folder: Path, last: str) -> datetime | None:
        begin = [f"p{n}@x.co,,3/4/2024,,\n" for n in range(ROWS + 1)]
        bring_in(folder, "".join([*begin, f"last@x.co,,{last},,\n"]))
        found = Lead.objects.filter(email="p0@x.co").first()
        return found.first_contact_at if found else None

    @pytest.mark.parametrize(("last", "month"), [("25/4/2024", 4), ("4/25/2024", 3)])
    def test_is_that_of_the_last_row(self, tmp_path: Path, last: str, month: int) -> None:
        read = self.first_contact(tmp_path, last)
        assert read
        assert read.month == month

    def test_is_asked_for_where_rows_disagree(self, tmp_path: Path) -> None:
        begin = "a@x.co,,25/4/2024,,\nb@x.co,,3/4/2024,,\n"
        many = "".join(f"p{n}@x.co,,,,\n" for n in range(ROWS))
        outcome = bring_in(tmp_path, begin + many + "c@x.co,,4/25/2024,,\n")
        assert outcome.refused == 1
        assert "which in the map" in (Submission.objects.get(fate="refused").reason or "")


class TestRunAgain:
    ROWS = "a@x.co,Ann,2026-05-01,social,\n,Nobody,,,\nb@x.co,Ben,,,\n"

    def test_changes_nothing(self, tmp_path: Path) -> None:
        bring_in(tmp_path, self.ROWS)
        before = everything()
        outcome = import_file(
            plan=plan(tmp_path, self.ROWS), by=None, at=datetime(2026, 7, 1, tzinfo=UTC)
        )
        assert figures(outcome) == (3, 0, 0, 2, 1)
        assert everything() == before

    def test_a_file_with_one_row_more_adds_one_lead(self, tmp_path: Path) -> None:
        bring_in(tmp_path, self.ROWS)
        outcome = bring_in(tmp_path, self.ROWS + "c@x.co,Cleo,,,\n")
        assert figures(outcome) == (4, 1, 0, 2, 1)
        assert Lead.objects.count() == 3

    def test_goes_on_where_it_was_stopped_and_ends_the_same(
        self, tmp_path: Path, small_batches: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = "".join(f"p{n % 9}@x.co,P{n},,,\n" for n in range(12))
        undisturbed = bring_in(tmp_path, rows, dry_run=True)
        for batch in range(1, 5):
            told: list[int] = []

            def pull_the_plug(done: Progress, told: list[int] = told) -> None:
                told.append(done.rows)
                raise Stopped

            with pytest.raises(Stopped):
                bring_in(tmp_path, rows, tell=pull_the_plug)
            assert told == [1 if batch == 1 else 2]
            rows_done = 2 * batch - 1
            assert Import.objects.get().lines_done == 1 + rows_done
            assert Submission.objects.count() == rows_done
        assert figures(bring_in(tmp_path, rows)) == figures(undisturbed)
        assert Lead.objects.count() == Identity.objects.count() == 9

    def test_ids_are_the_same_whether_it_was_stopped_or_not(
        self, tmp_path: Path, small_batches: None
    ) -> None:
        rows = "".join(f"p{n}@x.co,P{n},,,\n" for n in range(6))
        ids = _ids_of_a_run(tmp_path, rows, stop_after=None)
        assert _ids_of_a_run(tmp_path, rows, stop_after=3) == ids

    def test_a_batch_that_fails_leaves_nothing_behind(
        self, tmp_path: Path, small_batches: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = "a@x.co,,,,\nb@x.co,,,,\nc@x.co,,,,\n"
        with monkeypatch.context() as patch:
            patch.setattr(actions, "recount", _break)
            with pytest.raises(Stopped):
                bring_in(tmp_path, rows)
        assert not Lead.objects.exists()
        assert not Submission.objects.exists()
        assert not Activity.objects.exists()
        assert Import.objects.get().state == "stopped"
        assert figures(bring_in(tmp_path, rows)) == (3, 3, 0, 0, 0)

    def test_two_at_once_do_not_do_a_row_twice(self, tmp_path: Path, small_batches: None) -> None:
        rows = "".join(f"p{n}@x.co,,,,\n" for n in range(6))

        def meanwhile(done: Progress) -> None:
            if done.rows == 1:
                bring_in(tmp_path, rows)

        with pytest.raises(Conflict, match="Another process is importing this file"):
            bring_in(tmp_path, rows, tell=meanwhile)
        assert Lead.objects.count() == Submission.objects.count() == 6


def _break(**given: object) -> None:
    raise Stopped


def _ids_of_a_run(folder: Path, rows: str, *, stop_after: int | None) -> list[tuple[str, str]]:
    def tell(done: Progress) -> None:
        if done.rows == stop_after:
            raise Stopped

    if stop_after:
        with pytest.raises(Stopped):
            bring_in(folder, rows, tell=tell)
    bring_in(folder, rows)
    found = [
        *Lead.objects.values_list("id", "email"),
        *Identity.objects.values_list("id", "value"),
        *Submission.objects.values_list("id", "line"),
        *Activity.objects.filter(kind="import.added").values_list("id", "lead_id"),
    ]
    for model in (Import, Lead, Identity, Submission, Activity, StageEntry):
        model.objects.all().delete()
    return sorted((str(id), str(what)) for id, what in found)


class TestReadAhead:
    @pytest.fixture
    def always(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """A second process reads, however small the file."""
        monkeypatch.setattr(flow, "READ_AHEAD_BYTES", 0)
        return iter(())

    def test_gives_the_same(self, tmp_path: Path, always: None, small_batches: None) -> None:
        rows = TestRefusedRows.ROWS
        assert figures(bring_in(tmp_path, rows)) == (6, 1, 0, 0, 5)
        assert Submission.objects.get(line=7).body["shoe size"] == "40"

    def test_ends_when_nobody_listens_any_more(
        self, tmp_path: Path, always: None, small_batches: None
    ) -> None:
        rows = "".join(f"p{n}@x.co,,,,\n" for n in range(200))

        def stop(done: Progress) -> None:
            raise Stopped

        with pytest.raises(Stopped):
            bring_in(tmp_path, rows, tell=stop)
        assert Submission.objects.count() == 1


def test_a_file_of_hubspot_needs_no_map(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Create Date,Contact owner\n"
        "1,Ann,Lee,a@x.co,Customer,2026-05-31 14:30,Sam\n",
    )
    planned = plan_import(path=path, kind="leads")
    assert planned.mapping.recognised_as == "HubSpot"
    import_file(plan=planned, by=None, at=AT)
    lead = Lead.objects.get()
    assert (lead.name, lead.stage) == ("Ann Lee", "customer")
    assert Identity.objects.filter(value="hubspot:1", lead_id=lead.id).exists()


def test_a_file_that_names_nobody_is_refused_with_its_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "colour,size\nred,4\n")
    with pytest.raises(
        MapRefused, match=r"line 1: no column says who the lead is\. There are colour, size"
    ):
        plan_import(path=path, kind="leads")


def test_an_import_is_named_after_its_file_and_map(tmp_path: Path) -> None:
    one = plan(tmp_path, "a@x.co,,,,\n").import_id
    assert isinstance(one, uuid.UUID)
    assert plan(tmp_path, "a@x.co,,,,\n").import_id == one
    assert plan(tmp_path, "b@x.co,,,,\n").import_id != one
    assert json.dumps(plan(tmp_path, "").mapping.as_json())
