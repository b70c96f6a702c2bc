"""What the rows of a file show beyond its header: the order of dates, and placeholders.

Pure. The same file shows the same, so that its import stays the same import.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from accord.leads.cells import is_ordered, order_of
from accord.leads.files import Row
from accord.leads.mapping import DATES, Map, dates_of
from accord.leads.rules import FactRule
from accord.leads.translating import placeholders

ROWS = 2_000  # looked at; all of them where the order of dates is at stake


@dataclass(frozen=True)
class Look:
    """`orders` by column, where all dates that can be read in one way only agree.

    `placeholders` counts, by column, the words that are taken for: not known.
    """

    orders: Mapping[str, str] = field(default_factory=dict)
    placeholders: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def look_at(
    rows: Iterable[Row], header: Sequence[str], mapping: Map, *, custom: Mapping[str, FactRule]
) -> Look:
    """What the rows of a file show about the columns that are mapped.

    One row anywhere can contradict the order of all dates before it, so a file whose first rows
    write dates in either order is read to its end.
    """
    takes = [
        (number, column, mapping.columns[column], placeholders(mapping.columns[column]))
        for number, column in enumerate(header)
        if column in mapping.columns
    ]
    dated = DATES | dates_of(custom)
    each = iter(row for row in rows if not row.trouble)
    words: dict[str, Counter[str]] = {}
    dates: dict[str, tuple[int, set[str]]] = {}
    for row in islice(each, ROWS):
        for number, column, target, known in takes:
            cell = row.cells[number].strip()
            if cell.lower() in known:
                words.setdefault(column, Counter())[cell] += 1
            elif target in dated and is_ordered(cell):
                dates.setdefault(column, (number, set()))[1].add(order_of(cell))
    if dates:
        for row in each:
            for number, found in dates.values():
                found.add(order_of(row.cells[number]))
    orders = {column: found - {""} for column, (_number, found) in dates.items()}
    return Look(
        orders={column: found.pop() for column, found in orders.items() if len(found) == 1},
        placeholders={column: dict(found.most_common(8)) for column, found in words.items()},
    )
