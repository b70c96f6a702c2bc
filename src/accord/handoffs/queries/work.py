"""The open work of people: what goes to others when they are away or gone."""

import uuid
from collections.abc import Collection

from accord.handoffs.models import Handoff
from accord.teams.queries import out_of_sales


def work_of(user_id: uuid.UUID, *, untouched: bool) -> list[uuid.UUID]:
    """A person's open handoffs; `untouched`: only those neither tried nor accepted."""
    found = Handoff.objects.filter(owner_id=user_id, disposed_at__isnull=True)
    if untouched:
        found = found.filter(first_attempt_at__isnull=True, accepted_at__isnull=True)
    return list(found.order_by("lead_id").values_list("id", flat=True))


def work_of_those_gone() -> list[uuid.UUID]:
    """Open handoffs whose owner no longer works here, or not in sales."""
    found = Handoff.objects.filter(disposed_at__isnull=True, owner__in=out_of_sales())
    return list(found.order_by("lead_id").values_list("id", flat=True))


def owners_of(handoffs: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Who has open handoffs, by their id; those in the queue are left out."""
    found = Handoff.objects.filter(id__in=handoffs, disposed_at__isnull=True, owner__isnull=False)
    return dict(found.order_by("lead_id").values_list("id", "owner_id"))
