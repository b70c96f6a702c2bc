"""Changing handoffs only while they stand as expected, and what to say when they do not."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from accord.base.errors import Conflict, Missing
from accord.handoffs.models import Handoff, HandoffState, PassBack
from accord.leads.actions.holding import hold_leads
from accord.teams.models import User
from accord.teams.queries import names


@dataclass(frozen=True)
class Taken:
    """A handoff as this transaction has just left it."""

    id: uuid.UUID
    lead_id: uuid.UUID
    owner_id: uuid.UUID | None
    trigger: str
    segment: str
    state: str
    agreement_version: int
    round: int
    first_attempt_at: datetime | None
    accepted_at: datetime | None
    passed_back_at: datetime | None


_NAMES = tuple(Taken.__dataclass_fields__)
RETURNING = "RETURNING " + ", ".join(f"handoff.{name}" for name in _NAMES)

# A handoff is its owner's to answer, anybody's while it waits in the queue, and the head's.
MAY_ANSWER = """
(handoff.owner_id IS NULL OR handoff.owner_id = %(by)s OR EXISTS (
    SELECT 1 FROM teams_user WHERE id = %(by)s AND 'head_of_sales' = ANY(roles)))
"""

# Changes nothing: it makes sure that the handoff is open and the person's.
STILL_OPEN = f"""
UPDATE handoffs_handoff AS handoff SET owner_id = handoff.owner_id
WHERE handoff.id = ANY(%(handoffs)s) AND handoff.disposed_at IS NULL
  AND handoff.owner_id IS NOT NULL AND {MAY_ANSWER}
{RETURNING}
"""


def hold(handoffs: Collection[uuid.UUID]) -> None:
    """Keep others off the leads of these handoffs until the transaction ends.

    Raises Missing when one does not exist.
    """
    leads = dict(Handoff.objects.filter(id__in=handoffs).values_list("id", "lead_id"))
    if len(leads) < len(set(handoffs)):
        raise Missing(_("There is no such handoff; it may have been merged away."))
    hold_leads(leads=leads.values())


def take(sql: str, params: Mapping[str, Any]) -> list[Taken]:
    """Run a conditional UPDATE of handoffs that ends in RETURNING; what it changed, by lead."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = [Taken(*row) for row in cursor.fetchall()]
    return sorted(rows, key=lambda row: (row.lead_id, row.id))


def take_all(
    sql: str,
    params: Mapping[str, Any],
    *,
    handoffs: Sequence[uuid.UUID],
    by: uuid.UUID,
    at: datetime,
) -> list[Taken]:
    """As `take`, for all of these handoffs or none.

    Raises Conflict, saying what became of the first one that could not be taken.
    """
    taken = take(sql, {**params, "handoffs": sorted(handoffs), "by": by, "at": at})
    missing = set(handoffs) - {handoff.id for handoff in taken}
    if missing:
        raise Conflict(_what_became_of(min(missing), by, at))
    return taken


def _what_became_of(handoff_id: uuid.UUID, by: uuid.UUID, at: datetime) -> str:
    handoff = Handoff.objects.get(id=handoff_id)
    if handoff.state == HandoffState.PASSED_BACK:
        back = PassBack.objects.filter(handoff_id=handoff_id, undone_at=None).first()
        return _("%(name)s passed this lead back at %(time)s.") % {
            "name": _name(back.passed_back_by_id if back else None),
            "time": _time(handoff.passed_back_at, by, at),
        }
    if handoff.state == HandoffState.WITHDRAWN:
        return _("This handoff was withdrawn at %(time)s.") % {
            "time": _time(handoff.withdrawn_at, by, at)
        }
    if handoff.qualified_at:
        return _("%(name)s qualified this lead at %(time)s.") % {
            "name": _name(handoff.owner_id),
            "time": _time(handoff.qualified_at, by, at),
        }
    is_anothers = handoff.owner_id not in (None, by)
    if is_anothers and not _is_head(by):
        return _("This lead is with %(name)s; the head of sales can give it to somebody else.") % {
            "name": _name(handoff.owner_id)
        }
    if handoff.state == HandoffState.ACCEPTED:
        return _("%(name)s accepted this lead at %(time)s.") % {
            "name": _name(handoff.accepted_by_id),
            "time": _time(handoff.accepted_at, by, at),
        }
    if is_anothers:
        return _("This lead is with %(name)s by now.") % {"name": _name(handoff.owner_id)}
    return _("This lead has not been accepted yet; accept it first.")


def _name(user_id: uuid.UUID | None) -> str:
    return names([user_id]).get(user_id, _("Somebody")) if user_id else _("Somebody")


def _is_head(user_id: uuid.UUID) -> bool:
    return User.objects.filter(id=user_id, roles__contains=["head_of_sales"]).exists()


def _time(moment: datetime | None, by: uuid.UUID, at: datetime) -> str:
    """A moment on the clock of the person who reads it; with the day when that was not today."""
    zone = User.objects.filter(id=by).values_list("time_zone", flat=True).first() or "UTC"
    local, today = ((each or at).astimezone(ZoneInfo(zone)) for each in (moment, at))
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M}"
