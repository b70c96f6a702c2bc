"""Days as they are typed on the command line."""

from datetime import datetime
from typing import Any

import click

from accord.base.errors import Invalid
from accord.teams.dates import within_reach


class _Day(click.DateTime):
    """A day within reach."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The day as a moment without a zone."""
        day: datetime = super().convert(value, param, ctx)
        try:
            return within_reach(day, field="")
        except Invalid as error:
            self.fail(error.sentence, param, ctx)


DAY = _Day(["%Y-%m-%d"])
