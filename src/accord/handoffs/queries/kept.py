"""What a person kept today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from accord.handoffs.models import Clock, ClockState
from accord.teams.models import User


@dataclass(frozen=True)
class Kept:
    """Promises kept in time, of those that came to their end."""

    kept: int
    total: int


def kept_today(user: User, at: datetime) -> Kept:
    """How many promises a person kept on the day that it is for them, of those that ended."""
    begins = at.astimezone(ZoneInfo(user.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    ends = begins + timedelta(days=1)
    done = Q(state=ClockState.STOPPED, stopped_at__gte=begins, stopped_at__lt=ends)
    missed = Q(state=ClockState.MISSED, due_at__gte=begins, due_at__lt=ends)
    clocks = Clock.objects.filter(done | missed, user_id=user.id)
    rows = list(clocks.values_list("stopped_at", "due_at"))
    return Kept(kept=sum(1 for stopped, due in rows if stopped and stopped <= due), total=len(rows))
