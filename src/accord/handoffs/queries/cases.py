"""What is known of leads at the moment it is decided whether to hand them over."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from accord.agreement.terms import Terms
from accord.deals.models import Deal, DealState
from accord.handoffs.models import Handoff, PassBack
from accord.handoffs.rules.triggers import Case, Event, Return
from accord.leads.kinds import new_event_kinds
from accord.leads.models import Activity, Lead
from accord.qualification.models import Outcome, Verdict

_LEAD = ("id", "stage", "known_at", "email", "phone", "do_not_contact", "brought_by_id")


def cases_of(
    *,
    leads: Collection[uuid.UUID],
    terms: Terms,
    at: datetime,
    new: Collection[uuid.UUID] = (),
) -> list[Case]:
    """The cases of leads, sorted. Eight queries, whatever the number of leads.

    A hand-raise counts when it became known at `at`, so that history starts nothing. Those that
    are `new` were never with sales: three queries when all are.
    """
    rows = list(
        Lead.objects.filter(id__in=leads, merged_into_id=None).order_by("id").values(*_LEAD)
    )
    ids = [row["id"] for row in rows]
    known = [id for id in ids if id not in new]
    handed = _handed(known)
    ready = _ready(ids, terms.gate)
    raised = _newest(
        Activity.objects.filter(lead_id__in=ids, known_at=at, outcome__in=sorted(terms.hand_raises))
    )
    returns = last_returns(known)
    events = _newest(Activity.objects.filter(lead_id__in=list(returns)))
    rounds = rounds_of(known)
    return [
        Case(
            lead_id=row["id"],
            stage=row["stage"],
            known_at=row["known_at"],
            is_reachable=bool(row["email"] or row["phone"]),
            do_not_contact=row["do_not_contact"],
            brought_by=row["brought_by_id"],
            **handed.get(row["id"], {}),
            **ready.get(row["id"], {}),
            hand_raise=raised.get(row["id"]),
            last_event=events.get(row["id"]),
            last_return=returns.get(row["id"]),
            rounds=rounds.get(row["id"], 0),
        )
        for row in rows
    ]


def rounds_of(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How often each lead was passed back; what was taken back does not count."""
    backs = PassBack.objects.filter(lead_id__in=leads, undone_at__isnull=True)
    return dict(backs.values_list("lead_id").annotate(number=Count("id")))


def last_returns(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, Return]:
    """When each lead last left sales, by a pass-back or a lost deal, and when it may return."""
    backs = PassBack.objects.filter(lead_id__in=leads, undone_at__isnull=True)
    lost = Deal.objects.filter(lead_id__in=leads, state=DealState.LOST)
    rows = [
        *backs.values_list("lead_id", "passed_back_at", "re_enter_on"),
        *lost.values_list("lead_id", "closed_at", "re_enter_on"),
    ]
    returns: dict[uuid.UUID, Return] = {}
    for lead_id, moment, day in rows:
        known = returns.get(lead_id)
        if moment and (known is None or known.at < moment):
            returns[lead_id] = Return(moment, day)
    return returns


def _handed(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    rows = (
        Handoff.objects.filter(lead_id__in=leads)
        .values_list("lead_id")
        .annotate(number=Count("id"), closed=Count("disposed_at"))
    )
    return {
        lead_id: {
            "was_handed_over": True,
            "has_open_handoff": number > closed,
        }
        for lead_id, number, closed in rows
    }


def _ready(leads: Collection[uuid.UUID], gate: str) -> dict[uuid.UUID, dict[str, Any]]:
    met = Verdict.objects.filter(lead_id__in=leads, definition=gate, outcome=Outcome.MET)
    return {
        lead_id: {"ready_episode": episode, "ready_since": since}
        for lead_id, episode, since in met.values_list("lead_id", "episode_id", "since_at")
    }


def _newest(activities: QuerySet[Activity]) -> dict[uuid.UUID, Event]:
    """The newest thing that each prospect did."""
    rows = (
        activities.filter(kind__in=new_event_kinds())
        .order_by("lead_id", "-happened_at", "-id")
        .distinct("lead_id")
        .values_list("lead_id", "id", "happened_at", "outcome")
    )
    return {lead_id: Event(id, moment, asks or "") for lead_id, id, moment, asks in rows}
