"""Back before the first step: a whole import is undone, except where people went on with it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accord.base.errors import Invalid
from accord.flows.evaluate import evaluate
from accord.leads import actions, queries
from accord.leads.models import Fate
from accord.qualification import actions as qualification


@dataclass(frozen=True)
class Undone:
    """Leads that went, known ones that are as before, and those that stay: touched since."""

    removed: int = 0
    restored: int = 0
    stayed: int = 0

    def __add__(self, other: "Undone") -> "Undone":
        return Undone(
            self.removed + other.removed,
            self.restored + other.restored,
            self.stayed + other.stayed,
        )


def undo_import(*, import_id: uuid.UUID, at: datetime) -> Undone:
    """Undo an import of leads; imported again, the file is a new import.

    Leads that it created go, known leads are as before. Leads that were handed over, worked
    on, changed or named by another file since stay as they are. All of it or nothing, in one
    transaction. Raises Missing, Invalid for deals, Conflict while it runs or once it is undone.
    """
    if queries.one_import(import_id).kind != "leads":
        raise Invalid("An import of deals cannot be undone: win, lose or correct its deals.")
    with transaction.atomic():
        actions.claim_undo(import_id=import_id, at=at)
        moments = actions.moments_of(import_id)
        undone, line, done = Undone(), 0, set[uuid.UUID]()
        while rows := actions.rows_undone(import_id, after=line):
            line = rows[-1][0]
            # Whoever was created stands in an earlier row than all else that is said of them.
            new = {lead_id for _line, lead_id, fate in rows if fate == Fate.CREATED}
            known = {lead_id for _line, lead_id, _fate in rows} - new - done
            undone += _remove(sorted(new), import_id, moments)
            undone += _restore(sorted(known), moments, at)
            done |= new | known
        companies = actions.take_back_companies(moments=moments)
        evaluate(leads=queries.leads_of_companies(companies), at=at)
        actions.forget_import(import_id=import_id, moments=moments)
    return undone


def _remove(
    leads: Sequence[uuid.UUID], import_id: uuid.UUID, moments: Sequence[datetime]
) -> Undone:
    touched = actions.touched_since(leads=leads, import_id=import_id, moments=moments)
    gone = [lead_id for lead_id in leads if lead_id not in touched]
    qualification.forget(leads=gone)
    actions.remove_leads(leads=gone)
    return Undone(removed=len(gone), stayed=len(touched))


def _restore(leads: Sequence[uuid.UUID], moments: Sequence[datetime], at: datetime) -> Undone:
    actions.take_back(leads=leads, moments=moments)
    evaluate(leads=leads, at=at)
    return Undone(restored=len(leads))
