"""Notices when what was done can be seen by others: handoffs, and what is told of missed clocks.

It looks again and again, so that what it says is never too early and at most one look late.
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg

from accord.bench.actions.place import address_of

LOOK_EVERY = 0.05
ALERTS_EVERY = 20  # looks
LATE_EVERY = 60  # looks; what was long under way is seen so much later at most
RECENT, LATE, ALL = timedelta(seconds=2), timedelta(seconds=90), timedelta(days=1)
TOLD_WITHIN = timedelta(seconds=60)
# Whatever is seen so long after it began is found at the end, and counts as seen then.
_HANDOFFS = """
SELECT handoff.id, lead.email
FROM handoffs_handoff AS handoff JOIN leads_lead AS lead ON lead.id = handoff.lead_id
WHERE handoff.offered_at > %s AND handoff.owner_id IS NOT NULL
  AND handoff.trigger = 'hand_raise'
"""
_ALERTS = """
SELECT clock.id, clock.due_at
FROM handoffs_escalation AS escalation JOIN handoffs_clock AS clock
  ON clock.id = escalation.clock_id
WHERE escalation.step = 'tell_rep' AND escalation.taken_at > %s
"""
_NOT_TOLD = """
SELECT count(*) FROM handoffs_clock AS clock
WHERE clock.due_at < %s AND clock.state IN ('running', 'missed')
  AND clock.stopped_at IS NULL AND NOT EXISTS (
    SELECT FROM handoffs_escalation AS escalation
    WHERE escalation.clock_id = clock.id AND escalation.step = 'tell_rep')
"""


@dataclass
class Seen:
    """When each handoff was seen first, by the lead's address; how late each miss was told."""

    handoffs: dict[str, float] = field(default_factory=dict)
    twice: int = 0
    alerts: dict[uuid.UUID, float] = field(default_factory=dict)
    not_told: int = 0


class Watcher(threading.Thread):
    """Looks at a database until it is told to stop."""

    def __init__(self, database: str, now: Callable[[], datetime]) -> None:
        super().__init__(daemon=True)
        self.seen, self.stop = Seen(), threading.Event()
        self._now = now
        self._address = address_of(database)
        self._known: set[uuid.UUID] = set()

    def run(self) -> None:
        """Look, and look once more at everything in the end."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            number = 0
            while not self.stop.wait(LOOK_EVERY):
                self._look_at_handoffs(connection, RECENT if number % LATE_EVERY else LATE)
                number += 1
                if number % ALERTS_EVERY == 0:
                    self._look_at_alerts(connection, 5 * RECENT)
            self._look_at_handoffs(connection, ALL)
            self._look_at_alerts(connection, ALL)
            overdue = self._now() - TOLD_WITHIN
            (self.seen.not_told,) = connection.execute(_NOT_TOLD, [overdue]).fetchone() or (0,)

    def _look_at_handoffs(self, connection: psycopg.Connection, back: timedelta) -> None:
        rows = connection.execute(_HANDOFFS, [self._now() - back]).fetchall()
        seen_at = time.perf_counter()
        for id, email in rows:
            if id not in self._known:
                self._known.add(id)
                self.seen.twice += email in self.seen.handoffs
                self.seen.handoffs.setdefault(email, seen_at)

    def _look_at_alerts(self, connection: psycopg.Connection, back: timedelta) -> None:
        rows = connection.execute(_ALERTS, [self._now() - back]).fetchall()
        now = self._now()
        for id, due_at in rows:
            self.seen.alerts.setdefault(id, (now - due_at).total_seconds())
