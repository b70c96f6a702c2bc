"""SIGKILL in the middle of imports and form posts: no lead is lost, none handed over twice."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from accord.config import postgres
from tests.config.homes import ACCORD, a_home, environment
from tests.config.test_up import Up
from tests.kills.prospects import Crowd, Prospect

ROOT = Path(__file__).parents[2]
MAP = """
[file]
source = "kills"
[columns]
Email = "email"
Name = "name"
"Asks for" = "asks_for"
"""
ROWS = 4_000
HANDS_RAISED = 200
PATIENCE = 90  # seconds in which all that was sent must be taken in


@pytest.fixture
def up() -> Iterator[Up]:
    with a_home() as home:
        running = Up(home)
        try:
            subprocess.run(
                [sys.executable, "-m", "tests.kills.company"],
                env=environment(home),
                cwd=ROOT,
                check=True,
                timeout=60,
            )
            yield running
        finally:
            running.interrupt()
            if running.process.stdout:
                running.process.stdout.close()


class LiveImport:
    """`accord import --live`, started again whenever it is killed."""

    def __init__(self, home: Path) -> None:
        self.home, self.file, self.map = home, home / "leads.csv", home / "map.toml"
        self.map.write_text(MAP)
        with self.file.open("w") as file:
            file.write("Email,Name,Asks for\n")
            for number in range(ROWS):
                asks = "demo" if number % (ROWS // HANDS_RAISED) == 0 else ""
                file.write(f"row{number}@row{number}.example,Row {number},{asks}\n")
        self.begin()

    def begin(self) -> None:
        command = [*ACCORD, "import", "leads", str(self.file), "--map", str(self.map), "--live"]
        with (self.home / "import.log").open("a") as log:
            self.process = subprocess.Popen(
                [*command, "--json"], env=environment(self.home), stdout=log, stderr=log
            )

    def keep(self) -> bool:
        """Begin again after a kill; whether it has ended well."""
        if self.process.poll() is None:
            return False
        if self.process.returncode == 0:
            return True
        self.begin()
        return False


def victims(up: Up, live: LiveImport) -> dict[str, list[psutil.Process]]:
    """Whom a kill may hit now, by name."""
    database = up.database()
    return {
        "worker": up.children("worker"),
        "web": [c for c in up.tree.children() if "gunicorn" in " ".join(c.cmdline())],
        "database": [database],
        "backend": [c for c in database.children() if "accord accord" in " ".join(c.cmdline())],
        "import": [psutil.Process(live.process.pid)] if live.process.poll() is None else [],
    }


def kill_one(up: Up, live: LiveImport, who: str, dice: random.Random) -> bool:
    """Kill one process of a kind; False when there is none just now."""
    try:
        found = victims(up, live)[who]
        if not found:
            return False
        dice.choice(found).send_signal(signal.SIGKILL)
    except (psutil.NoSuchProcess, OSError):
        return False
    return True


def rampage(up: Up, live: LiveImport, kills: int) -> list[str]:
    """Kill so many processes, kind after kind, at moments that nobody can foresee."""
    dice = random.Random()
    done: list[str] = []
    kinds = ["worker", "web", "database", "import", "backend"]
    give_up_at = time.monotonic() + 8 * kills + 30
    while len(done) < kills:
        assert time.monotonic() < give_up_at, f"killed only {done}"
        time.sleep(dice.uniform(0.3, 1.6))
        live.keep()
        wanted = kinds[len(done) % len(kinds)]
        for who in (wanted, *kinds):
            if kill_one(up, live, who, dice):
                done.append(who)
                break
    return done


def ask(home: Path, question: str) -> list[tuple]:
    with psycopg.connect(postgres.dsn(home)) as connection:
        return connection.execute(question).fetchall()


def number(home: Path, question: str) -> int:
    return int(ask(home, question)[0][0])


def settle(up: Up, live: LiveImport, crowd: Crowd) -> None:
    """Wait until the import has ended, all forms are kept and everything is taken in."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        time.sleep(0.5)
        if not live.keep() or crowd.is_alive():
            continue
        try:
            if not number(up.home, "SELECT count(*) FROM leads_submission WHERE fate = 'waiting'"):
                return
        except psycopg.OperationalError:
            continue
    raise AssertionError("Not everything was taken in: " + (up.home / "import.log").read_text())


def check(home: Path, crowd: Crowd) -> None:
    """Every row and every form is one lead; every raised hand is handed over once."""
    assert crowd.trouble is None, crowd.trouble
    sent = [prospect.email for prospect in crowd.prospects]
    assert number(home, "SELECT count(*) FROM leads_lead") == ROWS + len(sent)
    held = {row[0] for row in ask(home, "SELECT value FROM leads_identity WHERE kind = 'email'")}
    assert held == {f"row{n}@row{n}.example" for n in range(ROWS)} | set(sent)
    assert number(home, "SELECT count(*) FROM leads_submission WHERE fate = 'created'") == len(held)
    raised = HANDS_RAISED + len(sent)
    assert number(home, "SELECT count(*) FROM handoffs_handoff") == raised
    assert number(home, "SELECT count(DISTINCT lead_id) FROM handoffs_handoff") == raised
    told = "SELECT count(*) FROM outbox_notification WHERE channel = 'app' AND kind LIKE 'handoff%'"
    assert number(home, told) == raised
    for table in ("leads_stageentry", "leads_activity", "handoffs_clock"):
        lost = f"SELECT count(*) FROM {table} WHERE lead_id NOT IN (SELECT id FROM leads_lead)"
        assert number(home, lost) == 0, table


def survive(up: Up, kills: int) -> None:
    prospects = [Prospect(n, up.address) for n in range(6 * kills)]
    time.sleep(3)  # who answers a form more quickly is taken for a program
    crowd, live = Crowd(prospects, seconds_apart=0.1), LiveImport(up.home)
    crowd.start()
    killed = rampage(up, live, kills)
    settle(up, live, crowd)
    assert len(killed) == kills
    check(up.home, crowd)


@pytest.mark.quick_kills
@pytest.mark.kills
def test_five_kills_lose_nothing_and_double_nothing(up: Up) -> None:
    survive(up, 5)


@pytest.mark.kills
def test_twenty_kills_lose_nothing_and_double_nothing(up: Up) -> None:
    survive(up, 20)
