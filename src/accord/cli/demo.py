"""`accord demo`: an empty install becomes a sample company."""

import secrets
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

from accord.cli.counting import counting
from accord.cli.ready import ready
from accord.sample import actions, queries


@click.command()
@click.option(
    "--size", type=click.IntRange(min=50), help="How many leads; the whole year's if not given."
)
@click.option("--remove", is_flag=True, help="Empty the sample company again.")
def demo(*, size: int | None, remove: bool) -> None:
    """Fill an empty Accord with a sample company and its last twelve months."""
    ready()
    if remove:
        actions.remove()
        click.echo("The sample company is gone.")
        return
    password = secrets.token_urlsafe(9)
    with counting("Twelve months") as tell:
        actions.fill(
            at=datetime.now(UTC), password=password, size=size or actions.SIZE, progress=tell
        )
    table = Table("Sign in as", "who is", title=f"Password of everybody: {password}")
    for person in queries.switch():
        table.add_row(person.email, f"{person.name}, {person.roles[0].replace('_', ' ')}")
    Console().print(table)
