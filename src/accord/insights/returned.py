"""What came back and why, and what waits too long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from accord.agreement.terms import Terms
from accord.handoffs.metrics import passed_back
from accord.handoffs.models import Clock, ClockState, Handoff
from accord.insights.metrics import Scope


@dataclass(frozen=True)
class CameBack:
    """Handoffs that were passed back for one reason of the agreement."""

    reason: str
    label: str
    number: int
    destination: str


def came_back(scope: Scope, *, terms: Terms) -> Sequence[CameBack]:
    """What came back in the scope and why, most frequent first. One query."""
    rows = (
        passed_back(scope)
        .values_list("reason", "destination")
        .annotate(number=Count("id"))
        .order_by("-number", "reason")
    )
    labels: Mapping[str, Any] = terms.reasons
    return [
        CameBack(
            reason=reason,
            label=str(labels[reason].label) if reason in labels else reason,
            number=number,
            destination=destination,
        )
        for reason, destination, number in rows
    ]


def waiting_too_long(*, at: datetime) -> int:
    """Open handoffs with a promise that is past due. One query."""
    late = Clock.objects.filter(
        Q(state=ClockState.MISSED, stopped_at__isnull=True)
        | Q(state=ClockState.RUNNING, due_at__lt=at)
    )
    return Handoff.objects.filter(
        disposed_at__isnull=True, id__in=late.values("handoff_id")
    ).count()
