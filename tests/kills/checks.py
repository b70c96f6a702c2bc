"""What must be true of the record afterwards, whatever was killed."""

import time
from collections import Counter
from typing import Any

import psycopg

from tests.kills.work import Importing, Ledger

_UNSETTLED = """
SELECT (SELECT count(*) FROM leads_submission WHERE fate = 'waiting')
     + (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
        AND task_name IN ('take_in', 'run_import') AND scheduled_at IS NULL)
"""


def rows(address: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(statement).fetchall()


def settled(address: str, seconds: float) -> bool:
    """Whether, within so many seconds, nothing is left to be taken in."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if rows(address, _UNSETTLED) == [(0,)]:
                return True
        except psycopg.OperationalError:
            pass
        time.sleep(0.3)
    return False


def check_record(address: str, ledger: Ledger, importing: Importing) -> None:
    """Every post and every row is exactly one lead, and every hand-raise one handoff."""
    _everybody_is_one_lead(address, ledger)
    _everything_sent_stands_once(address, ledger)
    _every_row_stands_in_the_ledger(address, importing)
    _whoever_asked_was_handed_over_once(address, ledger)
    _whoever_is_told_is_told_once(address)


def _everybody_is_one_lead(address: str, ledger: Ledger) -> None:
    known = dict(
        rows(address, "SELECT value, lead_id::text FROM leads_identity WHERE kind = 'email'")
    )
    assert known.keys() == ledger.sent.keys()
    leads = rows(address, "SELECT id::text, email FROM leads_lead WHERE merged_into_id IS NULL")
    assert len(set(known.values())) == len(known) == len(leads)
    assert {email: id for id, email in leads} == known
    stages = rows(address, "SELECT count(*) FROM leads_stageentry WHERE left_at IS NULL")
    assert stages == [(len(leads),)]


def _everything_sent_stands_once(address: str, ledger: Ledger) -> None:
    fates = Counter(
        dict(rows(address, "SELECT fate, count(*) FROM leads_submission GROUP BY fate"))
    )
    assert fates["waiting"] == fates["refused"] == 0
    assert fates.total() == sum(ledger.sent.values())
    told = """
        SELECT lead.email, count(*) FROM leads_activity AS activity
        JOIN leads_lead AS lead ON lead.id = activity.lead_id
        WHERE activity.kind IN ('form.submitted', 'import.added') GROUP BY 1
    """
    unchanged = """
        SELECT lead.email, count(*) FROM leads_submission AS submission
        JOIN leads_lead AS lead ON lead.id = submission.lead_id
        WHERE submission.fate = 'unchanged' GROUP BY 1
    """
    seen = Counter(dict(rows(address, told))) + Counter(dict(rows(address, unchanged)))
    assert seen == Counter(ledger.sent)


def _every_row_stands_in_the_ledger(address: str, importing: Importing) -> None:
    files = """
        SELECT state, count(submission.id), count(DISTINCT line), max(lines_done) - 1,
               max(created + merged + unchanged), max(refused)
        FROM leads_import LEFT JOIN leads_submission AS submission
          ON submission.import_id = leads_import.id
        GROUP BY leads_import.id, state
    """
    number = importing.rows
    expected = ("done", number, number, number, number, 0)
    assert rows(address, files) == [expected] * importing.files


def _whoever_asked_was_handed_over_once(address: str, ledger: Ledger) -> None:
    handed = """
        SELECT lead.email, count(*), count(DISTINCT handoff.episode_id),
               count(*) FILTER (WHERE handoff.disposed_at IS NULL)
        FROM handoffs_handoff AS handoff JOIN leads_lead AS lead ON lead.id = handoff.lead_id
        GROUP BY 1
    """
    found = {email: tuple(counts) for email, *counts in rows(address, handed)}
    expected = dict.fromkeys(ledger.raised, (1, 1, 1))
    assert found == expected, sorted(found.items() ^ expected.items())[:12]
    clocks = "SELECT count(*), count(DISTINCT (handoff_id, kind)) FROM handoffs_clock"
    ((running, different),) = rows(address, clocks)
    assert running == different >= len(ledger.raised)
    turns = """
        SELECT (SELECT sum(assigned) FROM handoffs_poolmember),
               (SELECT count(*) FROM handoffs_handoff WHERE owner_id IS NOT NULL)
    """
    ((assigned, owned),) = rows(address, turns)
    assert assigned == owned


def _whoever_is_told_is_told_once(address: str) -> None:
    told = """
        SELECT count(*), count(DISTINCT (event_id, user_id, channel)),
               count(*) FILTER (WHERE kind IN ('handoff.offered', 'handoff.queued')
                                AND channel = 'app')
        FROM outbox_notification
    """
    ((count, different, offers),) = rows(address, told)
    ((handoffs,),) = rows(address, "SELECT count(*) FROM handoffs_handoff")
    assert count == different
    assert offers >= handoffs
