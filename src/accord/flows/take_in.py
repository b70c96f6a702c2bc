"""Steps 2 to 6 over what came in: one transaction, whatever the door."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from psycopg.errors import DeadlockDetected

from accord.base.errors import Invalid, Refusal
from accord.base.ids import fresh_ids
from accord.base.once import asking_once
from accord.flows.advance import advance
from accord.flows.evaluate import evaluate
from accord.flows.hand_off import hand_off
from accord.flows.identify import identify
from accord.flows.put_aside import put_aside
from accord.flows.record import record
from accord.flows.tell_owners import News, tell_owners
from accord.leads import actions, queries
from accord.leads.actions.facts import MergedAway
from accord.leads.actions.intake import Waiting
from accord.leads.actions.suspecting import suspect_alike
from accord.leads.models import Door, Fate
from accord.leads.rules import Entry, Reading, read_body
from accord.teams.queries import workspace

log = logging.getLogger(__name__)

BATCH = 1_000
TRIED_AGAIN = 50  # at a time, each by itself: whatever else the clock calls waits meanwhile


@dataclass(frozen=True)
class Delivery:
    """Entries that came through one door and were brought by one person, or by nobody."""

    door: Door
    by: uuid.UUID | None
    entries: list[Entry] = field(default_factory=list)
    file_name: str = ""


def take_in_waiting(
    *,
    at: datetime,
    limit: int = BATCH,
    first: Sequence[uuid.UUID] | None = None,
    gather: float = 0.0,
) -> int:
    """Take in what waits at the doors, oldest first; how many submissions that was.

    `first` names submissions whose sender waits for the outcome: others are taken in along with
    them, and nothing when somebody else has taken them in. One at a time takes in, so that under
    load each takes in what came meanwhile. It all happens at `at`, or when the last of it came.
    Where many wait, it lets more come together for `gather` seconds. Killed on the way, it leaves
    everything waiting.
    """
    while first is None or actions.still_waits(first):
        with transaction.atomic(), asking_once():
            if actions.have_turn(gather=gather if gather and actions.many_wait() else 0.0):
                return _take_in_claimed(actions.claim_waiting(limit=limit, first=first), at)
        actions.await_turn()
    return 0


def _take_in_claimed(claimed: Sequence[Waiting], at: datetime) -> int:
    if not claimed:
        return 0
    at = max(at, *(waiting.received_at for waiting in claimed))
    deliveries, refused = _read_all(claimed, at)
    take_in(deliveries=deliveries, at=at, live=True)
    actions.settle(entries=[*refused, *_entries(deliveries)])
    return len(claimed)


def take_in_one_by_one(*, at: datetime, limit: int = BATCH) -> int:
    """Take in what waits, each by itself; how many were tried.

    For when a set failed: one that cannot be taken in holds up no other. It stays at the door and
    rests, admins are told, and the log says which it is and why.
    """
    return _try_each(queries.waiting_submissions(limit=limit), at)


def take_in_rested(*, at: datetime, limit: int = TRIED_AGAIN) -> int:
    """Try once more what failed and has rested, each by itself; how many were tried."""
    return _try_each(queries.rested_submissions(at=at, limit=limit), at)


def _try_each(ids: Sequence[uuid.UUID], at: datetime) -> int:
    for id in ids:
        try:
            take_in_waiting(at=at, first=[id], limit=1)
        except Exception as error:
            if was_locked_out(error):
                continue  # no fault of its own: the next look takes it in
            log.exception("Submission %s could not be taken in; it still waits.", id)
            put_aside(submission=id, at=at)
    return len(ids)


def was_locked_out(error: Exception) -> bool:
    """Whether this one and another waited for each other, and this one gave way."""
    return isinstance(error.__cause__, DeadlockDetected)


def _read_all(
    claimed: Sequence[Waiting], at: datetime
) -> tuple[Sequence[Delivery], Sequence[Entry]]:
    """What was sent, by door and who brought it; and what cannot be read."""
    deliveries: dict[tuple[Door, uuid.UUID | None], Delivery] = {}
    refused: list[Entry] = []
    here = workspace()
    zone = here.time_zone if here else "UTC"
    custom = queries.fact_rules()
    for waiting in claimed:
        entry = _read(waiting, Reading(at, zone, source=waiting.door.value, custom=custom))
        if entry.fate == Fate.REFUSED:
            refused.append(entry)
        else:
            of = waiting.door, waiting.received_by_id
            deliveries.setdefault(of, Delivery(*of)).entries.append(entry)
    return sorted(deliveries.values(), key=lambda each: (each.door, str(each.by))), refused


def take_in(*, deliveries: Sequence[Delivery], at: datetime, live: bool) -> None:
    """Take in entries that were read: identify, record, evaluate, advance and, live, hand off.

    Sets `lead_id` and `fate` on each; the caller keeps the submissions.
    """
    with transaction.atomic(savepoint=False), asking_once():
        for is_last in (False, False, True):
            try:
                with transaction.atomic():
                    _walk(deliveries, at, live=live)
                break
            except MergedAway:  # look the person up again: they are known as the other lead now
                if is_last:
                    raise


def _walk(deliveries: Sequence[Delivery], at: datetime, *, live: bool) -> None:
    """Each delivery finds the leads of those before it; what follows is done once for all."""
    entries = _entries(deliveries)
    if not entries:
        return
    companies: set[uuid.UUID] = set()
    for each in deliveries:
        identify(entries=each.entries, at=at)
        companies |= record(
            entries=each.entries, door=each.door, by=each.by, at=at, file_name=each.file_name
        )
    happened = {e.lead_id for e in entries if e.lead_id and e.fate != Fate.UNCHANGED}
    touched = sorted(happened.union(queries.leads_of_companies(companies)))
    evaluate(leads=touched, at=at)
    advance(leads=touched, at=at)
    if live:
        suspect_alike(leads=touched, at=at)
        new = {entry.lead_id for entry in entries if entry.lead_id and entry.is_new}
        hand_off(leads=touched, new=new, at=at)
        tell_owners(news=_wrote_again(deliveries), at=at)


def _entries(deliveries: Sequence[Delivery]) -> list[Entry]:
    return [entry for delivery in deliveries for entry in delivery.entries]


def _wrote_again(deliveries: Sequence[Delivery]) -> dict[uuid.UUID, News]:
    """What known leads said or asked for, the last of each."""
    return {
        entry.lead_id: News(entry.id_of("activity"), entry.text or "", delivery.by)
        for delivery in deliveries
        for entry in delivery.entries
        if entry.lead_id and not entry.is_new and (entry.text or entry.asks_for)
    }


def _read(waiting: Waiting, reading: Reading) -> Entry:
    """The entry of a submission; one that cannot be read carries its reason."""
    ids = fresh_ids()
    try:
        entry = read_body(waiting.body, submission_id=waiting.id, id_of=ids, reading=reading)
    except Refusal as refusal:
        return Entry(
            submission_id=waiting.id,
            id_of=ids,
            body=waiting.body,
            happened_at=waiting.received_at,
            fate=Fate.REFUSED.value,
            reason=refusal.sentence,
            field=refusal.field if isinstance(refusal, Invalid) else None,
        )
    if "happened_at" not in waiting.body:
        entry.happened_at = waiting.received_at
    return entry
