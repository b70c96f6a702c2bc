"""The worker: runs jobs from the database, several at a time, and keeps the process that takes in
what comes to the doors, until it is told to stop."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from accord.config.precedence import JOBS, step_back
from accord.config.supervisor import Child

# A worker that was killed is noticed after STALLED seconds; its jobs are then taken up again.
HEARTBEAT = 2.0
STALLED = 10.0
LOOK_EVERY = 0.5
STOP_WITHIN = 15.0


def run(*, concurrency: int) -> None:
    """Works until SIGTERM or SIGINT; jobs at work get 15 seconds to end."""
    # Django's own connector defers jobs; a worker needs one that also listens.
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    app.perform_import_paths()  # type: ignore[no-untyped-call] # it has no types
    step_back(JOBS)  # what takes in has a session of its own, and does not
    with _taking_in(), app.replace_connector(connector):
        app.run_worker(
            concurrency=concurrency,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED,
            shutdown_graceful_timeout=STOP_WITHIN,
            delete_jobs="successful",
            task_middleware=[fresh_connections],
        )


@contextmanager
def _taking_in() -> Iterator[None]:
    """Beside whatever is done in here, a process takes in what comes to the doors."""
    child = Child("intake", [sys.executable, "-m", "accord.jobs.arrivals"])
    ending = threading.Event()

    def keep() -> None:
        while not ending.wait(LOOK_EVERY):
            child.keep(time.monotonic())

    child.keep(time.monotonic())
    keeper = threading.Thread(target=keep, name="keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()
        child.end(signal.SIGTERM)
        try:
            if child.process:
                child.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            child.end(signal.SIGKILL)


def fresh_connections(work: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Around each job: a connection that died with the last database is not used again."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
