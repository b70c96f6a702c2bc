"""Keeping who changed which setting of the work, and how it stood before."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accord.base.ids import new_id
from accord.teams.models import SettingChange


@dataclass(frozen=True)
class Changed:
    """A setting that changed: `what` it is, its id and name, how it stood and how it stands.

    Without a before it is new, without an after it is gone.
    """

    what: str
    subject_id: uuid.UUID
    name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def note_changes(*, changes: Sequence[Changed], by: uuid.UUID | None, at: datetime) -> None:
    """Keep changes of settings; what stands as before is none. In the caller's transaction."""
    SettingChange.objects.bulk_create(
        SettingChange(
            id=new_id(),
            changed_at=at,
            by_id=by,
            what=each.what,
            subject_id=each.subject_id,
            name=each.name[:200],
            before=dict(each.before),
            after=dict(each.after),
        )
        for each in changes
        if each.before != each.after
    )
