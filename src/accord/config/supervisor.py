"""One process tree: the supervisor keeps the database, the web processes and the worker running.

The supervisor holds the listening socket, so that while web processes are started anew,
requests wait instead of being refused.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from accord.config import postgres
from accord.config.parents import PARENT

LOOK_EVERY = 0.2
STOP_WITHIN = 25.0
# A process that lives this long was well; its next failure counts as the first.
WELL_AFTER = 10.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
# So many failures in a row before the first answer mean that it will not come.
GIVE_UP_AFTER = 3


def web_command(bind: str) -> list[str]:
    """The command line of a web server that listens at `bind`."""
    server = [sys.executable, "-m", "gunicorn", "--config", "python:accord.config.server"]
    return [*server, "--bind", bind, "accord.config.wsgi:application"]


def worker_command() -> list[str]:
    """The command line of a worker."""
    return [sys.executable, "-m", "accord.cli", "worker"]


def kill_all(pid: int) -> None:
    """Kills a process and all that it started, whatever sessions they have."""
    first = psutil.Process(pid)
    for each in (first, *first.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            each.kill()


@dataclass
class Child:
    """One process that is kept running."""

    name: str
    command: list[str]
    inherits: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    next_start: float = 0.0

    def keep(self, now: float) -> None:
        """Starts it if it does not run and its pause is over."""
        if self.process and self.process.poll() is not None:
            self._note_end(now, self.process.returncode)
        if self.process is None and now >= self.next_start:
            self.started = now
            # A session of its own: Ctrl-C at the terminal reaches the supervisor alone.
            self.process = subprocess.Popen(
                self.command,
                pass_fds=self.inherits,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, PARENT: str(os.getpid())},
            )

    def end(self, kind: signal.Signals) -> None:
        """Sends a signal, if it runs; to all that it started, too, when it is to be killed."""
        if self.process and self.process.poll() is None:
            if kind == signal.SIGKILL:
                kill_all(self.process.pid)
            else:
                self.process.send_signal(kind)

    def _note_end(self, now: float, code: int) -> None:
        self.failures = 1 if now - self.started > WELL_AFTER else self.failures + 1
        pause = min(SHORTEST_PAUSE * 2 ** (self.failures - 1), LONGEST_PAUSE)
        self.process, self.next_start = None, now + pause
        say(f"The {self.name} ended ({reason(code)}); it starts again in {pause:.1f} s.")


@dataclass
class Supervisor:
    """Keeps everything running until it is told to stop."""

    home: Path
    listening: socket.socket
    has_database: bool
    announce: Callable[[], None]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    ready: bool = False

    def run(self) -> int:
        """Runs until SIGINT or SIGTERM; the exit code."""
        for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(kind, self._ask_to_stop)
        handle = self.listening.fileno()
        self.children = [
            Child("web server", web_command(f"fd://{handle}"), inherits=(handle,)),
            Child("worker", worker_command()),
        ]
        try:
            while not self.stopping:
                self._look()
                if (
                    not self.ready
                    and max(child.failures for child in self.children) >= GIVE_UP_AFTER
                ):
                    say("Accord could not be started; the reason is above.")
                    return 1
                time.sleep(LOOK_EVERY)
        finally:
            self._stop()
        return 0

    def _look(self) -> None:
        self._keep_database()
        for child in self.children:
            child.keep(time.monotonic())
        if not self.ready and self._answers():
            self.ready = True
            self.announce()

    def _keep_database(self) -> None:
        if not self.has_database or postgres.is_running(self.home):
            return
        say("The database ended; it starts again.")
        try:
            postgres.start(self.home)
        except postgres.DatabaseUnavailable as error:
            say(error.sentence)
            time.sleep(1)

    def _answers(self) -> bool:
        host, port = self.listening.getsockname()[:2]
        asked = http.client.HTTPConnection(_reachable(host), port, timeout=2)
        try:
            asked.request("GET", "/", headers={"Host": "localhost"})
            asked.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        else:
            return True
        finally:
            asked.close()

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _stop(self) -> None:
        for child in self.children:
            child.end(signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        for child in self.children:
            if child.process:
                try:
                    child.process.wait(max(deadline - time.monotonic(), 0.1))
                except subprocess.TimeoutExpired:
                    child.end(signal.SIGKILL)
        if self.has_database:
            postgres.stop(self.home)


def _reachable(host: str) -> str:
    """Where we ourselves reach a server that listens at this address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


def reason(code: int) -> str:
    """Why a process ended, in words."""
    if code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"


def say(sentence: str) -> None:
    """Tells whoever runs Accord."""
    print(sentence, file=sys.stderr, flush=True)
