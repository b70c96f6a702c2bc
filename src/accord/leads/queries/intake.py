"""What came in, and what became of it."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accord.base.errors import Missing
from accord.leads.models import BEING_TAKEN_IN, Fate, Identity, Import, ImportState, Submission
from accord.leads.queries.companies import names_of

_FATES = """
SELECT id, fate, lead_id, reason, field FROM leads_submission WHERE id = ANY(%s::uuid[])
"""
# Written out, the fate is that of the index of what waits, whatever plan is kept.
_WAITING = """
SELECT id FROM leads_submission WHERE fate = 'waiting' AND {wanted}
ORDER BY received_at, id LIMIT %(limit)s
"""

LONGEST_WAIT, REFUSED_SINCE = timedelta(minutes=1), timedelta(days=30)

_Fate = tuple[Fate, uuid.UUID | None, str | None, str | None]


def fates_of(submissions: Collection[uuid.UUID]) -> dict[uuid.UUID, _Fate]:
    """What became of submissions: fate, lead, and of a refused one why and by which field."""
    with connection.cursor() as cursor:
        cursor.execute(_FATES, [list(submissions)])
        return {id: (Fate(fate), *rest) for id, fate, *rest in cursor.fetchall()}


def submissions_of_nonces(nonces: Sequence[str]) -> dict[str, tuple[uuid.UUID, str | None]]:
    """The submission id and digest kept for each nonce."""
    rows = Submission.objects.filter(nonce__in=nonces).values_list("nonce", "id", "digest")
    return {nonce: (id, digest) for nonce, id, digest in rows if nonce}


def waiting_submissions(*, limit: int) -> list[uuid.UUID]:
    """What waits at the doors and does not rest, oldest first."""
    return _oldest("rests_until_at IS NULL", {"limit": limit})


def rested_submissions(*, at: datetime, limit: int) -> list[uuid.UUID]:
    """What failed, and has rested until `at`, oldest first."""
    return _oldest("rests_until_at <= %(at)s", {"at": at, "limit": limit})


def _oldest(wanted: str, asked: dict[str, Any]) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING.format(wanted=wanted), asked)
        return [id for (id,) in cursor.fetchall()]


@dataclass(frozen=True)
class NotTakenIn:
    """What came in and is no lead yet, whole numbers and the rows to look at."""

    waiting: Sequence[Submission]
    refused: Sequence[Submission]
    waiting_number: int
    refused_number: int


def not_taken_in(*, at: datetime, most: int = 100) -> NotTakenIn:
    """What waits at a door for over a minute, oldest first, and what was refused in the last
    thirty days, newest first. Rows of files stand in their import's ledger.
    """
    waiting = Submission.objects.filter(fate="waiting", received_at__lte=at - LONGEST_WAIT)
    refused = Submission.objects.filter(
        fate="refused", import_id=None, received_at__gte=at - REFUSED_SINCE
    ).exclude(reason=BEING_TAKEN_IN)
    return NotTakenIn(
        waiting=list(waiting.order_by("received_at", "id")[:most]),
        refused=list(refused.order_by("-received_at", "-id")[:most]),
        waiting_number=waiting.count(),
        refused_number=refused.count(),
    )


def submission(id: uuid.UUID) -> Submission:
    """One submission. Raises Missing."""
    found = Submission.objects.filter(id=id).first()
    if found is None:
        raise Missing(_("There is no such submission."))
    return found


def imports() -> QuerySet[Import]:
    """All imports, newest first."""
    return Import.objects.order_by("-started_at")


def one_import(id: uuid.UUID) -> Import:
    """One import. Raises Missing."""
    found = Import.objects.filter(id=id).first()
    if found is None:
        raise Missing(_("There is no such import; it may have been undone."))
    return found


def ledger(import_id: uuid.UUID, *, fate: str = "") -> QuerySet[Submission]:
    """The rows of an import with their fate, by line."""
    rows = Submission.objects.filter(import_id=import_id).order_by("line")
    return rows.filter(fate=fate) if fate else rows


@dataclass(frozen=True)
class Example:
    """A row of an import: its line, the lead that it is about now, why it was refused."""

    line: int
    lead: str
    reason: str


def examples(import_id: uuid.UUID, *, most: int = 3) -> dict[str, list[Example]]:
    """The first rows of each fate. A query a fate, and one for the leads."""
    rows = {fate.value: list(ledger(import_id, fate=fate.value)[:most]) for fate in Fate}
    names = names_of({row.lead_id for some in rows.values() for row in some if row.lead_id})
    return {
        fate: [
            Example(row.line or 0, names.get(row.lead_id or import_id, ""), row.reason or "")
            for row in some
        ]
        for fate, some in rows.items()
        if some
    }


def refused_lines(import_id: uuid.UUID) -> list[int]:
    """The lines of an import that were refused."""
    rows = ledger(import_id, fate=Fate.REFUSED.value)
    return [line for line in rows.values_list("line", flat=True) if line]


def leads_of_identities(
    identities: Collection[tuple[str, str]],
) -> dict[tuple[str, str], uuid.UUID]:
    """The lead that each identity (kind, value) belongs to, where one does."""
    found = Identity.objects.filter(value__in={value for _, value in identities})
    held = {
        (kind, value): lead for kind, value, lead in found.values_list("kind", "value", "lead_id")
    }
    return {identity: held[identity] for identity in identities if identity in held}


def import_page(import_id: uuid.UUID, *, fate: str = "", after_line: int = 0) -> list[Submission]:
    """Fifty rows of an import's ledger behind a line."""
    return list(ledger(import_id, fate=fate).filter(line__gt=after_line)[:50])


def last_import(*, kind: str, header: Sequence[str]) -> Import | None:
    """The newest import of a file with this very header, undone ones left out."""
    alike = Import.objects.filter(kind=kind, mapping__header=list(header))
    return alike.exclude(state=ImportState.UNDONE).order_by("-started_at").first()
