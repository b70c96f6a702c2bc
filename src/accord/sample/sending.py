"""What comes in at the door while the year is played."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accord.flows.receive import Incoming, receive
from accord.flows.take_in import take_in_waiting
from accord.leads.models import Door


def send(bodies: Sequence[dict[str, Any]], *, at: datetime) -> None:
    """Send bodies in at a moment, and take all of them in."""
    if not bodies:
        return
    with transaction.atomic():
        incoming = [Incoming(body=body) for body in bodies]
        receive(submissions=incoming, door=Door.FORM, by=None, at=at)
        while take_in_waiting(at=at):
            pass
