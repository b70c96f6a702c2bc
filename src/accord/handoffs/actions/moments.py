"""Working out anew when promises are due and when to warn, by the hours and pauses of now."""

import uuid
from collections.abc import Collection, Sequence

from django.db import connection

from accord.agreement.clocks import moments
from accord.agreement.queries import terms_by_number
from accord.agreement.spans import Span
from accord.agreement.terms import Terms
from accord.base.rows import recordset
from accord.handoffs.actions.taking import Taken
from accord.handoffs.models import Clock, ClockKind, Handoff, Pause
from accord.leads.actions.holding import hold_leads
from accord.teams import rules
from accord.teams.queries import calendars_of

_MOVE = """
UPDATE handoffs_clock AS clock
SET due_at = new.due_at, warns_at = new.warns_at,
    escalates_at = CASE WHEN clock.state = 'paused' THEN NULL
                        WHEN clock.warned_at IS NULL THEN LEAST(new.warns_at, new.due_at)
                        ELSE new.due_at END
FROM json_to_recordset(%s::json)
     AS new(id uuid, was timestamptz, due_at timestamptz, warns_at timestamptz)
WHERE clock.id = new.id AND clock.due_at = new.was AND clock.state IN ('running', 'paused')
RETURNING clock.handoff_id
"""


def promised(kind: str, handoff: Taken | Handoff, terms: Terms) -> Span:
    """Within which a promise of a kind on a handoff is to be kept."""
    return {
        ClockKind.FIRST_ATTEMPT: terms.first_attempt(handoff.trigger, handoff.segment),
        ClockKind.ANSWER: terms.answer,
        ClockKind.DISPOSITION: terms.disposition,
        ClockKind.ATTEMPTS: terms.attempts.within,
        ClockKind.PASS_BACK_ANSWER: terms.marketing.pass_back_answer,
    }[ClockKind(kind)]


def pauses_of(handoffs: Collection[uuid.UUID]) -> dict[uuid.UUID, list[rules.Pause]]:
    """The spans in which promises on handoffs stood, or are to stand, still. One query."""
    rows = Pause.objects.filter(handoff_id__in=handoffs).order_by("paused_from")
    found: dict[uuid.UUID, list[rules.Pause]] = {}
    for id, begins, ends in rows.values_list("handoff_id", "paused_from", "paused_until"):
        found.setdefault(id, []).append((begins, ends))
    return found


def move(clocks: Sequence[Clock]) -> list[Handoff]:
    """Work out the moments of running or paused clocks anew; the handoffs of those that moved.

    A fixed number of statements, within the caller's transaction. What changed since the clocks
    were read is left as it is.
    """
    if not clocks:
        return []
    handoffs = Handoff.objects.in_bulk({clock.handoff_id for clock in clocks})
    terms = terms_by_number({h.agreement_version for h in handoffs.values()})
    calendars = calendars_of({clock.user_id for clock in clocks})
    pauses = pauses_of(set(handoffs))
    rows = []
    for clock in clocks:
        handoff = handoffs[clock.handoff_id]
        agreed = terms[handoff.agreement_version]
        found = moments(
            span=promised(clock.kind, handoff, agreed),
            warning=agreed.warning_of(clock.kind),
            calendar=calendars[clock.user_id],
            started_at=clock.started_at,
            pauses=pauses.get(handoff.id, ()) if clock.user_id else (),
        )
        if (found.due_at, found.warns_at) != (clock.due_at, clock.warns_at):
            rows.append((clock, found))
    if not rows:
        return []
    hold_leads(leads={clock.lead_id for clock, _found in rows})
    with connection.cursor() as cursor:
        names = ("id", "was", "due_at", "warns_at")
        values = ((c.id, c.due_at, found.due_at, found.warns_at) for c, found in rows)
        cursor.execute(_MOVE, [recordset(names, values)])
        moved = {handoff_id for (handoff_id,) in cursor.fetchall()}
    return [handoff for id, handoff in handoffs.items() if id in moved]
