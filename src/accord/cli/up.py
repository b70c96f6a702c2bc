"""`accord up` and `accord stop`."""

import errno
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import click

from accord.base.errors import Refusal, _
from accord.config import postgres, running
from accord.config.home import home
from accord.config.supervisor import Supervisor

# So long do the processes of a killed `accord up` take to end and let go of the port.
LET_GO_WITHIN = 20.0


class PortTaken(Refusal):
    """Something else listens at the port."""


@click.command()
@click.option("--port", default=8000, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True)
def up(port: int, host: str) -> None:
    """Run Accord: database, web and worker, until Ctrl-C."""
    here = home()
    try:
        with running.alone(here) as lock:
            before = running.left_by_a_killed(here)
            same = before is not None and before.address.endswith(f":{port}/")
            listening = listen(host, port, wait=LET_GO_WITHIN if same else 0.0)
            address = f"http://{_shown(host)}:{listening.getsockname()[1]}/"
            running.record(lock, address)
            code = _run(here, listening, address)
    except running.AlreadyRunning as answer:
        # What was asked for is so; nothing failed.
        click.echo(answer.sentence)
        return
    sys.exit(code)


@click.command()
def stop() -> None:
    """Stop what this ACCORD_HOME has running."""
    here = home()
    ran = running.stop(here)
    ran = postgres.stop(here) or ran
    click.echo("Accord has stopped." if ran else f"Nothing is running (ACCORD_HOME {here}).")


def listen(host: str, port: int, *, wait: float) -> socket.socket:
    """A listening socket. Raises PortTaken if the port is not free within `wait` seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + wait
    while True:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen(512)
        except OSError as error:
            listening.close()
            if error.errno != errno.EADDRINUSE:
                why = f"Accord cannot listen at {host}:{port}: {error.strerror}."
                raise PortTaken(why) from error
            if time.monotonic() > deadline:
                raise PortTaken(
                    _(
                        "Port %(port)s is in use by another program. Choose another "
                        "one: accord up --port %(next)s"
                    )
                    % {"port": port, "next": port + 1}
                ) from error
            time.sleep(0.2)
        else:
            return listening


def _run(here: Path, listening: socket.socket, address: str) -> int:
    os.environ.setdefault("ACCORD_URL", address.rstrip("/"))
    embedded = not os.environ.get("DATABASE_URL")
    try:
        if embedded:
            postgres.start(here)
        # In a process of its own, so that the supervisor stays small.
        done = subprocess.run([sys.executable, "-m", "accord.cli", "migrate"], check=False)
    except BaseException:
        if embedded:
            postgres.stop(here)
        raise
    if done.returncode:
        if embedded:
            postgres.stop(here)
        return 1
    supervisor = Supervisor(
        home=here,
        listening=listening,
        has_database=embedded,
        announce=lambda: click.echo(f"Accord is ready at {address}"),
    )
    return supervisor.run()


def _shown(host: str) -> str:
    """The host as it is written in an address."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
