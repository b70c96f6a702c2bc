"""`accord undo`: an import taken back."""

import json
import uuid
from datetime import UTC, datetime

import click
from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.cli.ready import ready


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def undo(*, name: str, as_json: bool) -> None:
    """Undo an import. NAME is its id, or the name of its file.

    What it added goes, what it changed is as before; leads and deals that somebody went on with
    since stay as they are.
    """
    ready()
    from accord.flows.undo_import import undo_import

    undone = undo_import(import_id=_id(name), at=datetime.now(UTC))
    if as_json:
        figures = {"removed": undone.removed, "restored": undone.restored, "stayed": undone.stayed}
        click.echo(json.dumps(figures))
        return
    click.echo(
        f"{undone.removed:,} removed, {undone.restored:,} as they were before, "
        f"{undone.stayed:,} stay because somebody went on with them."
    )


def _id(name: str) -> uuid.UUID:
    from accord.leads.queries import imports

    try:
        return uuid.UUID(name)
    except ValueError:
        pass
    found = imports().filter(file_name=name, undone_at__isnull=True)[:2]
    if not found:
        raise Invalid(
            _("No import of a file named %(name)s is there to be undone.") % {"name": name},
            field="name",
        )
    if len(found) > 1:
        raise Invalid(
            _(
                "Several imports came from files named %(name)s; name one by its id, "
                "which stands in the address of its page."
            )
            % {"name": name},
            field="name",
        )
    return found[0].id
