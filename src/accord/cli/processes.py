"""`accord web` and `accord worker`: any number of each, on any machine."""

import os

import click

from accord.cli import ready as grounds
from accord.config.parents import die_with_parent
from accord.config.supervisor import web_command


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def web(host: str, port: int) -> None:
    """Run a web process alone."""
    grounds.ready()
    command = web_command(f"{host}:{port}")
    os.execv(command[0], command)  # noqa: S606 - a command of our own


@click.command()
@click.option("--concurrency", default=4, show_default=True, help="Jobs at one time.")
def worker(concurrency: int) -> None:
    """Run a worker alone."""
    die_with_parent()
    grounds.ready()
    from accord.config.worker import run

    run(concurrency=concurrency)
