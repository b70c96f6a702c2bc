"""A lead wrote again: whoever owns it is told at once, whatever door it came through."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accord.handoffs.models import Handoff
from accord.leads.models import Lead
from accord.outbox.actions import Telling, tell


@dataclass(frozen=True)
class News:
    """What a lead wrote. `event_id` names it, so that it is told once; `by_id` knows it already."""

    event_id: uuid.UUID
    text: str
    by_id: uuid.UUID | None = None


def tell_owners(*, news: Mapping[uuid.UUID, News], at: datetime) -> None:
    """Tell the owners of these leads, but those who are told of a new handoff just now.

    Within the caller's transaction.
    """
    if not news:
        return
    owned = Lead.objects.filter(id__in=news, owner__isnull=False, owner__is_active=True)
    offered = set(
        Handoff.objects.filter(lead_id__in=news, offered_at=at).values_list("lead_id", flat=True)
    )
    tell(
        tellings=[
            Telling(
                event_id=news[lead.id].event_id,
                user_id=lead.owner_id,
                kind="lead.wrote",
                subject=_("%(lead)s wrote again") % {"lead": lead},
                text=news[lead.id].text,
                link=f"/leads/{lead.id}/",
            )
            for lead in owned.order_by("id")
            if lead.owner_id and lead.owner_id != news[lead.id].by_id and lead.id not in offered
        ],
        at=at,
    )
