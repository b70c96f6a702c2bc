"""Two leads become one, and two again.

Whatever carries a `lead_id` moves, in every room: so a room that comes later loses nothing.
What says how a lead itself changed stays with it: stages, old values, owners, verdicts.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.base.ids import new_id
from accord.leads.models import Lead, Merge, Ownership

STAYS = frozenset(
    {
        *("leads.StageEntry", "leads.FactChange", "leads.Ownership", "qualification.Verdict"),
        *("qualification.Score", "qualification.PastVerdict"),
        *("leads.Merge", "leads.Suspect", "leads.LeadValue"),
    }
)
_KEPT = ("owner_id", "status", "first_contact_at", "brought_by_id")


@dataclass(frozen=True)
class Merging:
    """`loser` goes into `winner`; `owner` and `status` are the winner's afterwards."""

    loser: Lead
    winner: Lead
    owner_id: uuid.UUID | None
    status: str


def carriers() -> list[type[Model]]:
    """The models whose rows move with a lead."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("accord.")
        and model._meta.label not in STAYS
        and any(field.column == "lead_id" for field in model._meta.concrete_fields)
    ]


def merge_leads(*, merging: Sequence[Merging], by: uuid.UUID | None, at: datetime) -> None:
    """Move all that is a loser's to its winner, whose row keeps what it said before.

    The rows of both are held by the caller. Raises Conflict where both are on one deal.
    """
    pairs = {each.loser.id: each.winner.id for each in merging}
    with transaction.atomic():
        moved = _move(pairs)
        Lead.objects.bulk_update([_joined(each) for each in merging], ["merged_into_id"])
        before = {each.winner.id: _row(each.winner) for each in merging}
        for each in merging:
            _raise_winner(each)
        winners = [each.winner for each in merging]
        Lead.objects.bulk_update(winners, list(_KEPT))
        Merge.objects.bulk_create(
            Merge(
                id=new_id(),
                lead_id=each.loser.id,
                winner_id=each.winner.id,
                merged_at=at,
                by_id=by,
                moved=moved.get(each.loser.id, {}),
                before=before[each.winner.id],
                after=_row(each.winner),
            )
            for each in merging
        )


def _joined(each: Merging) -> Lead:
    each.loser.merged_into_id = each.winner.id
    return each.loser


def _raise_winner(each: Merging) -> None:
    """Who asked to be left alone is; the first contact is the earlier one."""
    winner, loser = each.winner, each.loser
    winner.owner_id, winner.status = each.owner_id, each.status
    winner.first_contact_at = min(winner.first_contact_at, loser.first_contact_at)
    winner.brought_by_id = winner.brought_by_id or loser.brought_by_id


def _row(lead: Lead) -> dict[str, Any]:
    said = {name: getattr(lead, name) for name in _KEPT}
    row: dict[str, Any] = json.loads(json.dumps(said, default=str))
    return row


def _move(pairs: Mapping[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, dict[str, list[str]]]:
    """Move all rows of the losers; their ids by loser and table."""
    moved: dict[uuid.UUID, dict[str, list[str]]] = {}
    for model in carriers():
        rows = list(model._default_manager.filter(lead_id__in=pairs).order_by("pk"))
        for row in rows:
            of_table = moved.setdefault(_lead_of(row), {})
            of_table.setdefault(model._meta.db_table, []).append(str(row.pk))
        _rewrite(model, rows, pairs)
    return moved


def _rewrite(
    model: type[Model], rows: Sequence[Model], leads: Mapping[uuid.UUID, uuid.UUID]
) -> None:
    """Rows lie with their lead, so they are taken out at the one and put in at the other."""
    if not rows:
        return
    try:
        with transaction.atomic():
            model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
            for row in rows:
                row.lead_id = leads[_lead_of(row)]  # type: ignore[attr-defined]
            model._default_manager.bulk_create(rows)
    except IntegrityError as error:
        raise Conflict(
            _("Both leads are on the same deal or handoff; take one of them off it first.")
        ) from error


def _lead_of(row: Model) -> uuid.UUID:
    lead_id: uuid.UUID = row.lead_id  # type: ignore[attr-defined]
    return lead_id


def part_leads(*, merge: Merge, at: datetime) -> None:
    """Give the loser back what was moved; the winner's row says again what it said before.

    What changed on the winner since stays as it is now.
    """
    with transaction.atomic():
        for model in carriers():
            ids = merge.moved.get(model._meta.db_table, [])
            here = model._default_manager.filter(pk__in=ids, lead_id=merge.winner_id)
            _rewrite(model, list(here.order_by("pk")), {merge.winner_id: merge.lead_id})
        now = _row(Lead.objects.get(id=merge.winner_id))
        back = {
            name: value
            for name, value in merge.before.items()
            if value != merge.after[name] and now[name] == merge.after[name]
        }
        if "owner_id" in back:
            _give_back_owner(merge)
        if back:
            Lead.objects.filter(id=merge.winner_id).update(**back)
        Lead.objects.filter(id=merge.lead_id).update(merged_into_id=None)
        Merge.objects.filter(id=merge.id).update(undone_at=at)


def _give_back_owner(merge: Merge) -> None:
    of_winner = Ownership.objects.filter(lead_id=merge.winner_id)
    of_winner.filter(owned_from=merge.merged_at).delete()
    of_winner.filter(owned_until=merge.merged_at).update(owned_until=None)
