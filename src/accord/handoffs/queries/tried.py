"""What was tried to reach leads, and whether that was as much as is promised."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from accord.agreement.terms import Attempts
from accord.handoffs.models import AttemptOutcome
from accord.handoffs.queries.reach import channels_of
from accord.handoffs.rules.attempts import is_early
from accord.leads.models import Activity

Tried = list[tuple[str, str, datetime]]
"""The channel, the outcome and the moment of each attempt."""


def attempts_of(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, Tried]:
    """The attempts at leads, by the handoff they belong to. One query."""
    rows = Activity.objects.filter(
        lead_id__in=leads, kind="attempt.logged", handoff_id__isnull=False
    )
    found: dict[uuid.UUID, Tried] = {}
    columns = ("handoff_id", "channel", "outcome", "happened_at")
    for handoff_id, channel, outcome, moment in rows.values_list(*columns):
        if handoff_id and channel:
            found.setdefault(handoff_id, []).append((channel, outcome or "", moment))
    return found


def tried_enough(
    handoffs: Mapping[uuid.UUID, uuid.UUID],
    expected: Mapping[uuid.UUID, Attempts],
    tried: Mapping[uuid.UUID, Tried],
) -> set[uuid.UUID]:
    """The handoffs (their leads by id) on which nobody has to try again. One query.

    As many attempts as expected were made, on as many of the channels that there are for the
    lead; or somebody talked with them; or there is no channel at all.
    """
    possible = channels_of(set(handoffs.values()))
    return {
        id
        for id, lead_id in handoffs.items()
        if any(outcome == AttemptOutcome.CONNECTED for _channel, outcome, _at in tried.get(id, ()))
        or not is_early(
            tried=[channel for channel, *_ in tried.get(id, ())],
            at_least=expected[id].at_least,
            channels=expected[id].channels,
            possible=possible.get(lead_id, set()),
        )
    }
