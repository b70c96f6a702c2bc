"""A file as a table: header and rows, whatever kind it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from accord.base.errors import _
from accord.leads.files import delimited, workbooks
from accord.leads.files.rows import Layout, Row, UnreadableFile, name_columns, unguard
from accord.leads.files.survey import FileKind, Survey


@dataclass
class Table:
    """`rows` can be read once; each has as many cells as the header, or says its trouble."""

    survey: Survey
    delimiter: str
    header: list[str]
    header_line: int
    rows: Iterator[Row]

    @property
    def words(self) -> str:
        """What the file is, in words."""
        if self.survey.kind is FileKind.WORKBOOK:
            return f"workbook, {len(self.header)} columns"
        encoding = self.survey.encoding.removesuffix("-sig").upper()
        by = delimited.DELIMITERS.get(self.delimiter, f"“{self.delimiter}”")
        return f"text in {encoding}, {len(self.header)} columns parted by {by}"


def open_table(found: Survey, layout: Layout | None = None) -> Table:
    """Open a surveyed file. Raises UnreadableFile when it has no header or no rows to read."""
    layout = layout or Layout()
    delimiter = ""
    if found.kind is FileKind.WORKBOOK:
        rows = workbooks.read_rows(found.path, layout.sheet)
    else:
        delimiter, rows = _text_rows(found, layout)
    head = next(rows, None)
    if head is None:
        raise UnreadableFile(_("%(name)s holds no rows.") % {"name": found.path.name}, field="file")
    if head.trouble:
        raise UnreadableFile(
            _("%(name)s, line %(line)s: %(trouble)s")
            % {"name": found.path.name, "line": head.line, "trouble": head.trouble},
            field="file",
        )
    header = name_columns(head.cells)
    _check_delimiter(found, header, layout, head)
    return Table(found, delimiter, header, head.line, _fitted(rows, header, found))


def _text_rows(found: Survey, layout: Layout) -> tuple[str, Iterator[Row]]:
    lines = _lines(found.path, found.encoding)
    start = list(islice(lines, 200))
    first_line = 1
    delimiter = layout.delimiter
    if start and start[0].lower().startswith("sep=") and len(start[0].strip()) == 5:
        delimiter = delimiter or start[0][4]
        start, first_line = start[1:], 2
    if delimited.is_quoted_whole(start):
        start = [delimited.unquoted(line) for line in start]
        lines = map(delimited.unquoted, lines)
    delimiter = delimiter or delimited.find_delimiter(start)
    return delimiter, delimited.read_rows(chain(start, lines), delimiter, first_line=first_line)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        yield from file


def _check_delimiter(found: Survey, header: list[str], layout: Layout, head: Row) -> None:
    """A header of one column that holds another delimiter was read with the wrong one."""
    if layout.delimiter is None or len(header) > 1:
        return
    other = next((d for d in delimited.DELIMITERS if d in head.cells[0]), None)
    if other:
        raise UnreadableFile(
            _(
                "%(name)s, line %(line)s: with the delimiter “%(delimiter)s” of the "
                "map there is one column only; the columns seem to be parted by "
                "%(delimiters)s. Correct `delimiter` in the map or leave it out."
            )
            % {
                "name": found.path.name,
                "line": head.line,
                "delimiter": layout.delimiter,
                "delimiters": delimited.DELIMITERS[other],
            },
            field="delimiter",
        )


def _fitted(rows: Iterator[Row], header: list[str], found: Survey) -> Iterator[Row]:
    width = len(header)
    for row in rows:
        cells = row.cells
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        trouble = row.trouble or _trouble(cells, width, found)
        yield Row(row.line, [unguard(cell) if cell[:1] == "'" else cell for cell in cells], trouble)


def _trouble(cells: list[str], width: int, found: Survey) -> str | None:
    text = "".join(cells)
    if "\x00" in text:
        return _("It holds a NUL character.")
    if found.is_damaged and any("\udc80" <= character <= "\udcff" for character in text):
        return _("It holds bytes that are not %(encoding)s; save the file as UTF-8.") % {
            "encoding": found.encoding.upper()
        }
    if len(cells) == width:
        return None
    if found.kind is FileKind.WORKBOOK and len(cells) < width:
        cells.extend([""] * (width - len(cells)))
        return None
    return _("It has %(n)s columns where the header has %(header)s.") % {
        "n": len(cells),
        "header": width,
    }
