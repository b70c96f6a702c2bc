"""Back before the first step: a whole import is undone, except where people went on with it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accord.deals.actions.undoing import TakenBack, take_back_deals
from accord.flows.evaluate import evaluate
from accord.leads import actions, queries
from accord.leads.models import Fate, Import
from accord.leads.translating import FileIds
from accord.qualification import actions as qualification


@dataclass(frozen=True)
class Undone:
    """Leads (of an import of deals, deals) that went, known ones that are as before, and those
    that stay: touched since."""

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
    """Undo an import; imported again, the file is a new import.

    Leads (deals) that it created go, known ones are as before. What was handed over, worked on,
    changed or named by another file since stays as it is. All of it or nothing, in one
    transaction. Raises Missing, Conflict while it runs or once it is undone.
    """
    found = queries.one_import(import_id)
    with transaction.atomic():
        actions.claim_undo(import_id=import_id, at=at)
        moments = actions.moments_of(import_id)
        undo = _undo_deals if found.kind == "deals" else _undo_leads
        undone = undo(found, moments, at)
        companies = actions.take_back_companies(moments=moments)
        evaluate(leads=queries.leads_of_companies(companies), at=at)
        actions.forget_import(import_id=import_id, moments=moments)
    return undone


def _undo_leads(found: Import, moments: Sequence[datetime], at: datetime) -> Undone:
    undone, done = Undone(), set[uuid.UUID]()
    for rows in _rows(found.id):
        # Whoever was created stands in an earlier row than all else that is said of them.
        new = {lead_id for _line, lead_id, fate in rows if fate == Fate.CREATED}
        known = {lead_id for _line, lead_id, _fate in rows} - new - done
        undone += _remove(sorted(new), found.id, moments)
        undone += _restore(sorted(known), moments, at)
        done |= new | known
    return undone


def _undo_deals(found: Import, moments: Sequence[datetime], at: datetime) -> Undone:
    """Deals first, for a lead may have several; then their leads, but those of deals that stay."""
    ids = FileIds(found.id, found.started_at)
    taken, new, known = TakenBack(), set[uuid.UUID](), set[uuid.UUID]()
    for rows in _rows(found.id):
        made = {ids("deal", line): lead for line, lead, fate in rows if fate == Fate.CREATED}
        closings = {
            ids("deal.closed", line): lead for line, lead, fate in rows if fate == Fate.MERGED
        }
        taken.add(take_back_deals(made=made, closings=closings, moments=moments))
        new |= {lead for line, lead, _fate in rows if lead == ids("lead", line)}
        known |= {lead for _line, lead, _fate in rows}
    _remove(sorted(new - taken.staying), found.id, moments)
    _restore(sorted(known - new - taken.staying), moments, at)
    return Undone(removed=taken.removed, restored=taken.restored, stayed=taken.stayed)


def _rows(import_id: uuid.UUID) -> Iterator[list[tuple[int, uuid.UUID, str]]]:
    line = 0
    while rows := actions.rows_undone(import_id, after=line):
        line = rows[-1][0]
        yield rows


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
