"""The worker: runs jobs from the database, several at a time, and takes in what comes to the
doors, until it is told to stop."""

from collections.abc import Callable
from typing import Any, cast

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from accord.config.arrivals import Arrivals

# A worker that was killed is noticed after STALLED seconds; its jobs are then taken up again.
HEARTBEAT = 2.0
STALLED = 10.0


def run(*, concurrency: int) -> None:
    """Works until SIGTERM or SIGINT; jobs at work get 15 seconds to end."""
    # Django's own connector defers jobs; a worker needs one that also listens.
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    app.perform_import_paths()  # type: ignore[no-untyped-call] # it has no types
    arrivals = Arrivals(app.tasks["take_in"])
    arrivals.start()
    try:
        with app.replace_connector(connector):
            app.run_worker(
                concurrency=concurrency,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED,
                shutdown_graceful_timeout=15.0,
                delete_jobs="successful",
                task_middleware=[fresh_connections],
            )
    finally:
        arrivals.stop()


def fresh_connections(work: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Around each job: a connection that died with the last database is not used again."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
