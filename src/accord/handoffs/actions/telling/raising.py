"""Who is told of leads that ask for us again."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accord.agreement.models import Seat
from accord.base.ids import named_id
from accord.handoffs.actions.telling.people import names_of, page_of
from accord.handoffs.rules.triggers import Event
from accord.leads.kinds import ASKED_FOR
from accord.leads.models import Lead
from accord.outbox.actions import Telling, tell
from accord.teams import queries as teams


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
                link=page_of(lead.id),
                is_urgent=True,
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
    leads = names_of(raised)
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
                link=page_of(lead_id),
            )
            for lead_id in sorted(raised)
            for head in heads
        ],
        at=at,
    )
