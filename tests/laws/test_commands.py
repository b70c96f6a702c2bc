"""Every command says what it does, at once, and nothing runs only to say so."""

import subprocess
import sys
import time
from collections.abc import Iterator

import click
from click.testing import CliRunner

from accord.cli import COMMANDS, accord
from tests.laws.source import ROOT, obey

# As in the plan of the house; a command that is not there yet is not missed here.
PLANNED = frozenset(
    {
        "up",
        "stop",
        "demo",
        "import",
        "undo",
        "export",
        "agreement",
        "report",
        "bench",
        "backup",
        "restore",
    }
    | {
        "check",
        "web",
        "worker",
        "migrate",
        "user",
        "token",
        "scale-out",
        "handoff",
        "api",
        "routing",
    }
)
PATIENCE = 10  # seconds, on a busy machine


def commands(
    group: click.Group = accord, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands with the words that call them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command, name
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_every_command_is_planned() -> None:
    unplanned = set(COMMANDS) - PLANNED
    obey("The command line is a contract: a new command stands in the plan first.", unplanned)


def mute() -> Iterator[str]:
    for path, command in commands():
        result = CliRunner().invoke(accord, [*path, "--help"])
        if result.exit_code or "Usage:" not in result.output or not command.get_short_help_str():
            yield " ".join(path)


def test_every_command_says_what_it_does() -> None:
    obey("`--help` has to answer, with a line on what the command does.", mute())


def test_what_prints_figures_prints_json() -> None:
    silent = (
        name
        for (name, *_rest), command in commands()
        if name in {"import", "report", "export", "bench"}
        and not any("--json" in each.opts for each in command.params)
    )
    obey("Whatever prints figures prints them as JSON too.", silent)


def test_the_overview_is_there_at_once() -> None:
    asked = "import sys; sys.argv[1:] = ['--help']; from accord.cli import accord; accord()"
    began = time.monotonic()

    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE * 3,
    )

    assert time.monotonic() - began < PATIENCE
    assert all(f"  {name}" in done.stdout for name in COMMANDS)
    assert "django" not in done.stderr, "The overview starts without Django."
