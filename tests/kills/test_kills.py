"""Whatever is killed at work: no lead is lost, none is handed over twice."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from accord.config import postgres
from tests.config.homes import a_home, environment
from tests.config.test_up import Up, gone, soon
from tests.kills.checks import check_record, settled
from tests.kills.work import Calling, Filling, Importing, Ledger, shuffled

VICTIMS = ["worker", "web", "database", "connection", "import"]
SETTLES_WITHIN = 60.0


@dataclass
class Scene:
    """A running Accord, and the work that goes on in it."""

    up: Up
    importing: Importing
    calling: Calling
    filling: Filling
    ledger: Ledger

    def kill(self, victim: str) -> bool:
        """Kill a process by SIGKILL; whether there was one, and it is gone."""
        try:
            found = {
                "worker": lambda: self.up.children("accord.cli", "worker"),
                "web": lambda: self.up.children("gunicorn"),
                "database": lambda: [self.up.database()],
                "connection": lambda: _connections(self.up.database()),
                "import": self._imports,
            }[victim]()
            process = random.choice(found)
            process.kill()
        except (psutil.Error, OSError, IndexError):
            return False
        return soon(lambda: gone([process]))

    def _imports(self) -> list[psutil.Process]:
        process = self.importing.process
        return [psutil.Process(process.pid)] if process and process.poll() is None else []

    def finish(self) -> None:
        """Let everybody finish what they began."""
        for sender in (self.importing, self.calling, self.filling):
            sender.stop.set()
            sender.join(180)
            assert not sender.is_alive(), self.up.log.read_text()[-4000:]


def _connections(database: psutil.Process) -> list[psutil.Process]:
    """The database's processes that serve somebody."""
    return [each for each in database.children() if "[local]" in " ".join(each.cmdline())]


@contextmanager
def scene(folder: Path, *, rows: int) -> Iterator[Scene]:
    with a_home() as home:
        done = subprocess.run(
            [sys.executable, "-m", "tests.kills.company"],
            env=environment(home),
            capture_output=True,
            text=True,
            check=True,
        )
        up = Up(home)
        ledger = Ledger()
        try:
            yield Scene(
                up=up,
                importing=Importing(home, folder, rows=rows, ledger=ledger),
                calling=Calling(up.address, done.stdout.strip(), ledger),
                filling=Filling(up.address, ledger),
                ledger=ledger,
            )
        finally:
            up.close()


def walk(folder: Path, *, kills: int, rows: int, pauses: tuple[float, float]) -> None:
    """Kill so many processes, one after the other, while people and files send leads."""
    dice = random.Random()
    with scene(folder, rows=rows) as here:
        for thread in (here.importing, here.calling, here.filling):
            thread.start()
        for victim in shuffled(VICTIMS, kills, dice):
            time.sleep(dice.uniform(*pauses))
            assert soon(lambda victim=victim: here.kill(victim)), f"there is no {victim} to kill"
        here.finish()
        address = postgres.dsn(here.up.home)
        assert settled(address, SETTLES_WITHIN), here.up.log.read_text()[-4000:]
        check_record(address, here.ledger, here.importing)
        everything = here.up.everything()
        assert here.up.interrupt() == 0
        assert soon(lambda: gone(everything))


@pytest.mark.quick_kills
def test_five_kills_lose_nothing_and_hand_nothing_over_twice(tmp_path: Path) -> None:
    walk(tmp_path, kills=5, rows=3_000, pauses=(0.5, 2.0))


@pytest.mark.kills
def test_twenty_kills_lose_nothing_and_hand_nothing_over_twice(tmp_path: Path) -> None:
    walk(tmp_path, kills=20, rows=3_000, pauses=(0.5, 4.0))
