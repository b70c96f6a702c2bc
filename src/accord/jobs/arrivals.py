"""What comes to the doors is taken in at once: the database says when, so that nobody asks it.

A job for each would be most of the work. It is a process of its own, beside the worker that keeps
it: a lead does not wait while jobs are at work. Now and then it looks for what it was not told of,
such as what a process that was killed had begun.

python -m accord.jobs.arrivals
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import django
import psycopg
from django.db import close_old_connections, connection, connections
from psycopg.conninfo import make_conninfo

from accord.config.parents import die_with_parent

log = logging.getLogger(__name__)

LOOKS_UP_EVERY = 1.0  # seconds, to see whether it is to stop
RESTS_FOR = 2.0  # after trouble, such as a database that was started anew
LOOKS_EVERY = 15.0  # seconds, whether anything waits that it was not told of
ARRIVALS = "accord_arrivals"  # the channel
# Seconds in which more comes together, where much comes in: a set costs as much as fifteen leads,
# whatever its size.
GATHER = 0.1


class Arrivals(threading.Thread):
    """Calls `take_in` whenever something has come, until it is told to stop."""

    def __init__(self, take_in: Callable[[], None]) -> None:
        super().__init__(name="arrivals", daemon=True)
        self._take_in, self._stopping = take_in, threading.Event()

    def run(self) -> None:
        """Listen; what came before is taken in first."""
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 - it goes on, whatever it was
                log.warning("Arrivals are not taken in: %s. Tried again.", type(error).__name__)
                close_old_connections()
                self._stopping.wait(RESTS_FOR)
        connections.close_all()

    def stop(self) -> None:
        """Let it end what it is at."""
        self._stopping.set()
        self.join(RESTS_FOR * 5)

    def _listen(self) -> None:
        with psycopg.connect(_address(), autocommit=True) as ear:
            ear.execute(f"LISTEN {ARRIVALS}")
            self._take_in()
            looked = time.monotonic()
            while not self._stopping.is_set():
                is_told = list(ear.notifies(timeout=LOOKS_UP_EVERY, stop_after=1))
                if is_told or time.monotonic() - looked >= LOOKS_EVERY:
                    close_old_connections()
                    self._take_in()
                    looked = time.monotonic()


def _address() -> str:
    """How the database of Django is reached."""
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "connect_timeout")
    return make_conninfo(**{name: given[name] for name in names if given.get(name)})


def take_in() -> None:
    """Take in all that waits at the doors; where a set fails, one by one.

    Raises what it failed with when that was no fault of anything that waits.
    """
    from accord.flows.take_in import BATCH, take_in_one_by_one, take_in_waiting

    try:
        while take_in_waiting(at=datetime.now(UTC), gather=GATHER) >= BATCH:
            pass
    except Exception:
        if not take_in_one_by_one(at=datetime.now(UTC)):
            raise


def main() -> None:
    """Take in what comes until SIGTERM or SIGINT."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    die_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.config.settings")
    django.setup()
    arrivals = Arrivals(take_in)
    arrivals.start()
    signal.sigwait(ends)
    arrivals.stop()


if __name__ == "__main__":
    main()
