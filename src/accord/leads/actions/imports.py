"""An import's own record: begun once for a file and its map, moved on with each batch."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.leads.models import Fate, Import, ImportState, Submission

_NOTHING = dict.fromkeys(("created", "merged", "unchanged", "refused", "lines_done"), 0)


def begin_import(
    *, id: uuid.UUID, values: Mapping[str, Any], by: uuid.UUID | None, at: datetime
) -> Import:
    """The import of this id: as it stands when it was begun before, else begun now.

    `values` are kind, file_name, file_digest, source, mapping, is_live, lines_total and
    upload_id.
    """
    fresh = {"state": ImportState.RUNNING, "started_at": at, "started_by_id": by, **values}
    Import.objects.bulk_create([Import(id=id, **fresh)], ignore_conflicts=True)
    Import.objects.filter(id=id, state=ImportState.UNDONE).update(
        **fresh, **_NOTHING, undone_at=None, finished_at=None
    )
    Import.objects.filter(id=id).exclude(state=ImportState.DONE).update(
        resumed_at=at, resumed_line=F("lines_done"), cancelled_at=None
    )
    return Import.objects.get(id=id)


def cancel_import(*, import_id: uuid.UUID, at: datetime) -> None:
    """Have a running import stop behind its current batch. Raises Conflict when it has ended."""
    running = Import.objects.filter(
        id=import_id, state__in=[ImportState.WAITING, ImportState.RUNNING]
    )
    if not running.update(cancelled_at=at):
        raise Conflict(_("This import has ended already; it can only be undone."))


def move_on(*, import_id: uuid.UUID, from_line: int, to_line: int) -> None:
    """Claim the lines up to `to_line`, first of all in the batch's own transaction.

    Raises Conflict, and so undoes the batch, when another process did them meanwhile.
    """
    moved = Import.objects.filter(
        id=import_id, lines_done=from_line, cancelled_at__isnull=True
    ).update(lines_done=to_line, state=ImportState.RUNNING)
    if not moved and Import.objects.filter(id=import_id, cancelled_at__isnull=False).exists():
        raise Conflict(_("It was cancelled; what was done stays, and can be undone."))
    if not moved:
        raise Conflict(
            _("Another process is importing this file; its progress stands on the import page.")
        )


def recount(*, import_id: uuid.UUID, fates: Mapping[str, int]) -> None:
    """Add to the counts of an import."""
    Import.objects.filter(id=import_id).update(**_added(fates))


def finish_import(*, import_id: uuid.UUID, at: datetime) -> None:
    """The whole file is read."""
    Import.objects.filter(id=import_id).exclude(state=ImportState.DONE).update(
        state=ImportState.DONE, finished_at=at, lines_total=F("lines_done"), trouble=""
    )


def stop_import(*, import_id: uuid.UUID, trouble: str) -> None:
    """The import cannot go on for now; running it again resumes it."""
    Import.objects.filter(id=import_id).exclude(state=ImportState.DONE).update(
        state=ImportState.STOPPED, trouble=trouble
    )


def forget_refused(*, import_id: uuid.UUID, lines: Collection[int]) -> None:
    """Drop refused rows of the ledger whose place a better fate takes."""
    Submission.objects.filter(
        import_id=import_id, line__in=sorted(lines), fate=Fate.REFUSED
    ).delete()


def gather_statistics(*, models: Collection[type[Model]]) -> None:
    """Let the database look at what fills these tables, so that it plans for it.

    It does so by itself within a minute; an import has then long been slow. A tenth of the
    usual sample is enough until then.
    """
    tables = ", ".join(sorted(f'"{model._meta.db_table}"' for model in models))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute(f"ANALYZE {tables}")


def _added(fates: Mapping[str, int]) -> dict[str, Any]:
    return {fate: F(fate) + number for fate, number in sorted(fates.items()) if number}
