"""How people want to be told: kind by kind, and when it is quiet."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.outbox import kinds
from accord.outbox.models import (
    Channel,
    Listener,
    Quiet,
    Wish,
)

# What there is to choose, with its words.
CHANNELS = {str(channel): Channel(channel).label for channel in kinds.TIMINGS}
QUIETS = Quiet.choices


@dataclass(frozen=True)
class Listening:
    """How a person wants to be told, whatever the kind; times on their wall clock."""

    quiet: str = Quiet.OUTSIDE_WORK
    quiet_from: time | None = None
    quiet_until: time | None = None
    lets_urgent: bool = True
    gets_digest: bool = True
    push_says: bool = True


def set_wishes(*, user: uuid.UUID, wishes: Mapping[tuple[str, str], str]) -> None:
    """What the person wants of each kind by each channel; what is as by default is not kept.

    Raises Invalid for a kind, channel or timing that there is not. In Accord nothing can be off.
    """
    known = kinds.registered()
    for (kind, channel), timing in wishes.items():
        if (
            kind not in known
            or channel not in kinds.TIMINGS
            or timing not in kinds.TIMINGS[Channel(channel)]
        ):
            raise Invalid(_("There is no such choice; load the page again."), field=kind)
    rows = [
        Wish(user_id=user, kind=kind, channel=channel, timing=timing)
        for (kind, channel), timing in sorted(wishes.items())
        if timing != kinds.of(kind).timing(channel)
    ]
    with transaction.atomic():
        for channel in sorted({channel for _kind, channel in wishes}):
            given = {kind for kind, way in wishes if way == channel}
            Wish.objects.filter(user_id=user, channel=channel, kind__in=given).delete()
        Wish.objects.bulk_create(rows)


def set_listener(*, user: uuid.UUID, listening: Listening) -> None:
    """When it is quiet for the person, and what they get. Raises Invalid for what is no time."""
    is_own = listening.quiet == Quiet.OWN
    if listening.quiet not in Quiet.values:
        raise Invalid(_("Choose when it is quiet."), field="quiet")
    if is_own and (
        listening.quiet_from is None
        or listening.quiet_until is None
        or listening.quiet_from == listening.quiet_until
    ):
        raise Invalid(
            _("Say from when until when it is quiet, such as 18:00 to 08:00."), field="quiet_from"
        )
    said = {
        "quiet": listening.quiet,
        "quiet_from": listening.quiet_from if is_own else None,
        "quiet_until": listening.quiet_until if is_own else None,
        "lets_urgent": listening.lets_urgent,
        "gets_digest": listening.gets_digest,
        "push_says": listening.push_says,
    }
    Listener.objects.update_or_create(user_id=user, defaults=said)
