"""What became of a promise that whoever made it did not keep: done by others, over, or open."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from accord.handoffs.models import Clock, ClockKind, Handoff


class Became(NamedTuple):
    """What became of it, in words, and when."""

    words: str
    at: datetime | None


def became(rows: Iterable[object]) -> Mapping[uuid.UUID, Became]:
    """Of promises on handoffs that are not done, by their id. One query, where there are any."""
    clocks = [row for row in rows if isinstance(row, Clock) and row.stopped_at is None]
    handoffs = Handoff.objects.in_bulk({clock.handoff_id for clock in clocks}) if clocks else {}
    return {
        clock.id: _became(clock, handoffs[clock.handoff_id])
        for clock in clocks
        if clock.handoff_id in handoffs
    }


def _became(clock: Clock, handoff: Handoff) -> Became:
    if clock.kind == ClockKind.PASS_BACK_ANSWER:  # whose handoff is over, and which stays open
        return Became(_("not yet"), None)
    ends = [
        (_("qualified"), handoff.qualified_at),
        (_("passed back"), handoff.passed_back_at),
        (_("withdrawn"), handoff.withdrawn_at),
    ]
    if clock.kind == ClockKind.FIRST_ATTEMPT:
        ends.insert(0, (_("tried later"), handoff.first_attempt_at))
    if clock.kind == ClockKind.ANSWER:
        ends.insert(0, (_("accepted later"), handoff.accepted_at))
    for words, at in ends:
        if at:
            return Became(words, at)
    if handoff.owner_id is None:
        return Became(_("not yet; nobody has it"), None)
    if handoff.owner_id != clock.user_id:
        return Became(_("not yet; somebody else has it since"), handoff.assigned_at)
    return Became(_("not yet"), None)
