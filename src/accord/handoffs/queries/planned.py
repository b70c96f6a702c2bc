"""What reps do next, and what of it is late."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from accord.handoffs.models import Handoff, HandoffState, NextStep
from accord.leads.models import Lead
from accord.teams.models import User

_GONE = (HandoffState.PASSED_BACK, HandoffState.WITHDRAWN)


@dataclass(frozen=True)
class Planned:
    """A next step still to be done, and whose: the handoff's owner's."""

    step: NextStep
    lead: Lead
    owner_id: uuid.UUID | None
    is_qualified: bool


def next_steps_of(handoffs: Collection[uuid.UUID]) -> dict[uuid.UUID, NextStep]:
    """The next step that is planned for each handoff; none where nothing is. One query."""
    steps = NextStep.objects.filter(handoff_id__in=handoffs, done_at__isnull=True)
    return {step.handoff_id: step for step in steps}


def late_next_steps(
    *, at: datetime, promised: bool | None = None, limit: int = 1000
) -> list[Planned]:
    """Next steps past due of leads that sales still has, longest first. Three queries.

    `promised` narrows them to those that the prospect was promised, or was not.
    """
    steps = still_to_do().filter(due_at__lt=at)
    if promised is not None:
        steps = steps.filter(promised_to_prospect=promised)
    return with_owners(steps.order_by("due_at", "id")[:limit])


def my_next_steps(user: User, *, at: datetime) -> list[Planned]:
    """A person's next steps about qualified leads that are due within a day. Three queries."""
    mine = Handoff.objects.filter(
        id=OuterRef("handoff_id"), owner_id=user.id, qualified_at__isnull=False
    )
    steps = still_to_do().filter(Exists(mine), due_at__lt=at + timedelta(days=1))
    return with_owners(steps.order_by("due_at", "id"))


def still_to_do() -> QuerySet[NextStep]:
    """Next steps not done, of handoffs that were neither passed back nor withdrawn."""
    gone = Handoff.objects.filter(id=OuterRef("handoff_id"), state__in=_GONE)
    return NextStep.objects.filter(~Exists(gone), done_at__isnull=True)


def with_owners(steps: QuerySet[NextStep]) -> list[Planned]:
    """Next steps with their leads and whose they are. Three queries."""
    found = list(steps)
    handoffs = Handoff.objects.only("owner_id", "qualified_at").in_bulk(
        [step.handoff_id for step in found]
    )
    leads = Lead.objects.in_bulk([step.lead_id for step in found])
    return [
        Planned(step, leads[step.lead_id], handoff.owner_id, handoff.qualified_at is not None)
        for step in found
        if (handoff := handoffs.get(step.handoff_id)) and step.lead_id in leads
    ]
