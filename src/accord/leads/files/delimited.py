"""Rows of a CSV, TSV or the like, each with its line; a broken row does not break the next.

The rules are those of RFC 4180, read strictly: a quoted cell ends with a quote that a delimiter
or the end of the line follows. Where that fails, only the line on which the row began is
refused, and reading goes on with the next line.
"""

import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from accord.base.errors import _
from accord.leads.files.rows import Row

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_MOST_LINES_OF_A_ROW = 1_000
_LINES_TO_LOOK_AT = 60
_WHOLE = re.compile(r'"(?:[^"]|"")+"')  # no quote inside but doubled ones


class _EndlessRow(Exception):
    """A row goes on for so many lines that its quote was surely never closed."""


class _Feed:
    """Hands lines to the reader and remembers those of the row that is being read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES_OF_A_ROW:
            raise _EndlessRow
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        self.line += 1
        return line

    def give_back_all_but_first(self) -> str:
        """The first line of the row; the rest will be read again."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        self.line -= len(rest)
        return first


def read_rows(lines: Iterable[str], delimiter: str, *, first_line: int = 1) -> Iterator[Row]:
    """The rows of a text, the header among them; blank lines are left out."""
    feed = _Feed(lines)
    feed.line = first_line - 1
    width = 0
    while True:
        for cells in _until_broken(feed, delimiter):
            if len(feed.taken) > 1 and width and len(cells) != width:
                break  # a quote that was never closed and another one later look like this
            width = width or len(cells)
            line = feed.line - len(feed.taken) + 1
            feed.taken.clear()
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield Row(line, cells)
        if not feed.taken:
            return
        first = feed.give_back_all_but_first()
        yield _broken(first, delimiter, feed.line)
        feed.taken.clear()


def _until_broken(feed: _Feed, delimiter: str) -> Iterator[list[str]]:
    """Cells of row after row; ends at the end of the file or before a row that is broken."""
    reader = csv.reader(feed, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
    try:
        yield from reader
    except (csv.Error, _EndlessRow):
        return


def _broken(text: str, delimiter: str, line: int) -> Row:
    try:
        cells = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        cells = [text[:1000]]
    number = next((n for n, cell in enumerate(text.split(delimiter), 1) if cell.count('"') % 2), 1)
    return Row(
        line,
        [cell.rstrip("\r\n") for cell in cells],
        _(
            "The quotes do not close as they should, from column %(number)s on; double each quote "
            "that is part of the text."
        )
        % {"number": number},
    )


def find_delimiter(lines: Iterable[str]) -> str:
    """The delimiter by which the first lines make the same columns; a comma if none does."""
    sample = [line for line in islice(lines, _LINES_TO_LOOK_AT) if line.strip()]

    def fit(delimiter: str) -> tuple[float, int]:
        widths = [len(row.cells) for row in read_rows(sample, delimiter) if not row.trouble]
        if not widths or widths[0] == 1:
            return 0.0, 0
        same = Counter(widths)[widths[0]] / len(widths)
        return same, widths[0]

    best = max(DELIMITERS, key=fit)
    return best if fit(best)[1] else ","


def is_quoted_whole(lines: Sequence[str]) -> bool:
    """Whether each line as a whole stands in quotes, so that it reads as a single cell."""
    sample = [line.rstrip("\r\n") for line in lines if line.strip()]
    if not sample or not all(_WHOLE.fullmatch(line) for line in sample):
        return False
    inner = [unquoted(line) for line in sample]
    return any(delimiter in inner[0] for delimiter in DELIMITERS)


def unquoted(line: str) -> str:
    """A line without the quotes around it; lines that have none stay as they are."""
    text = line.rstrip("\r\n")
    if not _WHOLE.fullmatch(text):
        return line
    return text[1:-1].replace('""', '"') + line[len(text) :]
