"""Writes to campaigns."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accord.base.ids import named_id
from accord.campaigns.models import Campaign


def campaigns_named(*, names: Sequence[str], at: datetime) -> dict[str, uuid.UUID]:
    """The campaigns of these names; one that is mentioned first is added, starting today."""
    with transaction.atomic():
        Campaign.objects.bulk_create(
            [
                Campaign(
                    id=named_id("campaign", name),
                    name=name,
                    channel="",
                    starts_on=at.date(),
                    created_at=at,
                )
                for name in sorted(names)
            ],
            ignore_conflicts=True,
        )
    return dict(Campaign.objects.filter(name__in=names).values_list("name", "id"))
