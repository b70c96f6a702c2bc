"""Settings of gunicorn, which runs the web processes."""

import os
from pathlib import Path
from typing import Any

from accord.config.environment import number
from accord.config.parents import die_with, die_with_parent
from accord.config.precedence import WEB, step_back

worker_class = "gthread"
workers = number("ACCORD_WEB_PROCESSES", default=min(4, os.cpu_count() or 2))
threads = number("ACCORD_WEB_THREADS", default=8)
# Read once and shared; a process that was killed is there again at once.
preload_app = True
timeout = 60
graceful_timeout = 15
keepalive = 5
control_socket_disable = True
# A heartbeat file on a disk can stall a process.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
loglevel = "warning"


def on_starting(server: Any) -> None:
    """Follows the supervisor, if there is one."""
    die_with_parent()


def post_fork(server: Any, worker: Any) -> None:
    """A session of its own, as every process of the database has: where the processor is short,
    Linux parts it between sessions, and all web processes together would get the share of one.
    """
    os.setsid()
    os.nice(WEB)  # where there are no shares of sessions
    step_back(WEB)
    die_with(server.pid)
