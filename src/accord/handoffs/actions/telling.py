"""Who is told what about handoffs. An event tells each person once, whatever is repeated."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accord.agreement.models import Seat
from accord.base.ids import named_id
from accord.handoffs.actions.escalating import StepTaken
from accord.handoffs.actions.pausing import Resumed
from accord.handoffs.actions.replying import Answered
from accord.handoffs.actions.taking import Taken
from accord.handoffs.models import Answer, ClockKind, Handoff
from accord.handoffs.rules.triggers import Event
from accord.leads.kinds import ASKED_FOR
from accord.leads.models import Lead
from accord.outbox.actions import Telling, tell
from accord.teams import queries as teams
from accord.teams.models import MARKETING_ROLES, User

INBOX = "/handoffs/"
CAME_BACK = "/came-back/"


def tell_of_offers(*, handoffs: Collection[Handoff], at: datetime) -> None:
    """Tell each rep of what they got; of what waits in the queue, the head of sales."""
    if not handoffs:
        return
    leads = _names(handoff.lead_id for handoff in handoffs)
    heads = _heads() if any(handoff.owner_id is None for handoff in handoffs) else []
    tellings = []
    for handoff in handoffs:
        who = leads[handoff.lead_id]
        if handoff.owner_id:
            event = named_id("offered", handoff.id)
            tellings.append(_lead_for_you(event, handoff.owner_id, who, handoff.brief))
            continue
        tellings.extend(
            Telling(
                event_id=named_id("queued", handoff.id),
                user_id=head,
                kind="handoff.queued",
                subject=_("%(who)s waits: nobody is there to take the lead") % {"who": who},
                text=_("It waits in the queue and goes to the first rep who is back."),
                link=INBOX,
            )
            for head in heads
        )
    tell(tellings=tellings, at=at)


def tell_of_assignments(*, taken: Sequence[Taken], at: datetime) -> None:
    """Tell those who got a handoff out of the queue or from a colleague."""
    if not taken:
        return
    briefs = dict(Handoff.objects.filter(id__in=[h.id for h in taken]).values_list("id", "brief"))
    leads = _names(handoff.lead_id for handoff in taken)
    tell(
        tellings=[
            _lead_for_you(
                named_id("assigned", handoff.id, handoff.owner_id, at.isoformat()),
                handoff.owner_id,
                leads[handoff.lead_id],
                briefs[handoff.id],
            )
            for handoff in taken
            if handoff.owner_id
        ],
        at=at,
    )


def tell_of_hand_raises(*, raised: Mapping[uuid.UUID, Event], at: datetime) -> None:
    """Tell the owners of leads (by id) that ask for us again while sales has them."""
    if not raised:
        return
    tell(
        tellings=[
            Telling(
                event_id=named_id("hand raised", raised[lead.id].id),
                user_id=lead.owner_id,
                kind="lead.raised_a_hand",
                subject=_("%(who)s asked again %(what)s")
                % {"who": lead, "what": ASKED_FOR.get(raised[lead.id].asks_for, "")},
                link=_page(lead.id),
            )
            for lead in Lead.objects.filter(id__in=raised).order_by("id")
            if lead.owner_id
        ],
        at=at,
    )


def tell_of_hand_raises_in_vain(*, raised: Mapping[uuid.UUID, Event], at: datetime) -> None:
    """Tell the heads of marketing that somebody who had asked us to stop asks for us."""
    if not raised:
        return
    leads = _names(raised)
    heads = [head.id for head in teams.heads(Seat.MARKETING)]
    tell(
        tellings=[
            Telling(
                event_id=named_id("hand raised", raised[lead_id].id),
                user_id=head,
                kind="lead.raised_a_hand",
                subject=_("%(who)s asked %(what)s, but is not to be contacted")
                % {"who": leads[lead_id], "what": ASKED_FOR.get(raised[lead_id].asks_for, "")},
                text=_(
                    "Nothing was handed over. If they want to hear from us again, say so there."
                ),
                link=_page(lead_id),
            )
            for lead_id in sorted(raised)
            for head in heads
        ],
        at=at,
    )


def tell_of_pass_backs(
    *, taken: Sequence[Taken], labels: Mapping[uuid.UUID, str], at: datetime
) -> None:
    """Tell all of marketing what came back and why; `labels` by handoff."""
    people = _marketing()
    leads = _names(handoff.lead_id for handoff in taken)
    tell(
        tellings=[
            Telling(
                event_id=named_id("passed back", handoff.id, at.isoformat()),
                user_id=person,
                kind="handoff.passed_back",
                subject=_("%(who)s came back: %(reason)s")
                % {"who": leads[handoff.lead_id], "reason": labels[handoff.id]},
                link=CAME_BACK,
            )
            for handoff in taken
            for person in people
        ],
        at=at,
    )


def tell_of_undone(*, taken: Sequence[Taken], at: datetime) -> None:
    """Tell marketing that what came back is with sales again."""
    people = _marketing()
    leads = _names(handoff.lead_id for handoff in taken)
    tell(
        tellings=[
            Telling(
                event_id=named_id("pass-back undone", handoff.id, at.isoformat()),
                user_id=person,
                kind="handoff.pass_back_undone",
                subject=_("%(who)s stays with sales: the pass-back was taken back")
                % {"who": leads[handoff.lead_id]},
                link=_page(handoff.lead_id),
            )
            for handoff in taken
            for person in people
        ],
        at=at,
    )


def tell_of_withdrawn(*, taken: Sequence[Taken], why: str, at: datetime) -> None:
    """Tell the reps whose handoffs were withdrawn."""
    leads = _names(handoff.lead_id for handoff in taken)
    tell(
        tellings=[
            Telling(
                event_id=named_id("withdrawn", handoff.id),
                user_id=handoff.owner_id,
                kind="handoff.withdrawn",
                subject=_("%(who)s was withdrawn: %(why)s")
                % {"who": leads[handoff.lead_id], "why": why},
                link=_page(handoff.lead_id),
            )
            for handoff in taken
            if handoff.owner_id
        ],
        at=at,
    )


def tell_of_resumed(*, resumed: Sequence[Resumed], at: datetime) -> None:
    """Tell the reps whom a lead asked to come back on this date."""
    if not resumed:
        return
    leads = _names(each.lead_id for each in resumed)
    tell(
        tellings=[
            Telling(
                event_id=named_id("resumed", each.handoff_id, each.resumes_at.isoformat()),
                user_id=each.user_id,
                kind="handoff.resumed",
                subject=_("%(who)s asked to hear from you now") % {"who": leads[each.lead_id]},
                link=INBOX,
            )
            for each in resumed
        ],
        at=at,
    )


def tell_of_missed(*, steps: Sequence[StepTaken], at: datetime) -> None:
    """Tell the rep, or the heads of sales, as each step says, what is past due."""
    _tell_of_unanswered([each for each in steps if each.clock.user_id is None], at)
    of_reps = {each: each.clock.user_id for each in steps if each.clock.user_id}
    if not of_reps:
        return
    leads = _names(each.clock.lead_id for each in of_reps)
    reps = teams.names(of_reps.values())
    heads = _heads()
    tell(
        tellings=[
            Telling(
                event_id=named_id("missed", each.clock.id, each.step),
                user_id=user_id,
                kind="clock.missed",
                subject=_("%(who)s waits: past due is “%(promise)s” (%(rep)s)")
                % {
                    "who": leads[each.clock.lead_id],
                    "promise": ClockKind(each.clock.kind).label,
                    "rep": reps.get(rep, ""),
                },
                text=_("Already in touch? Log the call or the mail, and the clock stops."),
                link=_page(each.clock.lead_id),
            )
            for each, rep in of_reps.items()
            if each.step in ("tell_rep", "tell_head")
            for user_id in (heads if each.step == "tell_head" else [rep])
        ],
        at=at,
    )


def _tell_of_unanswered(steps: Sequence[StepTaken], at: datetime) -> None:
    """Tell all of marketing, or its heads, as each step says, what sales waits to hear of."""
    if not steps:
        return
    leads = _names(each.clock.lead_id for each in steps)
    told = {"tell_rep": _marketing(), "tell_head": [h.id for h in teams.heads(Seat.MARKETING)]}
    tell(
        tellings=[
            Telling(
                event_id=named_id("missed", each.clock.id, each.step),
                user_id=user_id,
                kind="clock.missed",
                subject=_("%(who)s came back, and sales still waits for an answer")
                % {"who": leads[each.clock.lead_id]},
                text=_("Agree, mend it and hand it over again, or say what speaks against it."),
                link=CAME_BACK,
            )
            for each in steps
            for user_id in told.get(each.step, ())
        ],
        at=at,
    )


def tell_of_answers(
    *, answered: Sequence[Answered], answer: Answer, note: str, at: datetime
) -> None:
    """Tell the reps who passed leads back what marketing says."""
    leads = _names(each.lead_id for each in answered)
    tell(
        tellings=[
            Telling(
                event_id=named_id("pass-back answered", each.id),
                user_id=each.passed_back_by_id,
                kind="pass_back.answered",
                subject=_("Marketing on %(who)s: %(answer)s")
                % {"who": leads[each.lead_id], "answer": answer.label},
                text=note,
                link=_page(each.lead_id),
            )
            for each in answered
        ],
        at=at,
    )


def tell_of_taken_away(
    *, taken: Sequence[Taken], before: Mapping[uuid.UUID, uuid.UUID | None], at: datetime
) -> None:
    """Tell those who had a handoff (by id) before it went to somebody else."""
    leads = _names(handoff.lead_id for handoff in taken)
    reps = teams.names(handoff.owner_id for handoff in taken)
    tell(
        tellings=[
            Telling(
                event_id=named_id("taken away", handoff.id, at.isoformat()),
                user_id=previous,
                kind="handoff.reassigned",
                subject=_("%(who)s is with %(rep)s now")
                % {"who": leads[handoff.lead_id], "rep": reps[handoff.owner_id]},
                link=_page(handoff.lead_id),
            )
            for handoff in taken
            if (previous := before.get(handoff.id)) and handoff.owner_id
        ],
        at=at,
    )


def _lead_for_you(
    event_id: uuid.UUID, user_id: uuid.UUID, who: str, brief: Mapping[str, object]
) -> Telling:
    words = brief.get("words")
    first = brief.get("first")
    lines = [f"“{word}”" for word in words] if isinstance(words, list) else []
    if isinstance(first, dict) and first.get("text"):
        lines.append(str(first["text"]))
    return Telling(
        event_id=event_id,
        user_id=user_id,
        kind="handoff.offered",
        subject=_("A lead for you: %(who)s %(why)s") % {"who": who, "why": brief.get("reason", "")},
        text="\n".join(lines),
        link=INBOX,
    )


def _names(leads: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = Lead.objects.filter(id__in=set(leads)).only("id", "name", "email", "phone")
    return {lead.id: str(lead) for lead in rows}


def _heads() -> list[uuid.UUID]:
    return [head.id for head in teams.heads(Seat.SALES)]


def _marketing() -> list[uuid.UUID]:
    people = User.objects.filter(is_active=True, roles__overlap=sorted(MARKETING_ROLES))
    return list(people.order_by("id").values_list("id", flat=True))


def _page(lead_id: uuid.UUID) -> str:
    return f"/leads/{lead_id}/"
