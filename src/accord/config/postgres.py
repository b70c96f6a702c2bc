"""The database that Accord brings along: PostgreSQL 18, under ACCORD_HOME, on a unix socket.

Nothing here knows Django. `start` may be called by any command at any time: it reuses what runs,
and recovers what was killed. A root's database runs as a system user, because PostgreSQL
refuses root; where that user cannot reach the home folder, its data lies in /var/lib/accord.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg

from accord.config import home as homes
from accord.config.places import MAJOR, DatabaseUnavailable, Place, locate, make_account

NAME = "accord"
START_WITHIN = 120
STOP_WITHIN = 60
LET_GO_WITHIN = 30
HELD = ("pre-existing shared memory block", "lock file")
LOG_LIMIT = 10 * 1024 * 1024


def dsn(home: Path) -> str:
    """How to reach the database of this home, whether it runs or not."""
    return _address(locate(home), NAME)


def is_running(home: Path) -> bool:
    """Whether the database of this home runs."""
    return _postmaster(locate(home)) is not None


def start(home: Path, *, settings: Mapping[str, str] | None = None) -> str:
    """Runs the database of this home, made first if need be; returns how to reach it.

    `settings` go before the machine's own choice. Raises DatabaseUnavailable.
    """
    try:
        homes.prepare(home)
        with _alone(home):
            make_account()
            place = locate(home)
            deadline = time.monotonic() + START_WITHIN
            while True:
                if _postmaster(place) is None:
                    place.prepare()
                    _make(place, dict(settings or {}))
                    _launch(place, dict(settings or {}))
                if _answers(place, deadline):
                    break
    except OSError as error:
        raise DatabaseUnavailable(f"The database of {home} cannot be started: {error}") from error
    return _address(place, NAME)


def stop(home: Path, *, how: str = "fast") -> bool:
    """Stops the database of this home and waits for it; whether it ran."""
    if not home.is_dir():
        return False
    with _alone(home):
        place = locate(home)
        if _postmaster(place) is None:
            return False
        done = place.run(
            "pg_ctl", "stop", "-D", str(place.data), "-m", how, "-w", "-t", str(STOP_WITHIN)
        )
        if done.returncode and _postmaster(place) is not None:
            raise DatabaseUnavailable(f"The database did not stop: {done.stdout.strip()}")
    return True


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with open(home / "postgres.lock", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _address(place: Place, database: str) -> str:
    return f"postgresql://{NAME}@/{database}?host={place.socket}"


def _postmaster(place: Place) -> psutil.Process | None:
    """The running server of these data. A recycled process id is not taken for it."""
    try:
        process = psutil.Process(int((place.data / "postmaster.pid").read_text().split("\n", 1)[0]))
        if process.status() == psutil.STATUS_ZOMBIE or Path(process.cwd()) != place.data.resolve():
            return None
    except (OSError, ValueError, psutil.Error):
        return None
    return process


def _make(place: Place, settings: dict[str, str]) -> None:
    """Makes the cluster aside and moves it into place, so that a kill leaves no half one."""
    if (place.data / "PG_VERSION").exists():
        _same_version(place)
        return
    draft = place.data.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)
    options = ["--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--no-instructions"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    if settings.get("fsync") == "off":
        options.append("--no-sync")
    made = place.run("initdb", "-D", str(draft), "-U", NAME, *options)
    if made.returncode:
        why = f"The database could not be made in {place.data}: {_reason(made.stdout)}"
        raise DatabaseUnavailable(why)
    with open(draft / "postgresql.conf", "a") as file:
        file.write("include_if_exists = 'accord.conf'  # written at each start\n")
    draft.rename(place.data)


def _same_version(place: Place) -> None:
    theirs = (place.data / "PG_VERSION").read_text().strip()
    if theirs != MAJOR:
        raise DatabaseUnavailable(
            f"The data in {place.data} are of PostgreSQL {theirs}, "
            f"and this Accord carries {MAJOR}. "
            "Make a backup with the Accord that wrote them, and restore it into a new ACCORD_HOME."
        )


def _launch(place: Place, settings: dict[str, str]) -> None:
    chosen = {**machine_settings(), **settings, "unix_socket_directories": str(place.socket)}
    lines = [f"{name} = '{value}'\n" for name, value in sorted(chosen.items())]
    place.write(place.data / "accord.conf", "".join(lines))
    _turn_log(place.log)
    deadline = time.monotonic() + LET_GO_WITHIN
    while True:
        _drop_stale_locks(place)
        before = place.log.stat().st_size if place.log.exists() else 0
        begun = place.run(
            "pg_ctl",
            "start",
            "-D",
            str(place.data),
            "-l",
            str(place.log),
            "-w",
            "-t",
            str(START_WITHIN),
        )
        if begun.returncode == 0:
            return
        # After a kill, the old server's processes may hold its lock or memory for a moment.
        said = _since(place.log, before)
        if not any(held in said for held in HELD) or time.monotonic() > deadline:
            raise DatabaseUnavailable(
                f"The database in {place.data} did not start: {_reason(said or begun.stdout)} "
                f"Its log is {place.log}."
            )
        time.sleep(0.2)


def _drop_stale_locks(place: Place) -> None:
    """Removes locks of processes that are dead, or others by now; PostgreSQL trusts the number."""
    for path in (place.data / "postmaster.pid", place.socket / ".s.PGSQL.5432.lock"):
        with suppress(OSError, ValueError, psutil.Error):
            other = psutil.Process(int(path.read_text().split("\n", 1)[0]))
            if other.status() == psutil.STATUS_ZOMBIE or not other.name().startswith("postgres"):
                path.unlink()


def _answers(place: Place, deadline: float) -> bool:
    """Waits until the database answers, and makes ours in it; False if it died meanwhile."""
    while True:
        try:
            with psycopg.connect(_address(place, NAME), connect_timeout=10):
                return True
        except psycopg.OperationalError as error:
            if f'database "{NAME}" does not exist' in str(error):
                _create(place)
                continue
            if time.monotonic() > deadline:
                why = f"The database in {place.data} does not answer: {error}"
                raise DatabaseUnavailable(why) from error
            if _postmaster(place) is None:
                return False
            time.sleep(0.1)


def _create(place: Place) -> None:
    with psycopg.connect(_address(place, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME} TEMPLATE template0")


def machine_settings() -> dict[str, str]:
    """Settings for this machine's memory; durable, and silent about the contents of rows."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    chosen = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "shared_buffers": f"{min(max(megabytes // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 256)}MB",
        "work_mem": f"{min(max(megabytes // 256, 8), 64)}MB",
        "maintenance_work_mem": f"{min(max(megabytes // 16, 64), 512)}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        # Compiling a plan takes longer than most of our statements; it doubled evaluation time.
        "jit": "off",
        # What tidies up rests in between; else it takes a processor for seconds, once a minute.
        "autovacuum_vacuum_cost_delay": "20ms",
        "fsync": "on",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    shared = Path("/dev/shm")  # noqa: S108 - measured, not written to
    if not shared.is_dir() or shutil.disk_usage(shared).total < 512 * 2**20:
        chosen["dynamic_shared_memory_type"] = "mmap"  # as in containers, where it is 64 MB
    return chosen


def _turn_log(log: Path) -> None:
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))


def _since(log: Path, offset: int) -> str:
    with suppress(OSError):
        return log.read_bytes()[offset:].decode(errors="replace")
    return ""


def _reason(text: str) -> str:
    """The line that says why, of what a program printed."""
    lines = text.strip().splitlines() or ["for no reason given."]
    return next((line for line in lines if "FATAL" in line or "error" in line.lower()), lines[-1])


__all__ = ["DatabaseUnavailable", "dsn", "is_running", "machine_settings", "start", "stop"]
