"""What a file is, and its rows, however it was written."""

import gzip
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.leads.files import Layout, open_table, survey
from accord.leads.files.ledger import write_refused
from accord.leads.files.rows import UnreadableFile, guard, unguard
from accord.leads.files.workbooks import as_text
from tests.imports.files import PARTS, Formula, protected_workbook, rows_of, write, write_workbook

CELLS = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\t\r\n"))


class TestSurvey:
    def test_refuses_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile, match=r"There is no file .*nothing\.csv"):
            survey(tmp_path / "nothing.csv")

    def test_refuses_an_empty_file(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile, match=r"leads\.csv is empty"):
            survey(write(tmp_path, ""))

    def test_refuses_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile, match="is a folder"):
            survey(tmp_path)

    def test_refuses_what_is_too_large_before_reading_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "huge.csv"
        with path.open("wb") as file:
            file.truncate(5 * 1024**3)  # a hole: takes no room on the disk
        with pytest.raises(UnreadableFile, match=r"5\.0 GB; at most 2 GB"):
            survey(path)

    def test_refuses_a_zip_bomb(self, tmp_path: Path) -> None:
        path = tmp_path / "bomb.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 64 * 1024**2)
        with pytest.raises(UnreadableFile, match="would unpack to 64 MB"):
            survey(path)

    def test_refuses_what_is_neither_text_nor_workbook(self, tmp_path: Path) -> None:
        path = tmp_path / "leads.csv.gz"
        path.write_bytes(gzip.compress(b"email\n" + b"a@b.co\n" * 99))
        with pytest.raises(UnreadableFile, match="neither a text such as CSV nor a workbook"):
            survey(path)

    def test_says_that_a_password_is_in_the_way(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile, match="protected by a password"):
            rows_of(protected_workbook(tmp_path))

    def test_refuses_a_damaged_workbook(self, tmp_path: Path) -> None:
        path = tmp_path / "damaged.xlsx"
        path.write_bytes(b"PK\x03\x04 and nothing more")
        with pytest.raises(UnreadableFile, match="damaged workbook"):
            survey(path)

    @pytest.mark.parametrize(
        ("encoding", "said"),
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8-sig"),
            ("cp1252", "cp1252"),
            ("utf-16", "utf-16"),
            ("utf-16-le", "utf-16-le"),
            ("utf-16-be", "utf-16-be"),
        ],
    )
    def test_tells_the_encoding_and_reads_by_it(
        self, tmp_path: Path, encoding: str, said: str
    ) -> None:
        path = write(tmp_path, "email,name\nj@x.de,Jürgen Müller\n", encoding=encoding)
        assert survey(path).encoding == said
        assert rows_of(path)[0].cells == ["j@x.de", "Jürgen Müller"]
        assert open_table(survey(path)).header == ["email", "name"]

    def test_two_encodings_in_one_file_refuse_only_the_broken_rows(self, tmp_path: Path) -> None:
        path = tmp_path / "mixed.csv"
        path.write_bytes("name\nJürgen\n".encode() + "Zoë\n".encode("cp1252") + b"Ann\n")
        troubles = [row.trouble for row in rows_of(path)]
        assert troubles[0] is None
        assert "bytes that are not UTF-8" in (troubles[1] or "")
        assert troubles[2] is None

    def test_says_that_an_encoding_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile, match="“utf-9” is not an encoding"):
            survey(write(tmp_path, "a,b\n"), "utf-9")


class TestDelimited:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_finds_the_delimiter_whatever_ends_a_line(
        self, tmp_path: Path, delimiter: str, end: str
    ) -> None:
        lines = [
            ["email", "said", "n"],
            ["a@b.co", "yes, but no; perhaps", "1"],
            ["c@d.co", "", "2"],
        ]
        quoted = [[f'"{cell}"' if "but" in cell else cell for cell in line] for line in lines]
        path = write(tmp_path, end.join(delimiter.join(line) for line in quoted) + end)
        table = open_table(survey(path))
        assert table.delimiter == delimiter
        assert table.header == lines[0]
        assert [row.cells for row in table.rows] == lines[1:]

    def test_obeys_the_line_in_which_a_spreadsheet_names_it(self, tmp_path: Path) -> None:
        path = write(tmp_path, "sep=;\nemail;amount\na@b.co;1,5\n")
        table = open_table(survey(path))
        assert (table.delimiter, table.header_line) == (";", 2)
        assert [row.line for row in table.rows] == [3]

    def test_says_when_the_map_names_the_wrong_one(self, tmp_path: Path) -> None:
        path = write(tmp_path, "email;name\na@b.co;Ann\n")
        with pytest.raises(UnreadableFile, match="seem to be parted by a semicolon"):
            open_table(survey(path), Layout(delimiter=","))

    def test_knows_on_which_line_a_row_begins(self, tmp_path: Path) -> None:
        path = write(tmp_path, '\nemail,note\n\na@b.co,"two\nlines"\nc@d.co,one\n')
        assert [(row.line, row.cells[0]) for row in rows_of(path)] == [(4, "a@b.co"), (6, "c@d.co")]

    def test_refuses_short_and_long_rows_and_keeps_the_others(self, tmp_path: Path) -> None:
        path = write(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n4,5,6\n")
        assert [row.trouble for row in rows_of(path)] == [
            None,
            "It has 2 columns where the header has 3.",
            "It has 4 columns where the header has 3.",
            None,
            None,
        ]

    @pytest.mark.parametrize("broken", ['x,"never closed', 'x,"closed"too early', '"x,y', 'x,"a""'])
    def test_refuses_only_the_row_whose_quotes_are_broken(
        self, tmp_path: Path, broken: str
    ) -> None:
        good = "".join(f"a{n},b{n}\n" for n in range(3_000))
        path = write(tmp_path, f"one,two\nfirst,row\n{broken}\n{good}")
        rows = rows_of(path)
        assert [row.line for row in rows if row.trouble] == [3]
        assert len(rows) == 3_002
        assert "quotes do not close" in (rows[1].trouble or "")

    def test_two_broken_rows_do_not_swallow_what_is_between(self, tmp_path: Path) -> None:
        path = write(tmp_path, 'a,b\n1,"x\n2,y\n3,z\n4,"w\n5,v\n')
        rows = rows_of(path)
        assert [(row.line, bool(row.trouble)) for row in rows] == [
            (2, True),
            (3, False),
            (4, False),
            (5, True),
            (6, False),
        ]

    def test_a_nul_character_is_refused_and_not_kept(self, tmp_path: Path) -> None:
        rows = rows_of(write(tmp_path, "email,name\na@b.co,An\x00n\nc@d.co,Ben\n"))
        assert [row.trouble for row in rows] == ["It holds a NUL character.", None]

    def test_names_blank_and_repeated_columns(self, tmp_path: Path) -> None:
        table = open_table(survey(write(tmp_path, "Email,,Email, First  Name \na,b,c,d\n")))
        assert table.header == ["Email", "column 2", "Email (2)", "First Name"]

    @given(st.lists(st.tuples(CELLS, CELLS), min_size=1))
    def test_reads_back_what_the_ledger_wrote_but_for_blanks_at_the_start(
        self, tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
    ) -> None:
        path = tmp_path_factory.mktemp("ledger") / "refused.csv"
        header = ["email", "note"]
        write_refused(
            path,
            header,
            [(n, "email", "no", dict(zip(header, row, strict=True))) for n, row in enumerate(rows)],
        )
        read = [row.cells[3:] for row in open_table(survey(path), Layout(delimiter=",")).rows]
        assert _without_blanks(read) == _without_blanks(rows)


def _without_blanks(rows: Iterable[Iterable[str]]) -> list[list[str]]:
    return [[cell.lstrip(" ") for cell in row] for row in rows]


class TestGuard:
    @given(st.text())
    def test_a_guarded_cell_comes_back(self, cell: str) -> None:
        assert unguard(guard(cell)) == cell

    @pytest.mark.parametrize("cell", ["=1+1", "+49 30 1", "-5", "@x", "\tx"])
    def test_a_cell_that_could_be_run_is_guarded(self, cell: str) -> None:
        assert guard(cell) == f"'{cell}"

    def test_a_phone_that_a_spreadsheet_guarded_is_read_as_it_was(self, tmp_path: Path) -> None:
        assert rows_of(write(tmp_path, "phone,b\n'+4930123456,\n"))[0].cells[0] == "+4930123456"


class TestWorkbooks:
    def test_reads_a_workbook_as_text(self, tmp_path: Path) -> None:
        header = ["Email", "Phone", "When", "On", "Yes", "Rate"]
        moment = datetime(2026, 5, 31, 14, 30)  # noqa: DTZ001 - workbooks know no zones
        rows = [
            header,
            ["a@b.co", 4930123456, moment, date(2026, 5, 31), True, 0.5],
            [None] * 6,
            ["c@d.co", None, None, None, False, 12],
        ]
        table = open_table(survey(write_workbook(tmp_path, rows)))
        assert table.header == header
        assert [(row.line, row.cells) for row in table.rows] == [
            (2, ["a@b.co", "4930123456", "2026-05-31 14:30:00", "2026-05-31", "true", "0.5"]),
            (4, ["c@d.co", "", "", "", "false", "12"]),
        ]

    def test_a_sheet_that_is_not_there_is_named_with_those_that_are(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path, [["email"]])
        with pytest.raises(UnreadableFile, match="no sheet “Prospects”; it has Leads"):
            open_table(survey(path), Layout(sheet="Prospects"))

    def test_a_phone_kept_as_a_number_has_no_decimals(self) -> None:
        assert as_text(4930123456.0) == "4930123456"


class TestSheets:
    def test_what_a_formula_came_to_is_read_as_text(self, tmp_path: Path) -> None:
        path = write_workbook(tmp_path, [["Email", "Sum"], ["a@b.co", Formula("1+2", 3)]])
        assert [row.cells for row in rows_of(path)] == [["a@b.co", "3"]]

    def test_a_hidden_sheet_is_read_only_where_it_is_named(self, tmp_path: Path) -> None:
        hidden = '<sheet state="hidden" '
        parts = {name: text.replace("<sheet ", hidden) for name, text in PARTS.items()}
        path = write_workbook(tmp_path, [["Email"], ["a@b.co"]], parts=parts)
        with pytest.raises(UnreadableFile, match="holds no rows"):
            rows_of(path)
        assert [row.cells for row in rows_of(path, Layout(sheet="Leads"))] == [["a@b.co"]]
