"""From a row of a file to an entry, as its map says. Pure; runs in another process."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from accord.base.errors import Invalid
from accord.base.ids import derived_ids
from accord.leads.cells import PLACEHOLDERS, read_date, read_number
from accord.leads.files import Layout, Row, Survey, open_table
from accord.leads.files.ledger import MORE, OWN_COLUMNS
from accord.leads.files.rows import SentRow
from accord.leads.mapping import DATES, IDENTITIES, NUMBERS, Map, dates_of, numbers_of
from accord.leads.rules import Entry, FactRule, Reading, read_body

REFUSED = "refused"
_NAMES = frozenset({"name", "first_name", "last_name"})
_SURNAMES = frozenset({"null", "none", "na", "nan", "nil"})


class FileIds:
    """The ids of the rows that the rows of a file become: the same whenever it is run."""

    def __init__(self, import_id: uuid.UUID, began_at: datetime) -> None:
        self._origin = (import_id, began_at)
        self._of_role: dict[str, Callable[[int], uuid.UUID]] = {}

    def __call__(self, role: str, line: int) -> uuid.UUID:
        of_line = self._of_role.get(role)
        if of_line is None:
            of_line = self._of_role[role] = derived_ids(*self._origin, role)
        return of_line(line)

    def __reduce__(self) -> tuple[type["FileIds"], tuple[uuid.UUID, datetime]]:
        return FileIds, self._origin


@dataclass(slots=True)
class RowIds:
    """The ids of the rows that one row of a file becomes."""

    of_file: FileIds
    line: int

    def __call__(self, role: str) -> uuid.UUID:
        return self.of_file(role, self.line)


Reader = Callable[[Mapping[str, str], Row, RowIds, Reading], Entry]


def read_lead(body: Mapping[str, str], row: Row, ids: RowIds, reading: Reading) -> Entry:
    """The entry of a row about a lead. Raises Invalid."""
    return read_body(
        body, submission_id=ids("submission"), id_of=ids, reading=reading, line=row.line
    )


@dataclass(frozen=True)
class Translator:
    """Turns rows into entries, by `read`. `began_at` is when the import was first begun."""

    mapping: Map
    header: Sequence[str]
    import_id: uuid.UUID
    began_at: datetime
    reading: Reading
    read: Reader = read_lead

    def entries(self, rows: Iterable[Row]) -> Iterator[Entry]:
        """An entry for each row; one that cannot be read is refused, with field and reason."""
        body_of = body_reader(self.mapping, self.header, custom=self.reading.custom)
        column_of = {target: column for column, target in self.mapping.columns.items()}
        columns = ["" if name in OWN_COLUMNS else name for name in self.header]
        of_file = FileIds(self.import_id, self.began_at)
        for row in rows:
            ids = RowIds(of_file, row.line)
            sent = as_sent(row, columns)
            if row.trouble:
                yield self._refused(ids, sent, row.trouble, None)
                continue
            try:
                entry = self.read(body_of(row.cells), row, ids, self.reading)
            except Invalid as error:
                column = column_of.get(error.field) or self._nearest_column(error.field)
                yield self._refused(ids, sent, error.sentence, column)
                continue
            entry.body = sent
            yield entry

    def _nearest_column(self, field: str) -> str:
        """The column to mend where none is mapped to `field`: whoever is nobody has no identity."""
        identities = IDENTITIES[self.mapping.kind]
        if field not in identities:
            return field
        return next(c for c, target in self.mapping.columns.items() if target in identities)

    def _refused(
        self, ids: RowIds, sent: Mapping[str, Any], reason: str, field: str | None
    ) -> Entry:
        """An entry that is kept with its reason, and becomes nothing."""
        return Entry(
            submission_id=ids("submission"),
            id_of=ids,
            body=sent,
            happened_at=self.began_at,
            line=ids.line,
            fate=REFUSED,
            reason=reason[:500],
            field=(field or None) and field[:100],
        )


@dataclass(frozen=True)
class Reach:
    """Which lines of a file are wanted: those after `after`, or only the ones named."""

    after: int = 0
    only: frozenset[int] | None = None

    def __contains__(self, line: int) -> bool:
        return line > self.after and (self.only is None or line in self.only)


def entry_batches(
    found: Survey, layout: Layout, translator: Translator, reach: Reach, size: int
) -> Iterator[list[Entry]]:
    """The entries of a file in batches of `size`, in the file's order."""
    rows = (row for row in open_table(found, layout).rows if row.line in reach)
    return batches(translator.entries(rows), size, goes_on=reach.after > 0)


def as_sent(row: Row, columns: Sequence[str]) -> SentRow:
    """The row as it stands in the file; cells without a column stand under `MORE`.

    The columns that a file of refused rows has of its own are left out: they are blank here.
    """
    cells = [_storable(cell) for cell in row.cells] if row.trouble else row.cells
    sent: dict[str, Any] = dict(zip(columns, cells, strict=False))
    sent.pop("", None)
    if len(cells) > len(columns):
        sent[MORE] = cells[len(columns) :]
    return SentRow(json.dumps(sent, ensure_ascii=False))


def _storable(cell: str) -> str:
    """The cell with marks where characters stood that a database cannot keep."""
    kept = cell.encode(errors="surrogateescape").decode(errors="replace")
    return kept.replace("\x00", "\ufffd")


def body_reader(
    mapping: Map, header: Sequence[str], *, custom: Mapping[str, FactRule]
) -> Callable[[Sequence[str]], dict[str, str]]:
    """A function from a row's cells to what it says. It raises Invalid with the thing as field."""
    place = {column: number for number, column in enumerate(header)}
    takes = [
        (
            place[column],
            target,
            _missing(mapping, column, target),
            _reader(mapping, column, target, custom),
        )
        for column, target in mapping.columns.items()
    ]
    constants = dict(mapping.constants)

    def read(cells: Sequence[str]) -> dict[str, str]:
        body = dict(constants)
        for number, target, missing, reader in takes:
            cell = cells[number].strip()
            if cell.lower() in missing:
                continue
            value = reader(cell) if reader else cell
            if value is not None:
                body[target] = value
        return body

    return read


def _missing(mapping: Map, column: str, target: str) -> frozenset[str]:
    """What, in lower case, means in a column that nothing is known."""
    stated = {"", *(text.strip().lower() for text in mapping.missing)}
    return frozenset(stated | (placeholders(target) - set(mapping.keep.get(column, ()))))


def placeholders(target: str) -> frozenset[str]:
    """The words that mean nothing where `target` is said; some people are called Null or Na."""
    return PLACEHOLDERS - _SURNAMES if target in _NAMES else PLACEHOLDERS


def _reader(
    mapping: Map, column: str, target: str, custom: Mapping[str, FactRule]
) -> Callable[[str], str | None] | None:
    if target in mapping.values:
        return _chooser(mapping.values[target])
    if target in DATES | dates_of(custom):
        order = mapping.dates or mapping.orders.get(column, "")
        return _naming(target, lambda text: read_date(text, mapping.date_formats, order))
    if target in NUMBERS | numbers_of(custom):
        return _naming(target, lambda text: read_number(text, mapping.decimal))
    return None


def _chooser(meanings: Mapping[str, str | None]) -> Callable[[str], str | None]:
    return lambda text: meanings.get(text.lower(), text)


def _naming(target: str, reader: Callable[[str], str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        try:
            return reader(text)
        except Invalid as error:
            raise Invalid(error.sentence, field=target) from None

    return read


def batches(items: Iterable[Any], size: int, *, goes_on: bool = False) -> Iterator[list[Any]]:
    """Lists of `size` items, the first a tenth of it, the last with what is left.

    What the first one fills, the database can look at before the large ones come. A run that
    `goes_on` has that behind it: its batches are those of a run that was never stopped.
    """
    each = iter(items)
    wanted = size if goes_on else max(size // 10, 1)
    while batch := list(islice(each, wanted)):
        yield batch
        wanted = size
