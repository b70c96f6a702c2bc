"""Keeping what came in, verbatim, and noting its fate."""

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accord.base.rows import copy_rows, recordset
from accord.leads.models import BEING_TAKEN_IN, Door, Submission
from accord.leads.rules import Entry

# The worker is told at the commit; the channel at which it listens is that of
# `accord.jobs.arrivals`.
_STORE = """
WITH kept AS (
    INSERT INTO leads_submission
        (id, door, nonce, digest, body, received_at, received_by_id, fate)
    SELECT new.id, %s, new.nonce, new.digest, new.body::jsonb, %s, %s, 'waiting'
    FROM json_to_recordset(%s::json) AS new(id uuid, nonce text, digest text, body text)
    ON CONFLICT (nonce) WHERE nonce IS NOT NULL DO NOTHING
    RETURNING id
)
SELECT id, pg_notify('accord_arrivals', '') FROM kept
"""
# Whoever takes in has this lock. The others wait until it is free again, all at once: most find
# theirs taken in by then, and one of the rest takes in all that has come meanwhile. So the more
# comes in, the more is taken in at a time.
_LOCK = 0x1EAD
MANY = 5  # that wait: more come all the time
_TRY_TURN = "SELECT pg_try_advisory_xact_lock(%s)"
_AWAIT_TURN = "SELECT pg_advisory_xact_lock_shared(%s)"
_GATHER = "SELECT pg_sleep(%s)"
_STILL_WAITS = """
SELECT EXISTS (
    SELECT FROM leads_submission
    WHERE fate = 'waiting' AND id = ANY(%(first)s::uuid[])
)
"""
_OTHERS_WAIT = """
SELECT count(*) FROM (
    SELECT FROM leads_submission
    WHERE fate = 'waiting' AND rests_until_at IS NULL AND id <> ALL(%(but)s::uuid[])
    LIMIT %(most)s) AS waiting
"""
_CLAIM = """
UPDATE leads_submission SET fate = 'refused', reason = '{being_taken_in}'
WHERE fate = 'waiting' AND id = ANY(
    SELECT id FROM leads_submission WHERE fate = 'waiting' AND {wanted}
    ORDER BY {first} received_at LIMIT %(limit)s
)
RETURNING id, door, body, received_at, received_by_id
"""
_ANY = _CLAIM.format(being_taken_in=BEING_TAKEN_IN, wanted="rests_until_at IS NULL", first="")
_WITH = _CLAIM.format(
    being_taken_in=BEING_TAKEN_IN,
    wanted="""(rests_until_at IS NULL OR id = ANY(%(first)s::uuid[])) AND EXISTS (
        SELECT FROM leads_submission WHERE fate = 'waiting' AND id = ANY(%(first)s::uuid[]))""",
    first="id = ANY(%(first)s::uuid[]) DESC,",
)
_SETTLE = """
UPDATE leads_submission AS submission
SET fate = new.fate, reason = new.reason, field = new.field, lead_id = new.lead_id
FROM json_to_recordset(%s::json)
     AS new(id uuid, fate text, reason text, field text, lead_id uuid)
WHERE submission.id = new.id
"""
# Twice as long each time, so that what fails for ever costs nothing, and what a new version mends
# is not forgotten.
_REST = """
UPDATE leads_submission
SET tries = least(tries + 1, 30),
    rests_until_at = %(at)s + least(%(longest)s, %(shortest)s * 2 ^ tries)
WHERE fate = 'waiting' AND id = %(id)s
"""
# The clock looks for what has rested, so that it fails no other set if it fails once more.
_TRY_AGAIN = """
UPDATE leads_submission
SET fate = 'waiting', reason = NULL, field = NULL, rests_until_at = %(at)s
WHERE id = ANY(%(ids)s::uuid[]) AND import_id IS NULL
  AND (fate = 'refused' OR fate = 'waiting' AND rests_until_at IS NOT NULL)
"""
SHORTEST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(hours=1)
_LEDGER = (
    "id",
    "door",
    "import_id",
    "line",
    "body",
    "received_at",
    "received_by_id",
    "fate",
    "reason",
    "field",
    "lead_id",
)


@dataclass(frozen=True)
class Waiting:
    """A submission that was claimed: from now on this transaction's to take in."""

    id: uuid.UUID
    door: Door
    body: dict[str, Any]
    received_at: datetime
    received_by_id: uuid.UUID | None


def store(
    *,
    rows: Sequence[tuple[uuid.UUID, str | None, str, str]],
    door: Door,
    by: uuid.UUID | None,
    at: datetime,
) -> set[uuid.UUID]:
    """Keep submissions (id, nonce, digest, body as JSON text) and have the worker take them in.

    The ids of those kept now: a known nonce stays as it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE, [door.value, at, by, recordset(("id", "nonce", "digest", "body"), rows)]
        )
        return {id for id, _told in cursor.fetchall()}


def still_waits(first: Sequence[uuid.UUID]) -> bool:
    """Whether one of these waits to be taken in."""
    with connection.cursor() as cursor:
        cursor.execute(_STILL_WAITS, {"first": list(first)})
        return bool(cursor.fetchone()[0])


def many_wait(*, but: Sequence[uuid.UUID] = ()) -> bool:
    """Whether so many wait to be taken in, beside these, that more come all the time."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS_WAIT, {"but": list(but), "most": MANY})
        return int(cursor.fetchone()[0]) == MANY


def have_turn(*, gather: float) -> bool:
    """Whether nobody else takes in; then nobody will until the running transaction ends.

    First lets more come together for `gather` seconds.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRY_TURN, [_LOCK])
        is_mine = bool(cursor.fetchone()[0])
        if is_mine and gather:
            cursor.execute(_GATHER, [gather])
    return is_mine


def await_turn() -> None:
    """Wait until whoever takes in has ended; outside a transaction, for it would keep the lock."""
    with connection.cursor() as cursor:
        cursor.execute(_AWAIT_TURN, [_LOCK])


def claim_waiting(*, limit: int, first: Sequence[uuid.UUID] | None = None) -> list[Waiting]:
    """Claim up to `limit` waiting submissions, oldest first, for the running transaction.

    `first` names those whose senders wait: they come before others, and when none of them
    waits any more, nothing is claimed. None: nobody's.
    Whoever rolls back leaves them waiting; whoever comes second gets none of them.
    """
    with connection.cursor() as cursor:
        if first is None:
            cursor.execute(_ANY, {"limit": limit})
        else:
            cursor.execute(_WITH, {"limit": limit, "first": list(first)})
        rows = cursor.fetchall()
    claimed = [
        Waiting(
            id=id,
            door=Door(door),
            body=json.loads(body),
            received_at=received_at,
            received_by_id=by,
        )
        for id, door, body, received_at, by in rows
    ]
    return sorted(claimed, key=lambda waiting: (waiting.received_at, waiting.id))


def let_rest(*, id: uuid.UUID, at: datetime) -> bool:
    """Try a submission no more for a while; whether it still waits."""
    asked: dict[str, Any] = {"id": id, "at": at, "shortest": SHORTEST_REST, "longest": LONGEST_REST}
    with connection.cursor() as cursor:
        cursor.execute(_REST, asked)
        return bool(cursor.rowcount == 1)


def try_again(*, ids: Collection[uuid.UUID], at: datetime) -> int:
    """Have what was not taken in, or was refused, tried once more; how many those are."""
    with connection.cursor() as cursor:
        cursor.execute(_TRY_AGAIN, {"ids": sorted(ids), "at": at})
        return int(cursor.rowcount)


def settle(*, entries: Sequence[Entry]) -> None:
    """Note the fate of claimed submissions."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            [
                recordset(
                    ("id", "fate", "reason", "field", "lead_id"),
                    ((e.submission_id, e.fate, e.reason, e.field, e.lead_id) for e in entries),
                )
            ],
        )


def keep_ledger(
    *, entries: Sequence[Entry], import_id: uuid.UUID, by: uuid.UUID | None, at: datetime
) -> None:
    """Write the rows of a file with their fate: the import's ledger."""
    copy_rows(
        Submission,
        _LEDGER,
        (
            (
                entry.submission_id,
                Door.IMPORT.value,
                import_id,
                entry.line,
                entry.body,
                at,
                by,
                entry.fate,
                entry.reason,
                entry.field,
                entry.lead_id,
            )
            for entry in entries
        ),
    )
