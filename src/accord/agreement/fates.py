"""What becomes of promised moments: kept, late, missed or still running, counted alike for all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accord.criteria.metrics import Metric, Rate, Scope


@dataclass(frozen=True)
class Fates:
    """The promises that `promised` gives for a scope, each due at `due_at`.

    `done_at` names the column of the moment at which one was kept, `missed` says which are past
    due and were not done by whoever promised; somebody else may have done it since.
    """

    promised: Callable[[Scope], QuerySet[Any]]
    done_at: str
    missed: Callable[[Scope], Q]

    def parts(self, scope: Scope) -> dict[str, Q]:
        """The condition of each fate; `due` are all that came due."""
        kept, missed = Q(**{f"{self.done_at}__lte": F("due_at")}), self.missed(scope)
        late = Q(**{f"{self.done_at}__gt": F("due_at")})
        running = Q(**{f"{self.done_at}__isnull": True}) & ~missed
        return {
            "kept": kept,
            "late": late,
            "missed": missed,
            "due": kept | late | missed,
            "running": running,
        }

    def fate(self, scope: Scope) -> Case:
        """What became of each, in a column: kept, late, missed or running."""
        parts = self.parts(scope)
        return Case(
            *(When(parts[fate], then=Value(fate)) for fate in ("kept", "late", "missed")),
            default=Value("running"),
            output_field=CharField(),
        )

    def counts(self, scope: Scope) -> dict[str, Count]:
        """How many were kept, late and missed, and how many there are, to count in one pass."""
        parts = self.parts(scope)
        counted = {fate: Count("id", filter=parts[fate]) for fate in ("kept", "late", "missed")}
        return {**counted, "all": Count("id")}

    def metrics(
        self, key: str, label: Any, *, unit: str, only: Q | None = None
    ) -> Iterator[Metric | Rate]:
        """A metric for each fate of the promise of this key, and the share kept in time.

        `only` narrows the promises to its own, where several share a table.
        """
        for part, said, sentence in _SAID:
            yield Metric(
                key=f"{key}_{part}",
                label=format_lazy("{}: {}", label, said),
                sentence=sentence,
                unit=unit,
                rows=self._rows(part, only or Q()),
            )
        yield Rate(
            key=f"{key}_in_time",
            label=label,
            sentence=_("Kept in time among the promises of the period that came due."),
            part=f"{key}_kept",
            whole=f"{key}_due",
        )

    def _rows(self, part: str, only: Q) -> Callable[[Scope], QuerySet[Any]]:
        return lambda scope: self.promised(scope).filter(only, self.parts(scope)[part])


_SAID = (
    ("kept", _("Kept in time"), _("Promises of the period that were kept by the moment due.")),
    ("late", _("Kept late"), _("Promises of the period that were kept after the moment due.")),
    (
        "missed",
        _("Missed"),
        _(
            "Promises of the period that were not done in time by whoever promised; what became "
            "of each stands beside it."
        ),
    ),
    (
        "due",
        _("Came due"),
        _("Promises of the period that were kept, kept late, or are past due."),
    ),
    ("running", _("Running"), _("Promises of the period that are not due yet.")),
)
