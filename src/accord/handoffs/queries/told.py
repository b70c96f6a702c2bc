"""Why a handoff went to whom it went."""

import uuid

from accord.handoffs.kinds import trace_sentences
from accord.handoffs.models import Assignment


def why_them(handoff_id: uuid.UUID) -> list[str]:
    """How the handoff's present owner was found: which rule, and who was skipped and why."""
    last = (
        Assignment.objects.filter(handoff_id=handoff_id).order_by("-assigned_from", "-id").first()
    )
    return trace_sentences(last.trace) if last else []
