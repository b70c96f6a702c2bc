"""The command line. Each command is a file of its own, read only when it is called."""

import os
import sys
from dataclasses import dataclass
from importlib import import_module

import click

from accord import __version__
from accord.base.errors import Refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, and its line in the overview. `django`: its file imports rooms."""

    target: str
    line: str
    django: bool = True


COMMANDS = {
    "up": Entry("accord.cli.up:up", "Run Accord: database, web and worker.", django=False),
    "stop": Entry("accord.cli.up:stop", "Stop what this ACCORD_HOME has running.", django=False),
    "web": Entry("accord.cli.processes:web", "Run a web process alone.", django=False),
    "worker": Entry("accord.cli.processes:worker", "Run a worker alone.", django=False),
    "demo": Entry("accord.cli.demo:demo", "Fill an empty Accord with a sample company."),
    "import": Entry("accord.cli.imports:import_file", "Bring in a file of leads or deals."),
    "export": Entry("accord.cli.export:export", "Print leads, companies or deals as a CSV."),
    "undo": Entry("accord.cli.undo:undo", "Undo an import."),
    "report": Entry(
        "accord.cli.report:report", "Print a report: funnel, channels, sla, scoreboard."
    ),
    "agreement": Entry("accord.cli.agreement:agreement", "Show, propose and sign the agreement."),
    "routing": Entry("accord.cli.routing:routing", "Show where leads go, and replay a month."),
    "user": Entry("accord.cli.user:user", "Add people, and list them."),
    "token": Entry("accord.cli.token:token", "Make keys for the API."),
    "bench": Entry("accord.cli.bench:bench", "Measure how fast Accord is here."),
    "migrate": Entry(
        "accord.cli.migrate:migrate", "Bring the database to this version.", django=False
    ),
}


class Overview(click.Group):
    """Finds commands by the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if entry.django:
            import django

            django.setup()
        module, name = entry.target.split(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.target} is not a command.")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.line) for name, entry in COMMANDS.items()])


@click.group(cls=Overview, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="accord")
def accord() -> None:
    """Accord: the one system that sales and marketing both work in."""


def main() -> None:
    """Runs a command; what it refuses is one sentence on stderr and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.config.settings")
    try:
        accord()
    except Refusal as refusal:
        _end(refusal.sentence)
    except Exception as error:
        sentence = _of_the_database(error)
        if sentence is None:
            raise
        _end(sentence)


def _end(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    sys.exit(1)


def _of_the_database(error: BaseException | None) -> str | None:
    """The sentence for a database that cannot be reached, or was lost; None of other errors."""
    from psycopg import OperationalError

    while error is not None and not isinstance(error, OperationalError):
        error = error.__cause__
    if error is None or (error.sqlstate or "08")[:2] not in {"08", "28", "3D", "57", "53"}:
        return None
    said = " ".join(str(error).split())
    return (
        f"The database cannot be reached ({said}). "
        "Check DATABASE_URL, or unset it to use Accord's own."
    )
