"""Step 7, follow up: the rep answers, tries to reach the lead, and qualifies it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.queries import terms_by_number
from accord.base.errors import Invalid
from accord.base.lifecycle import Cause, LeadStatus, Side, Stage
from accord.flows.evaluate import evaluate
from accord.flows.moving import enter_stages
from accord.handoffs import actions
from accord.handoffs.actions import Attempt, AttemptOutcome, Plan, Taken
from accord.handoffs.actions.telling import (
    tell_of_accepted,
    tell_of_assignments,
    tell_of_taken_away,
    tell_of_withdrawn,
)
from accord.handoffs.models import Handoff, HandoffState
from accord.handoffs.rules.triggers import start_of
from accord.leads.actions import Entering, assign_owners, set_statuses
from accord.leads.models import Lead
from accord.qualification.models import Outcome
from accord.qualification.queries import verdicts_of
from accord.teams.queries import workspace


def accept(*, handoffs: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Accept handoffs, all or none: the leads become sales-accepted; who offered them is told.

    Raises Conflict with who was faster, or whose it is.
    """
    with transaction.atomic():
        taken = actions.accept(handoffs=sorted(handoffs), by=by, at=at)
        tell_of_accepted(taken=taken, by=by, at=at)
        _enter(Stage.SAL, taken, _("Accepted by sales"), by, at)
    return taken


def claim(*, handoffs: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Take handoffs out of the queue, all or none. Raises Conflict with who was faster."""
    return actions.claim(handoffs=sorted(handoffs), by=by, at=at)


def log_attempts(
    *,
    attempts: Sequence[Attempt],
    by: uuid.UUID,
    at: datetime,
    until: Mapping[uuid.UUID, date] | None = None,
) -> list[Taken]:
    """Log attempts to reach leads, one a lead; the open handoffs they belong to.

    A conversation of the owner also accepts, and ends the rest the prospect had asked for;
    anything else stops only the first attempt's clock.
    `until` has the days, by handoff, that prospects asked for: their clocks rest, see `pause`.
    Raises Invalid for a channel or an outcome that does not exist.
    """
    talked = {a.lead_id for a in attempts if a.outcome == AttemptOutcome.CONNECTED}
    with transaction.atomic():
        taken = actions.log_attempts(attempts=attempts, by=by, at=at)
        actions.wake(talked=[each for each in taken if each.lead_id in talked], at=at)
        answered = [
            handoff.id
            for handoff in taken
            if handoff.lead_id in talked
            and handoff.state == HandoffState.OFFERED
            and handoff.owner_id in (None, by)
        ]
        if answered:
            accept(handoffs=answered, by=by, at=at)
        set_statuses(
            statuses={
                attempt.lead_id: LeadStatus.CONNECTED
                if attempt.lead_id in talked
                else LeadStatus.ATTEMPTING
                for attempt in attempts
            }
        )
        evaluate(leads=sorted({attempt.lead_id for attempt in attempts}), at=at)
        if until:
            pause(until=until, by=by, at=at)
    return taken


def qualify(
    *, handoffs: Collection[uuid.UUID], by: uuid.UUID, at: datetime, note: str = ""
) -> list[Taken]:
    """Confirm that there is a real chance: the leads become sales-qualified, all or none.

    What was only offered is accepted with it. Where the checklist of the agreement is not met
    in full, a note says why. Raises Invalid without one.
    """
    with transaction.atomic():
        _check_list(handoffs, note)
        accept_offered(handoffs=handoffs, by=by, at=at)
        return note_qualified(handoffs=handoffs, by=by, at=at, note=note)


def note_qualified(
    *, handoffs: Collection[uuid.UUID], by: uuid.UUID, at: datetime, note: str
) -> list[Taken]:
    """As `qualify`, of accepted handoffs, whatever the checklist says."""
    with transaction.atomic():
        taken = actions.qualify(handoffs=sorted(handoffs), by=by, at=at, note=note.strip())
        _enter(Stage.SQL, taken, _("Qualified by sales"), by, at)
        set_statuses(statuses={handoff.lead_id: LeadStatus.CONNECTED for handoff in taken})
    return taken


def accept_offered(*, handoffs: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> None:
    """Accept those of the handoffs that are still only offered."""
    offered = Handoff.objects.filter(id__in=handoffs, state=HandoffState.OFFERED)
    if ids := list(offered.values_list("id", flat=True)):
        accept(handoffs=ids, by=by, at=at)


def withdraw(
    *, handoffs: Collection[uuid.UUID], why: str, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    """Take open handoffs back because they should not be; the ones that were open.

    A lead that was not accepted yet is marketing's again and has no owner.
    """
    with transaction.atomic():
        taken = actions.withdraw(handoffs=sorted(handoffs), why=why, by=by, at=at)
        unanswered = [handoff.lead_id for handoff in taken if handoff.accepted_at is None]
        give_up(unanswered, why=why, by=by, at=at)
        tell_of_withdrawn(taken=taken, why=why, by=by, at=at)
    return taken


def pause(
    *, until: Mapping[uuid.UUID, date], by: uuid.UUID, at: datetime, note: str = ""
) -> list[Taken]:
    """Let the clocks of handoffs (by id) rest until the days that the prospects asked for.

    To be in touch by the end of that day is the next step, and promised to the prospect.
    Raises Invalid for a day that has begun, Conflict when a handoff is not open.
    """
    here = workspace()
    zone = here.time_zone if here else "UTC"
    begins = {id: start_of(day, zone) for id, day in until.items()}
    with transaction.atomic():
        taken = actions.pause(until=begins, note=note, by=by, at=at)
        actions.plan_promised(asked={h: begins[h.id] for h in taken}, by=by, at=at)
        set_statuses(statuses={handoff.lead_id: LeadStatus.WAITING for handoff in taken})
    return taken


def plan(*, plans: Mapping[uuid.UUID, Plan], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Plan what is done next about open handoffs (by id), in place of what was planned before.

    Raises Invalid for a moment that has passed, Conflict when a handoff is not open.
    """
    return actions.plan_next_steps(plans=plans, by=by, at=at)


def put_aside(*, until: Mapping[uuid.UUID, datetime], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Let open handoffs (by id) rest until these moments, each before something is due.

    The clocks run on. Raises Invalid where something is due by then, Conflict when a handoff is
    not open.
    """
    return actions.put_aside(until=until, by=by, at=at)


def bring_back(*, handoffs: Collection[uuid.UUID], by: uuid.UUID, at: datetime) -> list[Taken]:
    """Take handoffs up again that were put aside."""
    return actions.bring_back(handoffs=handoffs, by=by, at=at)


def reassign(
    *, owners: Mapping[uuid.UUID, uuid.UUID], why: str, by: uuid.UUID, at: datetime
) -> list[Taken]:
    """Give open handoffs (by id) to other people; both sides are told. All or none."""
    with transaction.atomic():
        before = dict(Handoff.objects.filter(id__in=owners).values_list("id", "owner_id"))
        taken = actions.reassign(owners=owners, why=why, by=by, at=at)
        tell_of_assignments(taken=taken, why=why, by=by, at=at)
        tell_of_taken_away(taken=taken, before=before, why=why, by=by, at=at)
    return taken


def give_up(leads: Collection[uuid.UUID], *, why: str, by: uuid.UUID | None, at: datetime) -> None:
    """Leads have no owner any more, save those that a rep brought."""
    brought = set(
        Lead.objects.filter(id__in=leads, brought_by__isnull=False).values_list("id", flat=True)
    )
    assign_owners(owners=dict.fromkeys(set(leads) - brought), why=why, by=by, at=at)


def _check_list(handoffs: Collection[uuid.UUID], note: str) -> None:
    """Raise Invalid when something on the agreement's checklist is open and nothing is said."""
    if note.strip():
        return
    rows = Handoff.objects.filter(id__in=handoffs).values_list("lead_id", "agreement_version")
    versions = dict(rows)
    terms = terms_by_number(set(versions.values()))
    verdicts = verdicts_of(list(versions))
    for lead_id, number in sorted(versions.items()):
        checklist = terms[number].definitions[terms[number].checklist]
        verdict = verdicts[lead_id].get(checklist.key)
        if verdict is None or verdict.outcome != Outcome.MET:
            raise Invalid(
                _("Not all of “%(title)s” is known to be met; say in a note why it is a chance.")
                % {"title": checklist.title},
                field="note",
            )


def _enter(stage: Stage, taken: Sequence[Taken], why: str, by: uuid.UUID, at: datetime) -> None:
    enter_stages(
        entries=[
            Entering(
                lead_id=handoff.lead_id,
                stage=stage,
                cause=Cause.ACT,
                why=why,
                agreement_version=handoff.agreement_version,
            )
            for handoff in taken
        ],
        by=by,
        at=at,
        side=Side.SALES,
    )
