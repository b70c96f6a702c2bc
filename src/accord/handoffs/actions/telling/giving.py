"""Who is told of leads that change hands: offered, given, taken away, withdrawn."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accord.base.ids import named_id
from accord.handoffs.actions.taking import Taken
from accord.handoffs.actions.telling.people import (
    INBOX,
    heads_of_sales,
    names_of,
    page_of,
)
from accord.handoffs.models import Handoff, Trigger, WhenNobody
from accord.leads.models import Lead
from accord.outbox.actions import Telling, tell
from accord.teams import queries as teams


def tell_of_offers(
    *, handoffs: Collection[Handoff], at: datetime, by: uuid.UUID | None = None
) -> None:
    """Tell each rep of what they got; of what waits in the queue, the heads of sales."""
    if not handoffs:
        return
    leads = Lead.objects.in_bulk({handoff.lead_id for handoff in handoffs})
    tell(
        tellings=[
            _lead_for_you(
                named_id("offered", handoff.id),
                handoff.owner_id,
                str(leads[handoff.lead_id]),
                handoff,
            )
            for handoff in handoffs
            if handoff.owner_id and not _brought(leads[handoff.lead_id], handoff.owner_id, at)
        ],
        at=at,
        by=by,
    )
    tell_of_queued(handoffs=[h.id for h in handoffs if h.owner_id is None], at=at)


def tell_of_queued(*, handoffs: Collection[uuid.UUID], at: datetime) -> None:
    """Tell the heads of sales of handoffs that wait where that is to be told at once.

    Once each time that one begins to wait.
    """
    if not handoffs:
        return
    told = Handoff.objects.filter(id__in=handoffs, owner__isnull=True).filter(
        Q(pool__isnull=True) | Q(pool__when_nobody=WhenNobody.ALERT)
    )
    waiting = list(told.order_by("lead_id").values_list("id", "lead_id", "queued_at"))
    leads = names_of(lead_id for _, lead_id, _ in waiting)
    heads = heads_of_sales() if waiting else []
    tell(
        tellings=[
            Telling(
                event_id=named_id("queued", id, str(queued_at)),
                user_id=head,
                kind="handoff.queued",
                subject=_("%(who)s waits: nobody is there to take the lead")
                % {"who": leads[lead_id]},
                text=_("It waits in the queue and goes to the first rep who is back."),
                link=INBOX,
            )
            for id, lead_id, queued_at in waiting
            for head in heads
        ],
        at=at,
    )


def tell_of_assignments(
    *, taken: Sequence[Taken], at: datetime, why: str = "", by: uuid.UUID | None = None
) -> None:
    """Tell those who got a handoff out of the queue or from a colleague, and why it is theirs."""
    if not taken:
        return
    reason = _reason(why, by)
    handoffs = Handoff.objects.only("brief", "trigger").in_bulk([each.id for each in taken])
    leads = names_of(handoff.lead_id for handoff in taken)
    tell(
        tellings=[
            _lead_for_you(
                named_id("assigned", handoff.id, handoff.owner_id, at.isoformat()),
                handoff.owner_id,
                leads[handoff.lead_id],
                handoffs[handoff.id],
                reason,
            )
            for handoff in taken
            if handoff.owner_id
        ],
        at=at,
        by=by,
    )


def tell_of_accepted(*, taken: Sequence[Taken], at: datetime, by: uuid.UUID) -> None:
    """Tell those who offered leads by hand that sales has accepted them."""
    rows = Handoff.objects.filter(id__in=[each.id for each in taken])
    offered = {id: who for id, who in rows.values_list("id", "offered_by_id") if who}
    if not offered:
        return
    leads = names_of(each.lead_id for each in taken if each.id in offered)
    reps = teams.names([by])
    tell(
        tellings=[
            Telling(
                event_id=named_id("accepted", each.id),
                user_id=offered[each.id],
                kind="handoff.accepted",
                subject=_("%(rep)s accepted %(who)s")
                % {"rep": reps.get(by, ""), "who": leads[each.lead_id]},
                link=page_of(each.lead_id),
            )
            for each in taken
            if each.id in offered
        ],
        at=at,
        by=by,
    )


def tell_of_taken_away(
    *,
    taken: Sequence[Taken],
    before: Mapping[uuid.UUID, uuid.UUID | None],
    why: str,
    at: datetime,
    by: uuid.UUID | None = None,
) -> None:
    """Tell those who had a handoff (by id) before it went to somebody else, or to the queue."""
    reason = _reason(why, by)
    leads = names_of(handoff.lead_id for handoff in taken)
    reps = teams.names(handoff.owner_id for handoff in taken)
    tell(
        tellings=[
            Telling(
                event_id=named_id("taken away", handoff.id, at.isoformat()),
                user_id=previous,
                kind="handoff.reassigned",
                subject=_("%(who)s is with %(rep)s now")
                % {"who": leads[handoff.lead_id], "rep": reps[handoff.owner_id]}
                if handoff.owner_id
                else _("%(who)s waits in the queue now") % {"who": leads[handoff.lead_id]},
                text=reason,
                link=page_of(handoff.lead_id),
            )
            for handoff in taken
            if (previous := before.get(handoff.id))
        ],
        at=at,
        by=by,
    )


def tell_of_withdrawn(
    *, taken: Sequence[Taken], why: str, at: datetime, by: uuid.UUID | None = None
) -> None:
    """Tell the reps whose handoffs were withdrawn."""
    leads = names_of(handoff.lead_id for handoff in taken)
    tell(
        tellings=[
            Telling(
                event_id=named_id("withdrawn", handoff.id),
                user_id=handoff.owner_id,
                kind="handoff.withdrawn",
                subject=_("%(who)s was withdrawn: %(why)s")
                % {"who": leads[handoff.lead_id], "why": why},
                link=page_of(handoff.lead_id),
            )
            for handoff in taken
            if handoff.owner_id
        ],
        at=at,
        by=by,
    )


def _brought(lead: Lead, user_id: uuid.UUID, at: datetime) -> bool:
    """Whether somebody brought the lead in this moment; they know of it already."""
    return lead.known_at == at and lead.brought_by_id == user_id


def _reason(why: str, by: uuid.UUID | None) -> str:
    """Why a handoff changed hands, and who says so."""
    if not why:
        return ""
    name = teams.names([by]).get(by) if by else None
    if name is None:
        return _("Why: %(why)s.") % {"why": why.rstrip(".")}
    return _("%(name)s: “%(why)s”") % {"name": name, "why": why}


def _lead_for_you(
    event_id: uuid.UUID, user_id: uuid.UUID, who: str, handoff: Handoff, reason: str = ""
) -> Telling:
    """Who asks for us is not kept waiting for quiet hours to end."""
    brief = handoff.brief
    words = brief.get("words")
    first = brief.get("first")
    lines = [reason] if reason else []
    lines += [f"“{word}”" for word in words] if isinstance(words, list) else []
    if isinstance(first, dict) and first.get("text"):
        lines.append(str(first["text"]))
    return Telling(
        event_id=event_id,
        user_id=user_id,
        kind="handoff.offered",
        subject=_("A lead for you: %(who)s %(why)s") % {"who": who, "why": brief.get("reason", "")},
        text="\n".join(lines),
        link=INBOX,
        is_urgent=handoff.trigger == Trigger.HAND_RAISE,
    )
