"""Send what people are told, and leave them in peace while it is quiet for them.

What is given up is told to whoever looks after this Accord.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accord.base.ids import named_id
from accord.base.once import asking_once
from accord.outbox import actions, queries
from accord.outbox.actions import Telling
from accord.outbox.actions.sending import MAIL, POSTS, SEND_AT_ONCE
from accord.outbox.models import Listener, Quiet
from accord.outbox.rules import end_of_quiet
from accord.teams import queries as teams
from accord.teams.rules import Calendar, NoWorkingTime, due

POSTS_AT_ONCE = 10
_NOTHING = timedelta()


def send_mail(*, at: datetime) -> int:
    """Send the mails that are due; how many went out."""
    return _send(MAIL, at)


def send_posts(*, at: datetime) -> int:
    """Send what is due to browsers and chats; how many messages went out.

    Few at a time: the other side is anybody's, and while it hangs a worker hangs with it.
    """
    return _send(POSTS, at, POSTS_AT_ONCE)


def _send(channels: Collection[str], at: datetime, limit: int = SEND_AT_ONCE) -> int:
    people = queries.people_with_due(channels, at=at)
    actions.hold(until=quiet_until(people, at=at), at=at)
    sent = actions.send_due(channels=channels, at=at, limit=limit)
    _tell_of_given_up(at)
    return sent


def _tell_of_given_up(at: datetime) -> None:
    """Tell admins what was given up: once on each day on which something is."""
    latest = queries.last_given_up()
    if latest is None:
        return
    here = teams.workspace()
    day = latest.astimezone(ZoneInfo(here.time_zone if here else "UTC")).date()
    event = named_id("given up", day.isoformat())
    if queries.told_of([event]):
        return
    with transaction.atomic():
        tellings = [
            Telling(
                event_id=event,
                user_id=admin.id,
                kind="outbox.given_up",
                subject=_("What people are told could not be delivered"),
                text=_(
                    "In Accord it stands all the same. See for whom it was and why it was given up;"
                    " there it can be tried again, or dropped."
                ),
                link="/outbox/",
            )
            for admin in teams.admins()
        ]
        actions.tell(tellings=tellings, at=at)


def quiet_until(
    users: Collection[uuid.UUID], *, at: datetime
) -> dict[uuid.UUID, tuple[datetime, bool]]:
    """For whom of them it is quiet: until when, and whether what is urgent waits too.

    Before set-up there are no working hours, and it is quiet for nobody.
    """
    listeners = queries.listeners(users)
    with asking_once():
        calendars = teams.calendars_of(set(users)) if users and teams.workspace() else {}
    found = {}
    for user in users:
        calendar = calendars.get(user)  # a team's chat has none, and is never quiet
        if calendar is None:
            continue
        listener = listeners.get(user) or Listener(user_id=user)
        end = _end(listener, calendar, at)
        if end:
            found[user] = (end, not listener.lets_urgent)
    return found


def _end(listener: Listener, calendar: Calendar, at: datetime) -> datetime | None:
    """When the quiet ends that it is now for somebody; None when it is not quiet."""
    if listener.quiet == Quiet.OWN and listener.quiet_from and listener.quiet_until:
        return end_of_quiet(listener.quiet_from, listener.quiet_until, calendar.time_zone, at)
    if listener.quiet != Quiet.OUTSIDE_WORK:
        return None
    try:
        opens = due(calendar, at, _NOTHING)
    except NoWorkingTime:
        return None
    return opens if opens > at else None
