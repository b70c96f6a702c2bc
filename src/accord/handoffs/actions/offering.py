"""Offering handoffs. However often it is tried, one an episode and one open a lead."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.terms import Terms
from accord.base.ids import named_id
from accord.base.lifecycle import Side
from accord.base.rows import recordset
from accord.handoffs.actions.assigning import as_routed, assign_new
from accord.handoffs.actions.briefs import briefs_of
from accord.handoffs.actions.finding import find_owners, queue
from accord.handoffs.actions.taking import RETURNING, Taken, take
from accord.handoffs.models import Handoff, Trigger
from accord.leads.actions import record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity
from accord.qualification.queries import first_met

_OFFER = f"""
INSERT INTO handoffs_handoff AS handoff
    (id, lead_id, episode_id, trigger, segment, state, agreement_version, round, ready_at,
     offered_at, offered_by_id, brief)
SELECT new.id, new.lead_id, new.episode_id, new.trigger, new.segment, 'offered', %(version)s,
       new.round, new.ready_at, %(at)s, %(by)s, new.brief
FROM json_to_recordset(%(rows)s::json)
     AS new(id uuid, lead_id uuid, episode_id uuid, trigger text, segment text, round int,
            ready_at timestamptz, brief jsonb)
ON CONFLICT DO NOTHING
{RETURNING}
"""


@dataclass(frozen=True)
class Offering:
    """A lead is to be handed over. `why` is a marketer's reason; `asks_for` a hand-raise's."""

    lead_id: uuid.UUID
    episode_id: uuid.UUID
    trigger: Trigger
    ready_at: datetime
    round: int = 1
    why: str = ""
    asks_for: str = ""


def offer(
    *,
    offerings: Sequence[Offering],
    terms: Terms,
    by: uuid.UUID | None,
    at: datetime,
    new: Collection[uuid.UUID] = (),
) -> list[Handoff]:
    """Offer leads to sales under these terms; the handoffs that are new.

    Each goes where the rules send it, or waits in the queue without an owner. `new` names leads
    that this transaction made, so that nobody else can have them.
    """
    with transaction.atomic(savepoint=False):
        leads = {offering.lead_id for offering in offerings}
        there = leads.intersection(new) | hold_leads(leads=leads.difference(new))
        wanted = {o.lead_id: o for o in offerings if o.lead_id in there}
        made = _insert(wanted, terms, by, at) if wanted else []
        if not made:
            return []
        routed = find_owners({handoff.id: handoff.lead_id for handoff in made}, at)
        _record(made, wanted, {r.handoff_id: r.user_name for r in routed}, by, at)
        queue(routed, at=at)
        assign_new(
            assignings=as_routed(routed),
            terms=terms,
            why=_("handed over by marketing"),
            by=by,
            at=at,
        )
        return list(Handoff.objects.filter(id__in=[h.id for h in made]).order_by("lead_id"))


def _insert(
    offered: Mapping[uuid.UUID, Offering], terms: Terms, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    segments = first_met([*terms.sales.first_attempt_of], leads=list(offered))
    briefs = briefs_of(offered, terms, at)
    rows = recordset(
        ("id", "lead_id", "episode_id", "trigger", "segment", "round", "ready_at", "brief"),
        (
            (
                named_id("handoff", lead_id, o.episode_id),
                lead_id,
                o.episode_id,
                o.trigger.value,
                segments.get(lead_id, ""),
                o.round,
                o.ready_at,
                briefs[lead_id],
            )
            for lead_id, o in sorted(offered.items())
        ),
    )
    return take(_OFFER, {"rows": rows, "version": terms.number, "by": by, "at": at})


def _record(
    new: Sequence[Taken],
    wanted: Mapping[uuid.UUID, Offering],
    owners: Mapping[uuid.UUID, str],
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    record_activities(
        rows=[
            (
                handoff.lead_id,
                NewActivity(
                    kind="handoff.offered",
                    side=Side.MARKETING,
                    happened_at=at,
                    by_id=by,
                    handoff_id=handoff.id,
                    outcome=handoff.trigger,
                    text=wanted[handoff.lead_id].why or None,
                    detail={
                        "owner": owners.get(handoff.id) or None,
                        "asks_for": wanted[handoff.lead_id].asks_for or None,
                    },
                ),
            )
            for handoff in new
        ],
        at=at,
    )
