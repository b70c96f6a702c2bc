"""What the cadence proposes next for a handoff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accord.agreement.queries import terms_of
from accord.agreement.terms import Attempts
from accord.handoffs.models import ClockKind
from accord.handoffs.queries.inbox import InboxItem
from accord.handoffs.queries.reach import channels_of
from accord.handoffs.rules.aside import moments_aside
from accord.handoffs.rules.attempts import counted
from accord.handoffs.rules.cadence import Proposal, proposed
from accord.leads.models import Activity
from accord.teams.queries import calendars_of


@dataclass(frozen=True)
class Cadence:
    """The attempts made that count, those promised, and what comes next.

    Nothing is proposed when all were made, nor while the prospect waits for what they asked for.
    `has_talked` is whether one of them was a conversation.
    """

    made: int
    promised: Attempts
    proposal: Proposal | None
    has_talked: bool


def cadence_of(item: InboxItem, *, at: datetime) -> Cadence:
    """How far the attempts of an open handoff are. Three queries."""
    handoff = item.handoff
    rows = Activity.objects.filter(
        lead_id=item.lead.id, handoff_id=handoff.id, kind="attempt.logged"
    ).order_by("happened_at", "id")
    tried = list(rows.values_list("channel", "outcome", "happened_at"))
    channels = [channel or "" for channel, _outcome, _moment in tried]
    possible = channels_of([item.lead.id]).get(item.lead.id, set())
    promised = terms_of(handoff.agreement_version).attempts
    calendar = calendars_of({handoff.owner_id})[handoff.owner_id]
    begun_at = tried[0][2] if tried else at
    clock = next((each for each in item.promises if each.kind == ClockKind.ATTEMPTS), None)
    return Cadence(
        made=len(counted(channels, possible)),
        promised=promised,
        proposal=None
        if _asked_for_later(item)
        else proposed(
            tried=channels,
            at_least=promised.at_least,
            ends_at=clock.due_at if clock else promised.within.due(calendar, begun_at),
            channels=promised.channels,
            possible=possible,
            calendar=calendar,
            at=at,
        ),
        has_talked=any(outcome == "connected" for _channel, outcome, _moment in tried),
    )


def _asked_for_later(item: InboxItem) -> bool:
    """Whether they asked to wait until a day, or were promised something that is still open."""
    promised = item.next_step is not None and item.next_step.promised_to_prospect
    return promised or any(each.paused_until for each in item.promises)


def moments_to_rest(item: InboxItem, *, at: datetime) -> Mapping[str, datetime]:
    """Until when a handoff may rest, by what people call it, before it is due. One query."""
    calendar = calendars_of({item.handoff.owner_id})[item.handoff.owner_id]
    return moments_aside(calendar=calendar, at=at, due_at=item.handoff.due_at)
