"""The PostgreSQL that tests run on, shared by all runs of this work tree at one time."""

import atexit
import fcntl
import os
import shutil
from pathlib import Path

import psutil
import psycopg

from accord.config import postgres

HOME = Path(__file__).resolve().parent.parent / ".test-home"
# Tests ask for speed, and nobody misses their data.
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_connections": "120",
    "checkpoint_timeout": "1h",
}
PREFIX = "test_accord_"


def prepare() -> dict[str, str]:
    """Starts it, unless this process was started by one that did; returns the environment."""
    if os.environ.get("ACCORD_TEST_NAME"):
        return {}
    given = os.environ.get("ACCORD_TEST_DATABASE_URL")
    if not given:
        _use()
    address = given or _start()
    _drop_left_over(address)
    return {
        "ACCORD_HOME": str(HOME),
        "ACCORD_SECRET_KEY": "only for tests",
        "ACCORD_URL": "http://testserver",
        "DATABASE_URL": address,
        "ACCORD_TEST_NAME": f"{PREFIX}{os.getpid()}",
    }


def _start() -> str:
    try:
        return postgres.start(HOME, settings=QUICK)
    except postgres.DatabaseUnavailable:
        # Without fsync, a machine that lost its power leaves data that nobody needs.
        shutil.rmtree(HOME)
        return postgres.start(HOME, settings=QUICK)


def _use() -> None:
    """Holds it until this run ends; the last one stops it."""
    HOME.mkdir(mode=0o711, exist_ok=True)
    held = open(HOME / "used.lock", "w")  # noqa: SIM115 - held until the run ends
    fcntl.flock(held, fcntl.LOCK_SH)
    owner = os.getpid()

    def leave() -> None:
        if os.getpid() != owner:
            return
        fcntl.flock(held, fcntl.LOCK_UN)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        postgres.stop(HOME, how="immediate")

    atexit.register(leave)


def _drop_left_over(address: str) -> None:
    """Removes the databases of runs that were killed."""
    with psycopg.connect(address, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
        ).fetchall()
        for (name,) in rows:
            run = name.removeprefix(PREFIX).split("_")[0]
            if run.isdecimal() and not psutil.pid_exists(int(run)):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
