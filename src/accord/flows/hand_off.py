"""Step 6, hand off: find what is ready, send it to a rep with a brief, start the clocks.

A handoff is triggered by becoming sales-ready, by raising a hand, by a rep who brings a lead,
or by marketing by hand with a reason.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.queries import running
from accord.agreement.terms import Terms
from accord.base.errors import Conflict, Invalid
from accord.base.ids import named_id
from accord.base.lifecycle import Cause, LeadStatus, Stage
from accord.flows.moving import enter_stages
from accord.handoffs import actions, queries
from accord.handoffs.actions import Offering
from accord.handoffs.actions.telling import (
    tell_of_hand_raises,
    tell_of_hand_raises_in_vain,
    tell_of_offers,
)
from accord.handoffs.models import Handoff, Trigger
from accord.handoffs.rules.triggers import (
    Case,
    Event,
    Triggered,
    hand_raise_for_owner,
    hand_raise_in_vain,
    triggered,
)
from accord.leads.actions import Entering, set_statuses
from accord.teams.queries import workspace

_WITH_SALES = frozenset({Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.CUSTOMER})


def hand_off(
    *,
    leads: Collection[uuid.UUID],
    at: datetime,
    most: int | None = None,
    new: Collection[uuid.UUID] = (),
) -> list[Handoff]:
    """Hand over those of the leads that call for it, so many at `most`; the handoffs that are new.

    Whoever has a lead is told when it raises a hand again. `new` names those without a past.
    """
    if not leads:
        return []
    terms = running()
    here = workspace()
    zone = here.time_zone if here else "UTC"
    with transaction.atomic(savepoint=False):
        found = queries.cases_of(leads=leads, new=new, terms=terms, at=at)
        cases = {case.lead_id: case for case in found}
        calls = [
            call
            for case in cases.values()
            if (call := triggered(case, max_rounds=terms.max_rounds, time_zone=zone))
        ]
        if most is not None:
            order = {lead_id: place for place, lead_id in enumerate(leads)}
            calls = sorted(calls, key=lambda call: order[call.lead_id])[:most]
        _enter_again(calls, terms, at)
        offerings = [_offering(call, cases[call.lead_id]) for call in calls]
        handoffs = _offer(offerings, terms, by=None, at=at, new=new)
        _tell_of_raised(cases, {handoff.lead_id for handoff in handoffs}, at)
    return handoffs


def offer(
    *, leads: Collection[uuid.UUID], by: uuid.UUID, why: str, at: datetime, nonce: str = ""
) -> list[Handoff]:
    """Hand leads over by hand, with a reason; the handoffs that are new.

    A repeated `nonce` offers nothing twice. Raises Invalid without a reason, and Conflict when
    none of the leads can be offered.
    """
    if not why.strip():
        raise Invalid(_("Say in a few words why sales should call now."), field="why")
    terms = running()
    with transaction.atomic():
        cases = queries.cases_of(leads=leads, terms=terms, at=at)
        free = [case for case in cases if _cannot_be_offered(case) is None]
        handoffs = _offer(
            [
                Offering(
                    lead_id=case.lead_id,
                    episode_id=named_id("by hand", case.lead_id, nonce or at.isoformat()),
                    trigger=Trigger.MANUAL,
                    ready_at=at,
                    round=case.rounds + 1,
                    why=why.strip(),
                )
                for case in free
            ],
            terms,
            by=by,
            at=at,
        )
        if not handoffs and not free:
            raise Conflict(_none_can(cases))
    return handoffs


def not_offered(*, leads: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, str]:
    """Why leads cannot be offered by hand, in a sentence; those that can are left out."""
    cases = {case.lead_id: case for case in queries.cases_of(leads=leads, terms=running(), at=at)}
    found = {id: _cannot_be_offered(cases[id]) if id in cases else _gone() for id in leads}
    return {id: why for id, why in found.items() if why}


def _offering(call: Triggered, case: Case) -> Offering:
    return Offering(
        lead_id=call.lead_id,
        episode_id=call.episode_id,
        trigger=Trigger(call.trigger),
        ready_at=call.ready_at,
        round=case.rounds + 1,
        asks_for=call.asks_for,
    )


def _offer(
    offerings: Sequence[Offering],
    terms: Terms,
    *,
    by: uuid.UUID | None,
    at: datetime,
    new: Collection[uuid.UUID] = (),
) -> list[Handoff]:
    handoffs = actions.offer(offerings=offerings, terms=terms, by=by, at=at, new=new)
    set_statuses(statuses={handoff.lead_id: LeadStatus.NEW for handoff in handoffs})
    tell_of_offers(handoffs=handoffs, by=by, at=at)
    return handoffs


def _enter_again(calls: Sequence[Triggered], terms: Terms, at: datetime) -> None:
    """What comes back out of nurture is marketing-qualified again."""
    enter_stages(
        entries=[
            Entering(
                lead_id=call.lead_id,
                stage=Stage.MQL,
                cause=Cause.EVALUATION,
                why=_("Ready again after a new event"),
                agreement_version=terms.number,
            )
            for call in calls
            if call.enters_mql
        ],
        by=None,
        at=at,
    )


def _tell_of_raised(
    cases: Mapping[uuid.UUID, Case], handed_over: Collection[uuid.UUID], at: datetime
) -> None:
    """A hand-raise that makes no handoff is heard by somebody, too."""
    raised: dict[uuid.UUID, Event] = {}
    in_vain: dict[uuid.UUID, Event] = {}
    for lead_id, case in cases.items():
        if lead_id in handed_over:
            continue
        if event := hand_raise_for_owner(case):
            raised[lead_id] = event
        elif event := hand_raise_in_vain(case):
            in_vain[lead_id] = event
    tell_of_hand_raises(raised=raised, at=at)
    tell_of_hand_raises_in_vain(raised=in_vain, at=at)


def _cannot_be_offered(case: Case) -> str | None:
    """Why a lead cannot be offered by hand; None when it can."""
    if case.has_open_handoff:
        return _("This lead is with sales already; its handoff is open.")
    if case.do_not_contact:
        return _("They asked us to stop; this lead is not handed over.")
    if case.stage in _WITH_SALES:
        return _("Sales works on this lead already.")
    if not case.is_reachable:
        return _("Nobody could reach them: there is neither an e-mail address nor a phone number.")
    return None


def _none_can(cases: Sequence[Case]) -> str:
    for case in cases:
        if reason := _cannot_be_offered(case):
            return reason
    return _gone()


def _gone() -> str:
    return _("There is no such lead.")
