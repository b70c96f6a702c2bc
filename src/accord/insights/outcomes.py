"""What became of leads, as far as it teaches: who became a customer, and who had time enough to."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from accord.base.lifecycle import Stage
from accord.handoffs.models import Handoff, PassBack
from accord.insights.funnel import days_to_won
from accord.insights.metrics import Scope
from accord.leads.models import StageEntry
from accord.leads.queries.sampling import there

MOST = 20_000  # leads; the newest ones teach most


@dataclass(frozen=True)
class Known:
    """Leads with a known outcome, oldest first: whether each won. `patience` is in days."""

    won: Mapping[uuid.UUID, bool]
    patience: float

    @property
    def wins(self) -> int:
        """How many won."""
        return sum(self.won.values())


def known_outcomes(*, at: datetime) -> Known:
    """The leads that became customers, and those that did not within the time that nine in ten
    of the customers took. Two queries.
    """
    patience = days_to_won(Scope(at=at)).p90
    if patience is None:
        return Known({}, 0.0)
    entered = StageEntry.objects.filter(lead_id=OuterRef("id"), stage=Stage.CUSTOMER)
    rows = (
        there()
        .annotate(won=Exists(entered))
        .filter(first_contact_at__lte=at)
        .order_by("-first_contact_at", "-id")
        .values_list("id", "won", "first_contact_at")
    )
    long_ago = at - timedelta(days=patience)
    settled = [(id, won) for id, won, came in rows[: 2 * MOST] if won or came <= long_ago][:MOST]
    return Known(dict(reversed(settled)), patience)


@dataclass(frozen=True)
class Answers:
    """What sales made of leads: won, accepted, passed back; a lead may be in several."""

    won: frozenset[uuid.UUID]
    accepted: frozenset[uuid.UUID]
    passed_back: frozenset[uuid.UUID]

    @property
    def leads(self) -> frozenset[uuid.UUID]:
        """All of them."""
        return self.won | self.accepted | self.passed_back


def answers(*, since: datetime) -> Answers:
    """The leads that became customers, were accepted or came back since. Three queries."""
    won = StageEntry.objects.filter(stage=Stage.CUSTOMER, entered_at__gte=since)
    accepted = Handoff.objects.filter(accepted_at__gte=since)
    back = PassBack.objects.filter(undone_at__isnull=True, passed_back_at__gte=since)
    return Answers(
        _newest(won.filter(lead_id__in=there().values("id")).order_by(F("entered_at").desc())),
        _newest(accepted.order_by(F("accepted_at").desc())),
        _newest(back.order_by(F("passed_back_at").desc())),
    )


def _newest(rows: QuerySet[Any]) -> frozenset[uuid.UUID]:
    return frozenset(rows.values_list("lead_id", flat=True)[:MOST])
