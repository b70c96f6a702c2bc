"""A whole Accord of one's own, as it runs for people: web processes, a worker, a database."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connections
from django.test import Client
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pytest_django import DjangoDbBlocker

from tests import ground

ROOT = Path(__file__).resolve().parents[2]
Answer = TypeVar("Answer")
_numbers = count(1)


class Place:
    """A running Accord: where it is, and what happens there without a page."""

    def __init__(self, address: str, inside: ThreadPoolExecutor) -> None:
        self.address = address
        self._inside = inside

    def do(self, act: Callable[..., Answer], **arguments: Any) -> Answer:
        """What another door does, such as a flow at another moment; Playwright has this thread."""
        return self._inside.submit(act, **arguments).result()

    def cookie(self, email: str) -> dict[str, str]:
        """The cookie of a person who has signed in."""

        def sign_in() -> str:
            client = Client()
            client.force_login(get_user_model().objects.get(email=email))
            return str(client.cookies["sessionid"].value)

        return {"name": "sessionid", "value": self.do(sign_in), "url": self.address}


@contextmanager
def a_place(blocker: DjangoDbBlocker, *, has_worker: bool = True) -> Iterator[Place]:
    """An Accord on an empty database, gone afterwards."""
    with blocker.unblock(), _a_database() as database, ThreadPoolExecutor(1) as inside:
        inside.submit(call_command, "createcachetable").result()
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        environment = _environment(database, address)
        processes = [_start(environment, "web", "--port", str(port))]
        if has_worker:
            processes.append(_start(environment, "worker", "--concurrency", "1"))
        try:
            _await(address, processes[0])
            yield Place(address, inside)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)
            inside.submit(connections.close_all).result()


@contextmanager
def _a_database() -> Iterator[str]:
    """A migrated database of its own, which Django uses meanwhile; its address."""
    server = os.environ["DATABASE_URL"]
    settings = connections["default"].settings_dict
    before, name = settings["NAME"], f"{ground.PREFIX}{os.getpid()}_{next(_numbers)}"
    template = os.environ["ACCORD_TEST_TEMPLATE"]
    with psycopg.connect(server, autocommit=True) as connection:
        named = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(named.format(sql.Identifier(name), sql.Identifier(template)))
        settings["NAME"] = name
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            settings["NAME"] = before
            gone = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            connection.execute(gone.format(sql.Identifier(name)))


def _environment(database: str, address: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "ACCORD_URL": address,
        "ACCORD_WEB_PROCESSES": "1",
        "DJANGO_SETTINGS_MODULE": "accord.config.settings",
    }


def _start(environment: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "accord.cli", *command], env=environment, cwd=ROOT
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/static/accord.svg", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"Accord does not answer at {address}")
