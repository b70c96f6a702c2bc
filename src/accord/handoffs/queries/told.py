"""Why a handoff went to whom it went."""

import uuid

from accord.handoffs.models import Assignment, Handoff
from accord.handoffs.traces import trace_sentences


def why_them(handoff_id: uuid.UUID) -> list[str]:
    """How its present owner was found, or why it waits: which rule, who was skipped and why."""
    queued = Handoff.objects.filter(id=handoff_id, owner__isnull=True, disposed_at__isnull=True)
    waits = queued.values_list("waits_because", flat=True).first()
    if waits:
        return trace_sentences(waits)
    last = (
        Assignment.objects.filter(handoff_id=handoff_id).order_by("-assigned_from", "-id").first()
    )
    return trace_sentences(last.trace) if last else []
