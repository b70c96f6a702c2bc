"""`accord token`: keys for the API."""

import json
import sys
from datetime import UTC, datetime

import click

from accord.cli.ready import ready
from accord.teams.actions import add_token
from accord.teams.queries import person


@click.group()
def token() -> None:
    """Keys for the API."""


@token.command()
@click.option("--as", "email", required=True, help="Whose rights the key has.")
@click.option("--name", default="command line", show_default=True, help="What the key is for.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
def add(*, email: str, name: str, as_json: bool) -> None:
    """Make a key. It is printed this once: Accord keeps only its digest."""
    ready()
    secret = add_token(user_id=person(email).id, name=name, at=datetime.now(UTC))
    if as_json:
        json.dump({"name": name, "email": email, "token": secret}, sys.stdout)
        sys.stdout.write("\n")
    else:
        click.echo(secret)
