"""`accord agreement`: read it, take it out, propose a change, sign."""

import dataclasses
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from accord.agreement import actions, queries
from accord.agreement.comparing import changes
from accord.agreement.queries import VersionSummary
from accord.agreement.reading import Defined, Reading, ReasonRead, read
from accord.agreement.schema import json_schema
from accord.agreement.together import Together, read_together
from accord.base.errors import Invalid, Missing
from accord.base.lifecycle import Side
from accord.cli.compared import print_compared, write_rows
from accord.cli.counting import counting
from accord.cli.days import DAY
from accord.cli.ready import ready
from accord.cli.suggest import as_rows, print_suggestions
from accord.flows.back_test import run_back_test
from accord.insights.suggestions import suggestions
from accord.qualification.actions import Tried, ask_back_test
from accord.teams.queries import person

VERSION = click.option(
    "--version", "number", type=int, help="Another version than the one that runs."
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")


@click.group()
def agreement() -> None:
    """The agreement between marketing and sales."""


@agreement.command()
@VERSION
@JSON
def show(*, number: int | None, as_json: bool) -> None:
    """Print the agreement as it is read."""
    ready()
    terms = queries.running() if number is None else queries.terms_of(number)
    version = queries.version(terms.number)
    reading = read(terms, since=version.in_force_from)
    if as_json:
        _json({"version": _facts(version), "agreement": dataclasses.asdict(reading)})
    else:
        _print(reading, version)


@agreement.command()
@VERSION
def export(*, number: int | None) -> None:
    """Print the agreement's YAML, exactly as it was proposed."""
    ready()
    sys.stdout.write(queries.document_of(number or queries.running().number))


@agreement.command()
def schema() -> None:
    """Print the JSON Schema that every agreement fits, for editors and for git."""
    json.dump(json_schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")


@agreement.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "made_from", type=int, required=True, help="The version FILE changes.")
@click.option("--reason", required=True, help="Why it should change.")
@click.option("--as", "email", help="Who proposes it.")
@JSON
def propose(*, file: Path, made_from: int, reason: str, email: str | None, as_json: bool) -> None:
    """Propose FILE as the next version; it runs once both heads have signed it.

    Where a newer version than the one that FILE changes was proposed, nothing is: see it first.
    """
    ready()
    if not reason.strip():
        raise Invalid(_("Say why it should change: both heads read that first."), field="reason")
    number = actions.propose(
        document=_text_of(file),
        by=person(email).id if email else None,
        at=datetime.now(UTC),
        reason=reason.strip(),
        made_from=queries.version(made_from).digest,
    )
    if as_json:
        _json(_facts(queries.version(number)))
    else:
        click.echo(f"Version {number} is proposed. Both heads sign it: accord agreement sign")


@agreement.command()
@click.option("--seat", type=click.Choice(["sales", "marketing"]), required=True)
@click.option("--as", "email", required=True, help="Who signs.")
@click.option("--version", "number", type=int, help="Another version than the newest one unsigned.")
@JSON
def sign(*, seat: str, email: str, number: int | None, as_json: bool) -> None:
    """Sign for a seat. With both signatures the version is in force, at once or from its day on."""
    ready()
    number = number or queries.proposed() or queries.running().number
    actions.sign(number=number, seat=seat, by=person(email).id, at=datetime.now(UTC))
    version = queries.version(number)
    if as_json:
        _json(_facts(version))
    elif version.missing_seats:
        click.echo(f"Signed. Version {number} waits for the head of {version.missing_seats[0]}.")
    elif version.in_force_from:
        click.echo(f"Signed. Version {number} is in force.")
    else:
        day = queries.terms_of(number).effective_on
        click.echo(f"Signed by both. Version {number} comes into force on {day:%Y-%m-%d}.")


@agreement.command()
@JSON
def history(*, as_json: bool) -> None:
    """List all versions, newest first."""
    ready()
    versions = queries.history()
    if as_json:
        _json([_facts(version) for version in versions])
        return
    table = Table("version", "state", "proposed", "in force", "signed by", "reason", box=None)
    for version in versions:
        table.add_row(
            str(version.number),
            version.state.replace("_", " "),
            f"{version.proposed_at:%Y-%m-%d}",
            f"{version.in_force_from:%Y-%m-%d}" if version.in_force_from else "",
            ", ".join(f"{each.name} ({each.seat})" for each in version.signatures),
            escape(version.reason),
        )
    Console().print(table)


@agreement.command()
@VERSION
@JSON
def diff(*, number: int | None, as_json: bool) -> None:
    """Say what a version changes: the proposed one, else the newest."""
    ready()
    number = number or queries.proposed() or queries.newest()[0]
    older = queries.before(number)
    found = changes(queries.terms_of(older), queries.terms_of(number)) if older else []
    if as_json:
        _json([dataclasses.asdict(change) for change in found])
        return
    console = Console(highlight=False)
    console.print(f"Version {number}, {len(found)} changes to version {older}", style="bold")
    for change in found:
        console.print()
        console.print(change.place, markup=False)
        console.print(f"  - {escape(change.was)}" if change.was else "  - (nothing: it is new)")
        console.print(f"  + {escape(change.now)}" if change.now else "  + (nothing: it goes)")


@agreement.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--definition", help="Which word to try; the sales-ready gate if not given.")
@click.option("--from", "begins", type=DAY, help="First day; a year ago.")
@click.option("--to", "until", type=DAY, help="Last day; yesterday.")
@click.option(
    "--rows",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write which leads, deals and handoffs stand behind each figure to this CSV file.",
)
@JSON
def backtest(
    *,
    files: tuple[Path, ...],
    definition: str | None,
    begins: datetime | None,
    until: datetime | None,
    rows: Path | None,
    as_json: bool,
) -> None:
    """Try each of FILES, up to four, on the past, beside the agreement that runs.

    Nothing changes. Facts are taken as they were known at the time.
    """
    ready()
    at = datetime.now(UTC)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = min(until.replace(tzinfo=UTC) + timedelta(days=1), at) if until else midnight
    terms = queries.running()
    running = Tried(f"Version {terms.number}", queries.document_of(terms.number))
    asked = ask_back_test(
        variants=[running, *(Tried(file.name, _text_of(file)) for file in files)],
        definition=definition or terms.gate,
        begins_at=begins.replace(tzinfo=UTC) if begins else ends - timedelta(days=365),
        ends_at=ends,
        by=None,
        at=at,
    )
    with counting("Leads judged") as tell:
        done = run_back_test(back_test_id=asked.id, tell=tell)
    if rows:
        write_rows(done, rows)
    if as_json:
        _json({"begins_at": done.begins_at, "ends_at": done.ends_at, **(done.figures or {})})
    else:
        print_compared(done, at=at)


@agreement.command()
@JSON
def suggest(*, as_json: bool) -> None:
    """Say what the data suggests: clauses, facts that are missing, points learnt from outcomes."""
    ready()
    found = suggestions(queries.running(), at=datetime.now(UTC))
    if as_json:
        _json(as_rows(found))
    else:
        print_suggestions(found)


def _text_of(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise Missing(
            _("%(file)s cannot be read (%(strerror)s); mind the path.")
            % {"file": file, "strerror": error.strerror}
        ) from error
    except UnicodeDecodeError as error:
        raise Missing(
            _("%(file)s is not UTF-8 text (byte %(start)s); save it as UTF-8.")
            % {"file": file, "start": error.start}
        ) from error


def _facts(version: VersionSummary) -> dict[str, Any]:
    facts = dataclasses.asdict(version)
    return {key: list(value) if isinstance(value, tuple) else value for key, value in facts.items()}


def _json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, default=str)
    sys.stdout.write("\n")


def _print(reading: Reading, version: VersionSummary) -> None:
    console = Console(highlight=False)
    console.print(reading.title, style="bold", markup=False)
    console.print(_standing(version), style="dim", markup=False)
    _say(console, reading.purpose, reading.period, reading.review)
    for side, text in reading.parties:
        _say(console, f"{side}: {text}")
    _say(console, reading.both_seats)
    _head(console, "What the words mean")
    for defined in reading.definitions:
        _definition(console, defined)
    _head(console, "Who goes to sales at once")
    _say(console, reading.hand_raises)
    _lines(console, reading.hand_raise_kinds)
    for title, side, text in (
        ("What marketing promises", Side.MARKETING, reading.marketing),
        ("What sales promises", Side.SALES, reading.sales),
    ):
        _head(console, title)
        _say(console, text)
        for promise in reading.promises:
            if promise.side == side:
                _say(console, promise.sentence)
                _lines(console, promise.figures)
    _head(console, "Handing over and passing back")
    _say(console, reading.handoff, reading.pass_back, reading.rounds)
    _reasons(console, reading.reasons)
    _head(console, "Losing a deal")
    _say(console, reading.lost_deals)
    _reasons(console, reading.loss_reasons)
    _head(console, "When a promise is missed")
    _say(console, reading.escalation)
    _lines(console, reading.steps)
    _duties(console, reading)
    _together(console, read_together(queries.terms_of(version.number)))


def _together(console: Console, together: Together) -> None:
    if together.goal:
        _head(console, "What both work for")
        _say(console, together.goal, together.revenue, together.share)
    _head(console, "Figures, meetings, and what follows when a promise is missed")
    _lines(console, [f"{each.label}: {each.sentence}" for each in together.figures])
    _lines(console, [f"{each.every}: {each.title} ({each.who})" for each in together.meetings])
    _lines(console, [f"{side}: {text}" for side, text in together.consequences])


def _standing(version: VersionSummary) -> str:
    signed = ", ".join(f"{each.name} ({each.seat})" for each in version.signatures) or "nobody yet"
    since = f" since {version.in_force_from:%Y-%m-%d}" if version.in_force_from else ""
    return f"Version {version.number}, {version.state.replace('_', ' ')}{since}; signed by {signed}"


def _definition(console: Console, defined: Defined) -> None:
    console.print()
    console.print(defined.title, style="bold", markup=False)
    _say(console, defined.text, defined.effect)
    level = ""
    for line in defined.criteria:
        if line.level != level and line.level == "should":
            console.print("  Asked for, but not needed:", style="dim")
        level = line.level
        exactly = f" [dim]({escape(line.exactly)})[/dim]" if line.exactly else ""
        mark = "" if line.is_group else "· "
        text = f"{mark}{escape(line.sentence)}{exactly}"
        console.print(Padding(text, (0, 0, 0, 2 + 2 * line.depth)))


def _reasons(console: Console, reasons: Any) -> None:
    table = Table("reason", "what it means", "what happens", box=None, header_style="bold")
    for reason in reasons:
        table.add_row(escape(reason.label), escape(reason.text), escape(_happens(reason)))
    console.print(table)


def _happens(reason: ReasonRead) -> str:
    return f"{reason.consequence} {reason.asks}".strip()


def _duties(console: Console, reading: Reading) -> None:
    _head(console, "Who does what")
    columns = ("what", "responsible", "accountable", "consulted", "informed")
    table = Table(*columns, box=None, header_style="bold")
    for duty in reading.duties:
        table.add_row(*(escape(getattr(duty, column)) for column in columns))
    console.print(table)


def _head(console: Console, title: str) -> None:
    console.print()
    console.rule(title, align="left", style="dim")


def _say(console: Console, *sentences: str) -> None:
    console.print(" ".join(sentence for sentence in sentences if sentence), markup=False)


def _lines(console: Console, lines: Any) -> None:
    for line in lines:
        console.print(Padding(f"· {escape(line)}", (0, 0, 0, 2)))
