"""`accord up` is one process tree: it starts, keeps and stops everything."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from accord.config import places, postgres, running
from accord.config.precedence import WEB
from accord.config.supervisor import kill_all
from tests.config.homes import ACCORD, a_home, accord, environment


class Up:
    """A running `accord up` on a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "up.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [*ACCORD, "up", "--port", "0"],
                env=environment(home),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.tree = psutil.Process(self.process.pid)
        assert self.process.stdout
        self.first_line = self.process.stdout.readline()
        assert self.first_line, self.log.read_text()

    @property
    def address(self) -> str:
        return self.first_line.split()[-1]

    def children(self, *words: str) -> list[psutil.Process]:
        """The children whose command lines have all these words, oldest first."""
        return [each for each in self.tree.children() if _runs(each, *words)]

    def intake(self) -> list[psutil.Process]:
        """The process that takes in what comes, which the worker keeps."""
        children = self.tree.children(recursive=True)
        return [each for each in children if _runs(each, "accord.jobs.arrivals")]

    def database(self) -> psutil.Process:
        pid = (places.locate(self.home).data / "postmaster.pid").read_text().split()[0]
        return psutil.Process(int(pid))

    def everything(self) -> list[psutil.Process]:
        return [*self.tree.children(recursive=True), self.database()]

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with a_home() as folder:
        yield folder


@pytest.fixture(scope="class")
def kept(home: Path) -> Iterator[Up]:
    """One for tests that do not end it."""
    started = Up(home)
    yield started
    assert started.interrupt() == 0
    started.close()


@pytest.fixture
def up(home: Path) -> Iterator[Up]:
    started = Up(home)
    yield started
    started.close()


def soon(what: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.1)
    return False


def gone(processes: list[psutil.Process]) -> bool:
    return not any(_runs(each) for each in processes)


def _runs(process: psutil.Process, *words: str) -> bool:
    """Whether it runs, and its command line has all these words; it may end while one looks."""
    try:
        is_alive = process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        return is_alive and set(words) <= set(process.cmdline() if words else ())
    except psutil.NoSuchProcess:
        return False


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}static/accord.svg", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_runs_says_where_and_leaves_nothing_behind(up: Up) -> None:
    everything = up.everything()

    assert up.first_line.startswith("Accord is ready at http://127.0.0.1:")
    assert answers(up.address)
    assert up.interrupt() == 0
    assert soon(lambda: gone(everything))
    assert not postgres.is_running(up.home)
    assert running.running(up.home) is None


class TestWhileItRuns:
    def test_a_second_one_says_so_in_one_line(self, kept: Up) -> None:
        second = accord(kept.home, "up")

        assert (
            second.stdout
            == f"Accord is already running at {kept.address} (ACCORD_HOME {kept.home}).\n"
        )
        assert (second.returncode, second.stderr) == (0, "")

    def test_whatever_is_killed_is_started_again(self, kept: Up) -> None:
        killed = [
            *kept.children("gunicorn"),
            *kept.children("accord.cli", "worker"),
            kept.database(),
        ]
        assert len(killed) == 3
        web = [each for server in kept.children("gunicorn") for each in server.children()]
        for process in killed:
            process.kill()

        assert soon(lambda: gone([*killed, *web]))
        assert soon(lambda: postgres.is_running(kept.home))
        assert soon(lambda: answers(kept.address))
        assert soon(lambda: bool(kept.children("accord.cli", "worker")))

    def test_each_web_process_has_a_share_of_the_processor(self, kept: Up) -> None:
        """Linux parts it between sessions."""
        assert soon(lambda: answers(kept.address))
        (server,) = kept.children("gunicorn")
        web = [server, *server.children()]
        assert len(web) > 1
        assert soon(lambda: len({os.getsid(each.pid) for each in web}) == len(web))
        assert soon(lambda: {each.nice() - server.nice() for each in web[1:]} == {WEB})

    def test_what_takes_in_is_kept_by_the_worker_and_ends_with_it(self, kept: Up) -> None:
        assert soon(lambda: bool(kept.intake()))
        (first,) = kept.intake()
        first.kill()
        assert soon(lambda: bool(kept.intake()) and gone([first]))

        (second,) = kept.intake()
        (worker,) = kept.children("accord.cli", "worker")
        worker.kill()
        assert soon(lambda: gone([worker, second]))
        assert soon(lambda: bool(kept.intake()))


def test_another_command_stops_it(up: Up) -> None:
    assert accord(up.home, "stop").stdout == "Accord has stopped.\n"

    assert up.process.wait(10) == 0
    assert accord(up.home, "stop").stdout.startswith("Nothing is running")


def test_when_it_is_killed_its_children_end_and_the_next_one_starts(up: Up) -> None:
    children = up.tree.children(recursive=True)
    port = up.address.rstrip("/").rsplit(":", 1)[1]
    up.process.kill()

    assert up.process.wait(10) == -signal.SIGKILL
    with subprocess.Popen(
        [*ACCORD, "up", "--port", port], env=environment(up.home), stdout=subprocess.PIPE, text=True
    ) as second:
        assert second.stdout
        assert second.stdout.readline() == up.first_line
        assert gone(children)
        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == 0


def test_what_hangs_is_killed_with_all_it_started() -> None:
    hangs = ["sh", "-c", "trap '' TERM; setsid sh -c \"trap '' TERM; sleep 60\" & wait"]
    with subprocess.Popen(hangs, start_new_session=True) as process:
        first = psutil.Process(process.pid)
        assert soon(lambda: len(first.children(recursive=True)) >= 2)
        whole = [first, *first.children(recursive=True)]
        kill_all(process.pid)
        process.wait(10)
    assert soon(lambda: gone(whole))


def test_a_busy_port_is_one_sentence(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        said = accord(home, "up", "--port", str(port))

    assert said.returncode == 1
    assert said.stderr == (
        f"Port {port} is in use by another program. "
        f"Choose another one: accord up --port {port + 1}\n"
    )


@pytest.mark.parametrize("command", ["up", "migrate", "worker"])
def test_a_database_that_cannot_be_reached_is_one_sentence(home: Path, command: str) -> None:
    nowhere = "postgresql://mira:secret@127.0.0.1:9/accord"
    arguments = [command, "--port", "0"] if command == "up" else [command]
    said = accord(home, *arguments, DATABASE_URL=nowhere)

    assert said.returncode == 1
    assert said.stderr.startswith("The database cannot be reached (")
    assert said.stderr.count("\n") == 1
    assert "secret" not in said.stderr


def test_a_database_url_that_is_not_understood_is_one_sentence(home: Path) -> None:
    said = accord(home, "migrate", DATABASE_URL="postgresql//accord")

    assert said.returncode == 1
    assert said.stderr.startswith("DATABASE_URL is not understood")
    assert said.stderr.count("\n") == 1


def test_a_setting_that_is_not_understood_is_one_sentence(home: Path) -> None:
    said = accord(home, "migrate", ACCORD_DEBUG="maybe")

    assert (said.returncode, said.stderr) == (1, "ACCORD_DEBUG is “maybe”; it can be yes or no.\n")


def test_the_environment_of_tests_does_not_reach_it(home: Path) -> None:
    assert "DATABASE_URL" not in environment(home)
    assert "DATABASE_URL" in os.environ
