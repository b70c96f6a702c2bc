"""Since when each kind of activity is watched."""

from collections.abc import Collection
from datetime import datetime

from accord.leads.models import Observed

# What Accord sees by itself from the day it is set up; the rest once a first one comes in.
SEEN_BY_ACCORD = ("attempt.logged", "call.received", "form.submitted", "question.asked")


def watch(*, kinds: Collection[str], since: datetime) -> None:
    """Kinds of activity are watched from `since` on; those that were before stay so."""
    Observed.objects.bulk_create(
        [Observed(kind=kind, since=since) for kind in sorted(set(kinds))], ignore_conflicts=True
    )
