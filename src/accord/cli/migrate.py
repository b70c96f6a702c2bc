"""`accord migrate`: the database and the collected files, brought to this version."""

import click

from accord.cli import ready
from accord.config import collected


@click.command()
def migrate() -> None:
    """Bring the database to this version, and collect the files that pages load."""
    ready.ready(migrated=False)
    ready.migrate()
    collected.refresh()
