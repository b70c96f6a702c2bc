"""Keeping what leads agreed to, and what they took back."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction

from accord.base.ids import new_id
from accord.base.lifecycle import Side
from accord.base.rows import copy_rows, recordset
from accord.leads.actions.activities import record_activities
from accord.leads.models import Consent, Door
from accord.leads.rules import ConsentSaid, Entry, NewActivity, news_of

_COLUMNS = (
    *("id", "lead_id", "purpose", "wording", "source", "given_at", "withdrawn_at"),
    *("withdrawal_source", "known_at", "withdrawal_known_at"),
)
_END = """
UPDATE leads_consent AS consent
SET withdrawn_at = ended.withdrawn_at, withdrawal_source = ended.source,
    withdrawal_known_at = %s
FROM json_to_recordset(%s::json)
     AS ended(id uuid, lead_id uuid, withdrawn_at timestamptz, source text)
WHERE consent.id = ended.id AND consent.lead_id = ended.lead_id
"""
_GIVEN, _WITHDRAWN = "consent.given", "consent.withdrawn"


def keep_consents(
    *,
    said: Mapping[uuid.UUID, Sequence[ConsentSaid]],
    by: uuid.UUID | None,
    side: Side,
    at: datetime,
    only_gaps: bool = False,
) -> set[uuid.UUID]:
    """Keep what leads said, by lead; those of whom it says something new.

    What nobody dated was said at `at`. With `only_gaps` a yes without a date stands only where
    nothing is known of its purpose.
    """
    with transaction.atomic():
        keeping = _Keeping(held_of(said), at)
        for lead_id in sorted(said):
            for each in sorted(said[lead_id], key=lambda each: each.said_at or at):
                keeping.take(lead_id, each, only_gaps=only_gaps)
        keeping.write()
        record_activities(
            rows=[
                (lead_id, _activity(each, each.said_at or at, side, by))
                for lead_id, each in keeping.told
            ],
            at=at,
        )
    return {lead_id for lead_id, _said in keeping.told}


def keep_consents_of(
    *,
    entries: Sequence[Entry],
    door: Door,
    by: uuid.UUID | None,
    at: datetime,
    file_name: str = "",
) -> set[uuid.UUID]:
    """Keep what entries say: of the moment they were sent, or as of now where a file has no date.

    The leads of whom they say something new. Without a source it is the door, or the file.
    """
    said: dict[uuid.UUID, list[ConsentSaid]] = {}
    is_file = door == Door.IMPORT
    for entry in entries:
        for each in entry.consents:
            said_at = each.said_at or (None if is_file else min(entry.happened_at, at))
            source = each.source or (file_name or str(door.label))[:100]
            if entry.lead_id:
                told = replace(each, said_at=said_at, source=source)
                said.setdefault(entry.lead_id, []).append(told)
    if not said:
        return set()
    return keep_consents(said=said, by=by, side=Side.PROSPECT, at=at, only_gaps=is_file)


def withdraw_consents(
    *, leads: Collection[uuid.UUID], why: str, by: uuid.UUID | None, side: Side, at: datetime
) -> None:
    """End all consents of leads who asked us to stop, whatever they are for."""
    if not leads:
        return
    said = {
        lead_id: [
            ConsentSaid(purpose, is_given=False, source=why) for purpose in sorted(of_purpose)
        ]
        for lead_id, of_purpose in held_of(leads).items()
    }
    keep_consents(said=said, by=by, side=side, at=at)


def give_back_consents(
    *,
    ended: Mapping[uuid.UUID, datetime],
    why: str,
    by: uuid.UUID | None,
    side: Side,
    at: datetime,
) -> None:
    """Consents that were ended by mistake, at a moment of each lead, hold again in their words."""
    said = {
        lead_id: [
            ConsentSaid(row.purpose, is_given=True, wording=row.wording, source=why[:100])
            for rows in of_purpose.values()
            for row in rows
            if row.given_at and row.withdrawn_at == ended[lead_id]
        ]
        for lead_id, of_purpose in held_of(ended).items()
    }
    keep_consents(said=said, by=by, side=side, at=at)


_Held = dict[uuid.UUID, dict[str, list[Consent]]]


def held_of(leads: Collection[uuid.UUID]) -> _Held:
    """What is kept of leads, by lead and purpose. One query."""
    held: _Held = {}
    for row in Consent.objects.filter(lead_id__in=leads).order_by("known_at", "id"):
        held.setdefault(row.lead_id, {}).setdefault(row.purpose, []).append(row)
    return held


class _Keeping:
    """A set of statements on their way into the table."""

    def __init__(self, held: _Held, at: datetime) -> None:
        self._held, self._at = held, at
        self._new: list[Consent] = []
        self._ended: dict[uuid.UUID, Consent] = {}
        self.told: list[tuple[uuid.UUID, ConsentSaid]] = []

    def take(self, lead_id: uuid.UUID, said: ConsentSaid, *, only_gaps: bool) -> None:
        """Work out what a statement adds."""
        held = self._held.setdefault(lead_id, {}).setdefault(said.purpose, [])
        if only_gaps and said.is_given and said.said_at is None and held:
            return
        said_at = said.said_at or self._at
        news = news_of(said, said_at, held)
        for place in news.ends:
            self._end(held[place], said_at, said.source)
            self._ended[held[place].id] = held[place]
        if news.is_kept:
            row = Consent(
                id=new_id(),
                lead_id=lead_id,
                purpose=said.purpose,
                wording=said.wording,
                source=said.source,
                given_at=said_at if said.is_given else None,
                known_at=self._at,
            )
            if news.withdrawn_at:
                self._end(row, news.withdrawn_at, said.source)
            held.append(row)
            self._new.append(row)
        if news.is_kept or news.ends:
            self.told.append((lead_id, said))

    def _end(self, row: Consent, withdrawn_at: datetime, source: str) -> None:
        row.withdrawn_at, row.withdrawal_source = withdrawn_at, source
        row.withdrawal_known_at = self._at

    def write(self) -> None:
        """New rows, and the ends of rows that were there."""
        copy_rows(
            Consent, _COLUMNS, ([getattr(row, name) for name in _COLUMNS] for row in self._new)
        )
        new = {row.id for row in self._new}
        ended = [row for id, row in sorted(self._ended.items()) if id not in new]
        if not ended:
            return
        rows = [(row.id, row.lead_id, row.withdrawn_at, row.withdrawal_source) for row in ended]
        with connection.cursor() as cursor:
            written = recordset(("id", "lead_id", "withdrawn_at", "source"), rows)
            cursor.execute(_END, [self._at, written])


def _activity(
    said: ConsentSaid, happened_at: datetime, side: Side, by: uuid.UUID | None
) -> NewActivity:
    return NewActivity(
        kind=_GIVEN if said.is_given else _WITHDRAWN,
        side=side,
        happened_at=happened_at,
        outcome=said.purpose,
        text=said.wording or None,
        detail={"name": said.source} if said.source else None,
        by_id=by,
    )
