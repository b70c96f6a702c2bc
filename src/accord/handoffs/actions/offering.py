"""Offering handoffs. However often it is tried, one an episode and one open a lead."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accord.agreement.queries import terms_of
from accord.base.ids import named_id
from accord.base.lifecycle import Side
from accord.base.rows import recordset
from accord.handoffs.actions.assigning import as_routed, assign
from accord.handoffs.actions.briefs import write_briefs
from accord.handoffs.actions.finding import find_owners, queue
from accord.handoffs.actions.taking import RETURNING, Taken, take
from accord.handoffs.models import Handoff, Trigger
from accord.leads.actions import record_activities
from accord.leads.actions.holding import hold_leads
from accord.leads.rules import NewActivity
from accord.qualification.queries import first_met
from accord.teams.models import User

_OFFER = f"""
INSERT INTO handoffs_handoff AS handoff
    (id, lead_id, episode_id, trigger, segment, state, agreement_version, round, ready_at,
     offered_at, offered_by_id, brief)
SELECT new.id, new.lead_id, new.episode_id, new.trigger, new.segment, 'offered', %(version)s,
       new.round, new.ready_at, %(at)s, %(by)s, '{{}}'
FROM json_to_recordset(%(rows)s::json)
     AS new(id uuid, lead_id uuid, episode_id uuid, trigger text, segment text, round int,
            ready_at timestamptz)
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
    *, offerings: Sequence[Offering], version: int, by: uuid.UUID | None, at: datetime
) -> list[Handoff]:
    """Offer leads to sales under a version of the agreement; the handoffs that are new.

    Each goes where the rules send it, or waits in the queue without an owner.
    """
    with transaction.atomic(savepoint=False):
        there = hold_leads(leads={offering.lead_id for offering in offerings})
        wanted = {o.lead_id: o for o in offerings if o.lead_id in there}
        new = _insert(list(wanted.values()), version, by, at) if wanted else []
        if not new:
            return []
        routed = find_owners({handoff.id: handoff.lead_id for handoff in new}, at)
        write_briefs(new, wanted)
        _record(new, wanted, {r.handoff_id: r.user_id for r in routed if r.user_id}, by, at)
        queue(routed, at=at)
        assign(
            assignings=as_routed(routed),
            why=_("handed over by marketing"),
            by=by,
            at=at,
        )
        return list(Handoff.objects.filter(id__in=[h.id for h in new]).order_by("lead_id"))


def _insert(
    offerings: Sequence[Offering], version: int, by: uuid.UUID | None, at: datetime
) -> list[Taken]:
    of_its_own = terms_of(version).sales.first_attempt_of
    segments = first_met([*of_its_own], leads=[o.lead_id for o in offerings])
    rows = recordset(
        ("id", "lead_id", "episode_id", "trigger", "segment", "round", "ready_at"),
        (
            (
                named_id("handoff", o.lead_id, o.episode_id),
                o.lead_id,
                o.episode_id,
                o.trigger.value,
                segments.get(o.lead_id, ""),
                o.round,
                o.ready_at,
            )
            for o in sorted(offerings, key=lambda o: o.lead_id)
        ),
    )
    return take(_OFFER, {"rows": rows, "version": version, "by": by, "at": at})


def _record(
    new: Sequence[Taken],
    wanted: Mapping[uuid.UUID, Offering],
    owners: Mapping[uuid.UUID, uuid.UUID],
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    names = dict(User.objects.filter(id__in=set(owners.values())).values_list("id", "name"))
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
                        "owner": names.get(owners[handoff.id]) if handoff.id in owners else None,
                        "asks_for": wanted[handoff.lead_id].asks_for or None,
                    },
                ),
            )
            for handoff in new
        ],
        at=at,
    )
