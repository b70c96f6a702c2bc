"""The leads of a period counted once, by month and by a field, with how far they came.

Everything that counts cohorts adds up these rows, so the funnel and the channels cannot differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count, F
from django.db.models.functions import TruncMonth

from accord.insights.metrics import Scope, metric

STEPS = ("leads", "mql", "sal", "sql", "opportunity", "won", "lost")
COUNTED_LIVE_UP_TO = 20_000  # leads of a period; more are counted once a minute


@dataclass(frozen=True)
class Tally:
    """So many leads, and how many of them came to each step."""

    counts: dict[str, int]

    def __add__(self, other: "Tally") -> "Tally":
        return Tally({step: self.counts[step] + other.counts[step] for step in STEPS})


NONE = Tally(dict.fromkeys(STEPS, 0))


@dataclass(frozen=True)
class Tallied:
    """A tally of the leads of one month (its first day) that share the value `name`."""

    month: datetime
    name: str | None
    tally: Tally


@dataclass(frozen=True)
class Tallies:
    """The leads of a scope, by month and by a field, as they were `at` a moment."""

    at: datetime
    rows: Sequence[Tallied]

    def by_month(self) -> dict[datetime, Tally]:
        """The sum of each month."""
        return _sums((row.month, row.tally) for row in self.rows)

    def by_name(self) -> dict[str | None, Tally]:
        """The sum of each value of the field."""
        return _sums((row.name, row.tally) for row in self.rows)

    def total(self) -> Tally:
        """The sum of all."""
        return reduce(Tally.__add__, (row.tally for row in self.rows), NONE)


def tallies(scope: Scope, *, zone: str, by: str = "source") -> Tallies:
    """The leads of the scope by month of first contact in `zone` and by the column `by`.

    One query and one look at what is kept: above COUNTED_LIVE_UP_TO leads the answer may be up
    to a minute old, which `at` says.
    """
    key = _key(scope, zone, by)
    kept: Tallies | None = cache.get(key)
    if kept is not None:
        return kept
    found = Tallies(at=scope.at, rows=_count(scope, zone, by))
    if found.total().counts["leads"] > COUNTED_LIVE_UP_TO:
        cache.set(key, found, timeout=60)
    return found


def _key(scope: Scope, zone: str, by: str) -> str:
    span = (each and each.timestamp() for each in (scope.begins_at, scope.ends_at))
    minute = int(scope.at.timestamp() // 60)
    return f"tallies:{minute}:{':'.join(map(str, span))}:{zone.replace(' ', '_')}:{by}"


def _count(scope: Scope, zone: str, by: str) -> list[Tallied]:
    conditions = {step: metric(step).among for step in STEPS}
    rows = (
        metric("leads")
        .rows(scope)
        .annotate(month=TruncMonth("first_contact_at", tzinfo=ZoneInfo(zone)), name_of=F(by))
        .values("month", "name_of")
        .annotate(
            **{
                f"of_{step}": Count("id", filter=among() or None)
                for step, among in conditions.items()
                if among
            }
        )
        .order_by("month", "name_of")
    )
    return [_tallied(row) for row in rows]


def _tallied(row: dict[str, Any]) -> Tallied:
    counts = {step: row[f"of_{step}"] for step in STEPS}
    return Tallied(month=row["month"], name=row["name_of"], tally=Tally(counts))


def _sums(pairs: Any) -> dict[Any, Tally]:
    sums: dict[Any, Tally] = {}
    for key, tally in pairs:
        sums[key] = sums.get(key, NONE) + tally
    return sums
