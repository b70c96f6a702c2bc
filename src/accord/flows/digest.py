"""The daily digest: one mail when a person's working day begins, of what waits for them."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from accord.outbox import queries, sections
from accord.outbox.actions.digests import Digest, event_of, put_digests
from accord.outbox.models import Notification
from accord.outbox.sections import MOST_LINES, Line, Reader, Section
from accord.teams import queries as teams
from accord.teams.models import User
from accord.teams.rules import Calendar

_MINUTE = timedelta(minutes=1)


def send_digests(*, at: datetime) -> int:
    """Put into the outbox the digests of those whose working day has begun; how many.

    Each person has one a day, whenever and however often this runs; somebody who is away, or
    whose day is over, has none. A fixed number of queries.
    """
    days = _days_begun(at)
    done = queries.told_of({event_of(user, on) for user, (on, _user) in days.items()})
    due = {id: day for id, day in days.items() if event_of(id, day[0]) not in done}
    if not due:
        return 0
    readers = [
        Reader(user.id, ZoneInfo(user.time_zone), frozenset(user.roles))
        for _on, user in due.values()
    ]
    found = sections.of(readers, at)
    kept = queries.kept_for_digest(list(due))
    digests = [_digest(id, on, found[id], kept.get(id, [])) for id, (on, _user) in due.items()]
    return put_digests(digests=digests, at=at)


def _days_begun(at: datetime) -> dict[uuid.UUID, tuple[date, User]]:
    """Who wants a digest and is at work on a day that has begun, and that day."""
    if teams.workspace() is None:
        return {}
    people = {user.id: user for user in teams.people()}
    listeners = queries.listeners(list(people))
    wants = {id for id in people if id not in listeners or listeners[id].gets_digest}
    wants = teams.present(wants, at) if wants else wants
    calendars = teams.calendars_of(wants) if wants else {}
    days = {id: day_begun(calendars[id], at) for id in sorted(wants)}
    return {id: (day, people[id]) for id, day in days.items() if day}


def day_begun(calendar: Calendar, at: datetime) -> date | None:
    """The working day on the calendar's wall clock that has begun and is not over."""
    zone = ZoneInfo(calendar.time_zone)
    day = at.astimezone(zone).date()
    ranges = calendar.ranges_on(day)
    if not ranges:
        return None
    midnight = datetime.combine(day, time(), zone)
    begins, ends = (
        (midnight + minutes * _MINUTE).astimezone(UTC)
        for minutes in (ranges[0].start, ranges[-1].end)
    )
    return day if begins <= at < ends else None


def _digest(
    user: uuid.UUID, on: date, parts: Sequence[Section], kept: Sequence[Notification]
) -> Digest:
    said = [_read(part) for part in parts]
    if kept:
        lines = [Line(each.subject, each.link) for each in kept[:MOST_LINES]]
        said.append(_read(Section(_("Since your last digest"), len(kept), "", "", lines)))
    shorts = [part.short for part in parts if part.number and part.short]
    subject = (
        _("Your day: %(what)s") % {"what": ", ".join(shorts)}
        if shorts
        else _("Your day: nothing waits for you")
    )
    return Digest(user, on, subject, "\n\n".join(said), "/", [each.id for each in kept])


def _read(part: Section) -> str:
    if not part.number:
        return part.nothing
    lines = [_line(line) for line in part.lines[:MOST_LINES]]
    if part.lines and part.number > len(lines):
        lines.append(_("– and %(n)s more") % {"n": part.number - len(lines)})
    return "\n".join([f"{part.title}: {part.number}", *lines])


def _line(line: Line) -> str:
    return f"– {line.text}\n  {settings.ACCORD_URL}{line.link}" if line.link else f"– {line.text}"
