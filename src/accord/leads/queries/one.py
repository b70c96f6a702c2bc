"""One lead: its facts, its stages, and what happened with it."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.leads.models import Activity, FactChange, Identity, Lead, StageEntry
from accord.leads.queries.pages import position_of
from accord.teams.models import User

TIMELINE_PAGE = 30


def one_lead(user: User, id: uuid.UUID) -> Lead:
    """One lead with its company and owner; a merged one leads to the one it became.

    Raises Missing.
    """
    lead = Lead.objects.select_related("company", "owner", "campaign").filter(id=id).first()
    if lead and lead.merged_into_id:
        return one_lead(user, lead.merged_into_id)
    if lead is None or not user.is_active:
        raise Missing(_("There is no such lead, or you may not see it."))
    return lead


@dataclass(frozen=True)
class TimelinePage:
    """Thirty activities, newest first, and the cursor of the next page."""

    activities: Sequence[Activity]
    next_cursor: str | None


def timeline(
    lead_id: uuid.UUID, *, kinds: Sequence[str] = (), side: str = "", cursor: str = ""
) -> TimelinePage:
    """What happened with a lead, newest first."""
    activities = Activity.objects.filter(lead_id=lead_id)
    if kinds:
        activities = activities.filter(kind__in=kinds)
    if side:
        activities = activities.filter(side=side)
    position = position_of(cursor)
    if position:
        moment, id = position
        activities = activities.filter(
            Q(happened_at__lt=moment) | Q(happened_at=moment, id__lt=id), happened_at__lte=moment
        )
    return page_of(list(activities.order_by("-happened_at", "-id")[: TIMELINE_PAGE + 1]))


def page_of(rows: Sequence[Activity]) -> TimelinePage:
    """A page of activities that were read one further than it shows."""
    last = rows[TIMELINE_PAGE - 1] if len(rows) > TIMELINE_PAGE else None
    return TimelinePage(
        activities=rows[:TIMELINE_PAGE],
        next_cursor=f"{last.happened_at.isoformat()}~{last.id}" if last else None,
    )


def parts_taken(
    pairs: Collection[tuple[uuid.UUID, uuid.UUID]],
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Of pairs of lead and campaign those in which the lead took part. One query."""
    done = Activity.objects.filter(
        lead_id__in={lead for lead, _campaign in pairs},
        campaign_id__in={campaign for _lead, campaign in pairs},
    )
    found = set(done.values_list("lead_id", "campaign_id").distinct())
    return {pair for pair in pairs if pair in found}


def stage_entries(lead_id: uuid.UUID) -> list[StageEntry]:
    """The stages a lead was in, in the order of entering."""
    return list(
        StageEntry.objects.filter(lead_id=lead_id).order_by(
            "entered_at", F("left_at").asc(nulls_last=True)
        )
    )


def identities_of(lead_id: uuid.UUID) -> list[Identity]:
    """By what a lead is recognised."""
    return list(Identity.objects.filter(lead_id=lead_id).order_by("kind", "value"))


def facts_changed_at(lead_id: uuid.UUID) -> dict[str, datetime]:
    """Since when each fact that ever changed has the value it has now."""
    rows = FactChange.objects.filter(lead_id=lead_id).values_list("fact")
    return dict(rows.annotate(changed_at=Max("known_until")))
