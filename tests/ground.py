"""The PostgreSQL that tests run on, shared by all runs of this work tree at one time."""

import atexit
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from accord.config import postgres

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".test-home"
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
TEMPLATE = "template_accord_"


def prepare() -> dict[str, str]:
    """Starts it, unless this process was started by one that did; returns the environment."""
    if os.environ.get("ACCORD_TEST_NAME"):
        return {}
    HOME.mkdir(mode=0o711, exist_ok=True)
    given = os.environ.get("ACCORD_TEST_DATABASE_URL")
    if not given:
        _use()
    address = given or _start()
    _drop_left_over(address)
    environment = {
        "ACCORD_HOME": str(HOME),
        "ACCORD_SECRET_KEY": "only for tests",
        "ACCORD_URL": "http://testserver",
        "DATABASE_URL": address,
    }
    return {
        **environment,
        "ACCORD_TEST_NAME": f"{PREFIX}{os.getpid()}",
        "ACCORD_TEST_TEMPLATE": _template(address, environment),
    }


def _start() -> str:
    try:
        return postgres.start(HOME, settings=QUICK)
    except postgres.DatabaseUnavailable:
        # Without fsync, a machine that lost its power leaves data that nobody needs.
        for each in HOME.glob("postgres*"):
            if each.is_dir():
                shutil.rmtree(each)
        return postgres.start(HOME, settings=QUICK)


def _use() -> None:
    """Holds it until this run ends; the last one stops it."""
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


def _template(address: str, environment: dict[str, str]) -> str:
    """A migrated database to copy, made anew when a migration changes; empty if there is none."""
    seen = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted((ROOT / "src").glob("accord/*/migrations/*.py")):
        seen.update(path.name.encode() + path.read_bytes())
    name = f"{TEMPLATE}{seen.hexdigest()[:16]}"
    with (
        open(HOME / "template.lock", "w") as lock,
        psycopg.connect(address, autocommit=True) as connection,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
        existing = {row[0] for row in rows if row[0].startswith(TEMPLATE)}
        if name in existing:
            return name
        for old in existing:
            connection.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        draft = f"{PREFIX}{os.getpid()}_draft"
        connection.execute(f'CREATE DATABASE "{draft}" TEMPLATE template0')
        done = subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
            env={
                **os.environ,
                **environment,
                "DATABASE_URL": make_conninfo(address, dbname=draft),
                "DJANGO_SETTINGS_MODULE": "accord.config.settings",
            },
            capture_output=True,
            check=False,
        )
        if done.returncode:
            # The run will fail by itself, and say why better than we could here.
            return ""
        connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


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
