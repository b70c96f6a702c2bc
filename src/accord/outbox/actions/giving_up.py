"""What was given up: tried once more, or dropped."""

import uuid
from collections.abc import Collection
from datetime import datetime

from accord.outbox.actions.telling import call_senders
from accord.outbox.models import DeliveryState, Notification


def try_again(*, ids: Collection[uuid.UUID], at: datetime) -> int:
    """Send what was given up once more, with all its attempts before it; how many there are."""
    dead = Notification.objects.filter(id__in=ids, state=DeliveryState.DEAD)
    channels = set(dead.values_list("channel", flat=True))
    number = dead.update(state=DeliveryState.DUE, attempts=0, send_after=at, lease_until=None)
    call_senders(channels)
    return number


def drop(*, ids: Collection[uuid.UUID]) -> int:
    """No longer send what was given up; in Accord it stays. How many there were."""
    dead = Notification.objects.filter(id__in=ids, state=DeliveryState.DEAD)
    return dead.update(state=DeliveryState.DROPPED)
