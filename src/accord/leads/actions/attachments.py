"""Keeping files with what was written about a lead."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accord.base.errors import Invalid
from accord.leads.models import Attachment

MOST_FILES = 5
MOST_BYTES = 10 * 1024**2


@dataclass(frozen=True)
class NewFile:
    """A file as it was sent."""

    name: str
    content: bytes


def attach(
    *,
    files: Sequence[NewFile],
    lead: uuid.UUID,
    activity: uuid.UUID,
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    """Keep files with an activity of a lead. Raises Invalid for too many, too large or empty."""
    if len(files) > MOST_FILES:
        raise Invalid(_("At most %(n)s files at once.") % {"n": MOST_FILES}, field="files")
    for file in files:
        if not 0 < len(file.content) <= MOST_BYTES:
            raise Invalid(
                _("“%(name)s” is empty, or larger than %(n)s MB.")
                % {"name": file.name, "n": MOST_BYTES // 1024**2},
                field="files",
            )
    Attachment.objects.bulk_create(
        Attachment(
            lead_id=lead,
            activity_id=activity,
            name=_plain(file.name),
            size=len(file.content),
            content=file.content,
            kept_at=at,
            by_id=by,
        )
        for file in files
    )


def _plain(name: str) -> str:
    """The name without folders and without what no name holds; its ending stays."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(letter for letter in last if letter.isprintable()).strip(". ") or "file"
    stem, dot, ending = text.rpartition(".")
    return f"{stem[:180]}{dot}{ending[:19]}" if dot else text[:200]
