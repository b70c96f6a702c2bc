"""`accord user`: the people who may sign in."""

import json
import sys
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from accord.cli.ready import ready
from accord.flows.begin import add_person
from accord.teams.actions import Newcomer, set_password
from accord.teams.queries import people, person

ROLES = ("rep", "marketer", "head_of_sales", "head_of_marketing", "admin")


@click.group()
def user() -> None:
    """The people who may sign in."""


@user.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option(
    "--role",
    "roles",
    type=click.Choice(ROLES),
    multiple=True,
    required=True,
    help="May be given more than once.",
)
@click.option("--time-zone", default="", help="Such as Europe/Berlin; else the company's.")
@click.option("--password", help="Asked for when it is not given; - reads it from standard input.")
def add(
    *, email: str, name: str, roles: tuple[str, ...], time_zone: str, password: str | None
) -> None:
    """Add a person with the address EMAIL. A rep takes turns from now on."""
    ready()
    newcomer = Newcomer(email, name, roles, _password(password), time_zone)
    added = add_person(newcomer=newcomer, at=datetime.now(UTC))
    click.echo(f"{added.name} can sign in as {added.email}.")


@user.command("password")
@click.argument("email")
@click.option("--password", help="Asked for when it is not given; - reads it from standard input.")
def change_password(*, email: str, password: str | None) -> None:
    """Set the password of the person with the address EMAIL."""
    ready()
    set_password(user_id=person(email).id, password=_password(password))
    click.echo("The password is set.")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def list_people(*, as_json: bool) -> None:
    """List the people who may sign in."""
    ready()
    rows = [
        {"email": each.email, "name": each.name, "roles": list(each.roles)} for each in people()
    ]
    if as_json:
        json.dump(rows, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    table = Table("e-mail", "name", "roles", box=None, header_style="bold")
    for row in rows:
        table.add_row(escape(str(row["email"])), escape(str(row["name"])), ", ".join(row["roles"]))
    Console().print(table)


def _password(given: str | None) -> str:
    if given == "-":
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = given or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
