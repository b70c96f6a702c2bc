"""Accord as people run it: web processes and a worker of their own, on a benchmark's database."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from accord.bench.actions.place import address_of
from accord.config.parents import PARENT
from accord.config.supervisor import kill_all, web_command, worker_command

HOST = "127.0.0.1"
READY_WITHIN = 60.0


@dataclass
class Product:
    """A running Accord: where it listens, and its processes."""

    port: int
    web: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]


@contextmanager
def product(database: str, log: Path) -> Iterator[Product]:
    """A running Accord on the database of this name; ended afterwards."""
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": address_of(database),
        "DJANGO_SETTINGS_MODULE": "accord.config.settings",
        PARENT: str(os.getpid()),
    }
    with log.open("wb") as lines:
        commands = (web_command(f"{HOST}:{port}"), worker_command())
        web, worker = (
            subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=lines,
                start_new_session=True,
            )
            for command in commands
        )
        try:
            _wait_for(port, web)
            yield Product(port, web, worker)
        finally:
            for process in (web, worker):
                end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and kill it with all it started if it does not."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        kill_all(process.pid)
        process.wait()


def cpu_of(pid: int) -> float:
    """The seconds of processor time of a process and of those that it started, ended ones too."""
    try:
        process = psutil.Process(pid)
        times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    except psutil.Error:
        return 0.0
    return float(sum(sum(each[:4]) for each in times))  # own and of those it waited for


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        return int(asked.getsockname()[1])


def _wait_for(port: int, web: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + READY_WITHIN
    while time.perf_counter() < deadline and web.poll() is None:
        asked = http.client.HTTPConnection(HOST, port, timeout=2)
        try:
            asked.request("GET", "/sign-in/")
            asked.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        else:
            return
        finally:
            asked.close()
    raise AssertionError("The web processes did not start.")
