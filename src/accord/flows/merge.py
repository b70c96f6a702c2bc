"""Two leads are one person: one goes into the other, and can be taken out again for 30 days."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Invalid, Missing
from accord.base.lifecycle import LADDER, Cause, Side, Stage
from accord.flows.evaluate import evaluate
from accord.flows.follow_up import withdraw
from accord.handoffs.models import Handoff
from accord.leads import actions
from accord.leads.actions import Entering
from accord.leads.actions.holding import hold_leads
from accord.leads.actions.merging import Merging, carriers, merge_leads, part_leads
from accord.leads.actions.suspecting import answer_suspect
from accord.leads.models import Activity, Answer, Lead, LeadValue, Merge
from accord.leads.queries.custom import values_of
from accord.leads.rules import CHANGEABLE, NewActivity

UNDO_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Preview:
    """What a merge would do: facts that fill gaps, facts that differ, rows that move.

    `differ` gives the winner's value, which stays, and the loser's, which is not used.
    """

    winner: Lead
    loser: Lead
    fills: Mapping[str, Any]
    differ: Mapping[str, tuple[Any, Any]]
    moves: Mapping[str, int]
    both_open: bool


def preview(*, winner: uuid.UUID, loser: uuid.UUID) -> Preview:
    """What merging would do. Raises Missing or Conflict when it could not be done."""
    one, other = _both(winner, loser)
    ours, theirs = _known(one), _known(other)
    known = {name: (ours.get(name), theirs.get(name)) for name in {**ours, **theirs}}
    counts = {
        model._meta.label: model._default_manager.filter(lead_id=loser).count()
        for model in carriers()
    }
    return Preview(
        winner=one,
        loser=other,
        fills={name: value for name, value in theirs.items() if name not in ours},
        differ={name: pair for name, pair in known.items() if all(pair) and pair[0] != pair[1]},
        moves={label: number for label, number in counts.items() if number},
        both_open=len(_open_handoffs([winner, loser])) == 2,
    )


def merge(*, winner: uuid.UUID, loser: uuid.UUID, by: uuid.UUID | None, at: datetime) -> Merge:
    """Merge `loser` into `winner`, whose values stay and whose gaps are filled.

    All that happened with the loser moves; its address leads to the winner. Where both have an
    open handoff, the loser's is withdrawn. Raises Missing, or Conflict when one of them was
    merged meanwhile or both are on one deal.
    """
    with transaction.atomic():
        if hold_leads(leads={winner, loser}) != {winner, loser} or winner == loser:
            _both(winner, loser)
            raise Conflict(_("A lead cannot be merged with itself."))
        opened = _open_handoffs([winner, loser])
        if len(opened) == 2:
            why = _("The lead was merged with one that is with sales already")
            withdraw(handoffs=[opened[loser].id], why=why, by=by, at=at)
            del opened[loser]
        one, other = _both(winner, loser)
        facts = _known(other)
        goes_on = loser in opened  # with sales: whoever has it has the winner now
        owner = opened[loser].owner_id if goes_on else one.owner_id or other.owner_id
        merging = Merging(
            other, one, owner_id=owner, status=other.status if goes_on else one.status
        )
        _give_owner(merging, by, at)
        merge_leads(merging=[merging], by=by, at=at)
        _fill(one.id, facts, by, at)
        _advance(one, other, by, at)
        actions.record_activities(rows=[(one.id, _merged("lead.merged", other, by, at))], at=at)
        answer_suspect(pair=(winner, loser), answer=Answer.MERGED, at=at)
        evaluate(leads=[winner], at=at)
    return Merge.objects.get(lead_id=loser, undone_at=None)


def undo_merge(*, merge: uuid.UUID, by: uuid.UUID | None, at: datetime) -> Merge:
    """Part two leads again: each has what it had, and the winner keeps what came since.

    Raises Missing, Conflict when it was undone or the winner was merged further, Invalid after
    30 days or when sales went on with what had come from the loser.
    """
    with transaction.atomic():
        found = Merge.objects.filter(id=merge).first()
        if found is None:
            raise Missing(_("There is no such merge."))
        if found.undone_at or not hold_leads(leads={found.winner_id}):
            raise Conflict(_("It was undone already, or the lead was merged further since."))
        if at - found.merged_at > UNDO_FOR:
            raise Invalid(_("A merge can be undone for 30 days; this one is older."))
        _check_untouched(found)
        part_leads(merge=found, at=at)
        actions.take_back(leads=[found.winner_id], moments=[found.merged_at])
        loser = Lead.objects.get(id=found.lead_id)
        actions.record_activities(
            rows=[(found.winner_id, _merged("lead.parted", loser, by, at))], at=at
        )
        answer_suspect(pair=(found.winner_id, loser.id), answer=Answer.DIFFERENT, at=at)
        evaluate(leads=[found.winner_id, loser.id], at=at)
    return found


def leave_apart(*, one: uuid.UUID, other: uuid.UUID, at: datetime) -> None:
    """They are two people: nobody is asked again."""
    answer_suspect(pair=(one, other), answer=Answer.DIFFERENT, at=at)


def _known(lead: Lead) -> dict[str, Any]:
    """What is known of a lead, by the keys of its facts."""
    own = values_of(LeadValue, "lead_id", [lead.id]).get(lead.id, {})
    return {name: value for name in CHANGEABLE if (value := getattr(lead, name))} | own


def _both(winner: uuid.UUID, loser: uuid.UUID) -> tuple[Lead, Lead]:
    leads = Lead.objects.select_related("company", "owner").in_bulk([winner, loser])
    if winner not in leads or loser not in leads:
        raise Missing(_("There is no such lead; look it up again."))
    if leads[winner].merged_into_id or leads[loser].merged_into_id:
        raise Conflict(_("One of these leads was merged meanwhile; look at it again."))
    return leads[winner], leads[loser]


def _open_handoffs(leads: Sequence[uuid.UUID]) -> dict[uuid.UUID, Handoff]:
    rows = Handoff.objects.filter(lead_id__in=leads, disposed_at__isnull=True)
    return {handoff.lead_id: handoff for handoff in rows}


def _give_owner(merging: Merging, by: uuid.UUID | None, at: datetime) -> None:
    winner = merging.winner
    if merging.owner_id and merging.owner_id != winner.owner_id:
        why = _("Merged with a lead of theirs")
        actions.assign_owners(owners={winner.id: merging.owner_id}, why=why, by=by, at=at)


def _fill(winner: uuid.UUID, facts: Mapping[str, Any], by: uuid.UUID | None, at: datetime) -> None:
    if facts:
        actions.change_facts(
            changes={winner: facts}, by=by, side=Side.ACCORD, at=at, only_gaps=True
        )


def _advance(winner: Lead, loser: Lead, by: uuid.UUID | None, at: datetime) -> None:
    """The winner comes as far as the loser had come; a detour of either is no step back."""
    reached = Stage(loser.stage)
    if reached not in LADDER:
        return
    now = Stage(winner.stage)
    if now in LADDER and LADDER.index(now) >= LADDER.index(reached):
        return
    actions.enter_stages(
        entries=[Entering(winner.id, reached, Cause.CORRECTION, why=_("Merged"))], by=by, at=at
    )


def _merged(kind: str, loser: Lead, by: uuid.UUID | None, at: datetime) -> NewActivity:
    return NewActivity(
        kind=kind, side=Side.ACCORD, happened_at=at, by_id=by, detail={"lead": str(loser)[:200]}
    )


def _check_untouched(found: Merge) -> None:
    """What came from the loser and was gone on with cannot be parted from what came of it."""
    since = Activity.objects.filter(lead_id=found.winner_id, known_at__gt=found.merged_at)
    handoffs = found.moved.get("handoffs_handoff", [])
    deals = found.moved.get("deals_deal", [])
    if (handoffs and since.filter(handoff_id__in=handoffs).exists()) or (
        deals and since.filter(kind__startswith="deal.").exists()
    ):
        raise Invalid(
            _("Sales went on with what came from the other lead, so they cannot be parted.")
        )
