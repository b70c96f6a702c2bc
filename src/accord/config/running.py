"""Which `accord up` runs on a home: it holds a lock, and the lock's file says who and where."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from accord.base.errors import Conflict, Refusal
from accord.config import home as homes

STOP_WITHIN = 60.0


class Running(NamedTuple):
    """A running `accord up`."""

    pid: int
    address: str


class AlreadyRunning(Conflict):
    """Another `accord up` runs on this home."""


@contextmanager
def alone(home: Path) -> Iterator[IO[str]]:
    """Holds the home's lock. Raises AlreadyRunning if another one does."""
    homes.prepare(home)
    with open(home / "up.lock", "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _read(home)
            where = f" at {other.address}" if other else ""
            why = f"Accord is already running{where} (ACCORD_HOME {home})."
            raise AlreadyRunning(why) from None
        yield file
        file.truncate(0)


def record(file: IO[str], address: str) -> None:
    """Writes into the held lock who we are, and where."""
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "address": address}))
    file.flush()


def running(home: Path) -> Running | None:
    """The `accord up` that runs on this home now."""
    try:
        with open(home / "up.lock") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _read(home)
    return None


def left_by_a_killed(home: Path) -> Running | None:
    """What the last `accord up` wrote, if it was killed; asked by whoever holds the lock."""
    return _read(home)


def stop(home: Path) -> bool:
    """Asks it to stop and waits until it has; whether one ran. Raises Refusal if it does not."""
    found = running(home)
    if found is None:
        return False
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN
    while running(home) is not None:
        if time.monotonic() > deadline:
            raise Refusal(
                f"Accord (process {found.pid}) did not stop in {STOP_WITHIN:.0f} seconds."
            )
        time.sleep(0.1)
    return True


def _read(home: Path) -> Running | None:
    try:
        said = json.loads((home / "up.lock").read_text())
        return Running(int(said["pid"]), str(said["address"]))
    except (OSError, ValueError, KeyError):
        return None
