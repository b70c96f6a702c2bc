"""Who is this? Exactly one lead for each identity."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accord.base.errors import Conflict
from accord.base.ids import new_id
from accord.base.rows import copy_rows, recordset
from accord.leads.models import Identity
from accord.leads.rules import Entry

_KNOWN = """
SELECT i.kind, i.value, i.lead_id
FROM json_to_recordset(%s::json) AS asked(kind text, value text)
JOIN leads_identity i ON i.value = asked.value AND i.kind = asked.kind
"""
_COLUMNS = ("value", "kind", "lead_id", "id", "known_at")


def claim_identities(*, entries: Sequence[Entry], at: datetime) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Give every entry its lead: the one that holds its first known identity, else a new one.

    Returns pairs of leads that one entry named both: by its e-mail address one, say, and by
    its phone number another.

    Two transactions that see one person at the same moment agree: the second waits for the
    first to commit, finds an identity taken, and looks again.
    """
    while True:
        both: set[tuple[uuid.UUID, uuid.UUID]] = set()
        claims = _decide(entries, _look_up(entries), both)
        try:
            with transaction.atomic():
                copy_rows(Identity, _COLUMNS, ((*claim, at) for claim in claims))
        except IntegrityError:
            continue
        return both


def add_identities(*, lead: uuid.UUID, identities: Sequence[tuple[str, str]], at: datetime) -> None:
    """Let a lead be recognised by more: (kind, value); what it has already stays.

    Raises Conflict when one belongs to another lead.
    """
    for kind, value in sorted(identities):
        found, _is_new = Identity.objects.get_or_create(
            kind=kind, value=value, defaults={"id": new_id(), "lead_id": lead, "known_at": at}
        )
        if found.lead_id != lead:
            raise Conflict(
                _("%(value)s belongs to another lead already; look it up instead.")
                % {"value": value}
            )


def _look_up(entries: Sequence[Entry]) -> dict[tuple[str, str], uuid.UUID]:
    asked = dict.fromkeys(identity for entry in entries for identity in entry.identities)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [recordset(("kind", "value"), asked)])
        return {(kind, value): lead_id for kind, value, lead_id in cursor.fetchall()}


def _decide(
    entries: Sequence[Entry],
    known: dict[tuple[str, str], uuid.UUID],
    both: set[tuple[uuid.UUID, uuid.UUID]],
) -> list[tuple[str, str, uuid.UUID, uuid.UUID]]:
    """Set lead_id, is_new on the entries; the identities to claim: value, kind, lead, id.

    Adds to `both` the leads that one entry names together.
    """
    claims = []
    for entry in entries:
        held = [known[identity] for identity in entry.identities if identity in known]
        entry.is_new = not held
        entry.lead_id = held[0] if held else entry.id_of("lead")
        entry.has_new_identity = False
        if len(held) > 1:
            both |= {(held[0], other) for other in held[1:] if other != held[0]}
        for kind, value in entry.identities:
            if (kind, value) not in known:
                known[kind, value] = entry.lead_id
                entry.has_new_identity = True
                claims.append((value, kind, entry.lead_id, entry.id_of(kind)))
    return sorted(claims)
