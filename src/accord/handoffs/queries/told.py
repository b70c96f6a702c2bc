"""Why a handoff went to whom it went."""

import uuid

from django.utils.translation import gettext as _

from accord.handoffs.models import Assignment, Handoff
from accord.handoffs.traces import trace_sentences
from accord.teams.queries import names


def why_them(handoff_id: uuid.UUID) -> list[str]:
    """How its present owner was found, or why it waits: which rule, who was skipped and why."""
    queued = Handoff.objects.filter(id=handoff_id, owner__isnull=True, disposed_at__isnull=True)
    waits = queued.values_list("waits_because", flat=True).first()
    if waits:
        return trace_sentences(waits)
    last = (
        Assignment.objects.filter(handoff_id=handoff_id).order_by("-assigned_from", "-id").first()
    )
    if last is None:
        return []
    if not last.trace and last.rule in ("by_hand", "claimed"):
        return [_by_hand(last)]
    return trace_sentences(last.trace)


def _by_hand(last: Assignment) -> str:
    if last.rule == "claimed":
        return _("They took it from the queue.")
    giver = names([last.by_id]).get(last.by_id) if last.by_id else None
    if giver:
        return _("%(name)s gave it to them; the timeline says why.") % {"name": giver}
    return _("It was handed over to them; the timeline says why.")
