"""Absences: when a person gets no handoffs, and who stands in."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Invalid, Missing
from accord.teams.actions.changes import Changed, note_changes
from accord.teams.models import Absence, HandsOver, User
from accord.teams.queries import out_of_sales

_BEGIN = """
UPDATE teams_absence SET handed_over_at = %(at)s
WHERE handed_over_at IS NULL AND hands_over <> 'nothing'
  AND absent_from <= %(at)s AND absent_until > %(at)s
RETURNING id
"""


def add_absence(
    *,
    user_id: uuid.UUID,
    absent_from: datetime,
    absent_until: datetime,
    reason: str = "",
    stand_in: uuid.UUID | None = None,
    hands_over: str = HandsOver.NOTHING,
    by: uuid.UUID | None = None,
    at: datetime | None = None,
) -> uuid.UUID:
    """Note when a person gets no handoffs, and who stands in; its id.

    With `at` it is kept who noted it. Raises Invalid when it ends before it begins, and for a
    stand-in who is not here, or works no leads where the absent person does.
    """
    if absent_until <= absent_from:
        raise Invalid(_("The absence ends before it begins; mind the dates."), field="absent_until")
    if stand_in:
        _check_stand_in(stand_in, user_id)
    if hands_over not in HandsOver.values:
        raise Invalid(_("Choose what is handed over."), field="hands_over")
    with transaction.atomic():
        absence = Absence.objects.create(
            user_id=user_id,
            absent_from=absent_from,
            absent_until=absent_until,
            reason=reason[:100],
            stand_in_id=stand_in,
            hands_over=hands_over,
        )
        if at:
            _note(absence, {}, _of(absence), by, at)
    return absence.id


def _check_stand_in(stand_in: uuid.UUID, user_id: uuid.UUID) -> None:
    if stand_in == user_id:
        raise Invalid(_("Nobody can stand in for themselves."), field="stand_in")
    found = User.objects.filter(id=stand_in, is_active=True).first()
    if found is None:
        raise Invalid(_("Whoever stands in has to be here; choose somebody."), field="stand_in")
    works_no_leads = out_of_sales().filter(id__in=[stand_in, user_id])
    if set(works_no_leads.values_list("id", flat=True)) == {stand_in}:
        raise Invalid(
            _("%(name)s works no leads, so cannot stand in; choose a rep or a head of sales.")
            % {"name": found.name},
            field="stand_in",
        )


def end_absence(*, absence_id: uuid.UUID, user_id: uuid.UUID, by: uuid.UUID, at: datetime) -> None:
    """Let a person's absence end now; one that has not begun is taken out. Raises Missing."""
    with transaction.atomic():
        found = Absence.objects.filter(id=absence_id, user_id=user_id, absent_until__gt=at)
        absence = found.first()
        if absence is None:
            raise Missing(_("This absence is over already."))
        before = _of(absence)
        if absence.absent_from >= at:
            _note(absence, before, {}, by, at)
            absence.delete()
            return
        absence.absent_until = at
        absence.save(update_fields=["absent_until"])
        _note(absence, before, _of(absence), by, at)


def begin_absences(*, at: datetime) -> list[Absence]:
    """The absences that have begun and of which open work is to be handed over, each once."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, {"at": at})
        begun = [row[0] for row in cursor.fetchall()]
    return _with_people(begun) if begun else []


def _with_people(ids: Collection[uuid.UUID]) -> list[Absence]:
    found = Absence.objects.filter(id__in=ids).select_related("user", "stand_in")
    return list(found.order_by("user_id", "id"))


def _of(absence: Absence) -> dict[str, Any]:
    return {
        "absent_from": absence.absent_from.isoformat(),
        "absent_until": absence.absent_until.isoformat(),
        "stand_in": absence.stand_in.name if absence.stand_in else None,
        "hands_over": absence.hands_over,
    }


def _note(
    absence: Absence,
    before: dict[str, Any],
    after: dict[str, Any],
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    changed = Changed("absence", absence.user_id, absence.user.name, before, after)
    note_changes(changes=[changed], by=by, at=at)
