"""What the first rows of a file show beyond its header: the order of dates, and placeholders.

Pure. The same file shows the same, so that its import stays the same import.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from accord.leads.cells import order_of
from accord.leads.files import Row
from accord.leads.mapping import DATES, Map
from accord.leads.translating import placeholders

ROWS = 2_000  # looked at


@dataclass(frozen=True)
class Look:
    """`orders` by column, where all dates that can be read in one way only agree.

    `placeholders` counts, by column, the words that are taken for: not known.
    """

    orders: Mapping[str, str] = field(default_factory=dict)
    placeholders: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def look_at(rows: Iterable[Row], header: Sequence[str], mapping: Map) -> Look:
    """What some rows show about the columns that are mapped."""
    orders: dict[str, set[str]] = {}
    words: dict[str, Counter[str]] = {}
    takes = [
        (number, column, mapping.columns[column], placeholders(mapping.columns[column]))
        for number, column in enumerate(header)
        if column in mapping.columns
    ]
    for row in rows:
        if row.trouble:
            continue
        for number, column, target, known in takes:
            cell = row.cells[number].strip()
            if cell.lower() in known:
                words.setdefault(column, Counter())[cell] += 1
            elif target in DATES and (order := order_of(cell)):
                orders.setdefault(column, set()).add(order)
    return Look(
        orders={column: found.pop() for column, found in orders.items() if len(found) == 1},
        placeholders={column: dict(found.most_common(8)) for column, found in words.items()},
    )
