"""Values of facts that the company defined itself: told, changed, taken back."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models

from accord.base.ids import new_id
from accord.base.rows import copy_rows, recordset
from accord.criteria.registry import CUSTOM
from accord.leads.queries.custom import VALUE_COLUMNS

_COLUMN_OF = {str: "text_value", Decimal: "number_value", date: "date_value", bool: "yes_value"}

Told = Mapping[uuid.UUID, Mapping[str, Any]]
"""Facts by the id of whom they are about, and key; None: not known."""


def own_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the facts that the company defined itself."""
    if CUSTOM not in "".join(facts):  # quicker than key by key, and most often so
        return {}
    return {key: value for key, value in facts.items() if key.startswith(CUSTOM)}


def parted(facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts as those of Accord and those that the company defined itself."""
    own = own_of(facts)
    return {key: value for key, value in facts.items() if key not in own}, own


_Facts = dict[uuid.UUID, dict[str, Any]]


def parted_by_owner(told: Told) -> tuple[_Facts, _Facts]:
    """The same for many; who has none of a sort is left out there."""
    pairs = {id: parted(facts) for id, facts in told.items()}
    of_accord = {id: pair[0] for id, pair in pairs.items() if pair[0]}
    return of_accord, {id: pair[1] for id, pair in pairs.items() if pair[1]}


def write_values(
    model: type[models.Model],
    owner: str,
    told: Told,
    *,
    by: uuid.UUID | None,
    at: datetime,
    beside: Mapping[uuid.UUID, Mapping[str, Any]] | None = None,
) -> None:
    """Set values that differ from what holds now; what held stays behind, with its end.

    `beside` gives further columns of the rows of each. The caller holds whom they are about.
    """
    if not told:
        return
    since = _close(model, owner, told, at)
    more = sorted({name for columns in (beside or {}).values() for name in columns})
    copy_rows(
        model,
        ("id", owner, *more, "fact_id", *VALUE_COLUMNS, "known_from", "by_id"),
        (
            (
                new_id(),
                id,
                *((beside or {})[id][name] for name in more),
                key,
                *(value if _COLUMN_OF[type(value)] == name else None for name in VALUE_COLUMNS),
                max(at, since.get((id, key), at)),
                by,
            )
            for id in sorted(told)
            for key, value in sorted(told[id].items())
            if value is not None
        ),
    )


def _close(
    model: type[models.Model], owner: str, told: Told, at: datetime
) -> dict[tuple[uuid.UUID, str], datetime]:
    """End what holds now; when that was, for what was found out in the past changes nothing."""
    close = f"""
    UPDATE {model._meta.db_table} AS value SET known_until = greatest(value.known_from, %s)
    FROM json_to_recordset(%s::json) AS new(id uuid, fact text)
    WHERE value.{owner} = new.id AND value.fact_id = new.fact AND value.known_until IS NULL
    RETURNING value.{owner}, value.fact_id, value.known_until
    """
    named = recordset(("id", "fact"), ((id, key) for id, facts in told.items() for key in facts))
    with connection.cursor() as cursor:
        cursor.execute(close, [at, named])
        return {(id, key): until for id, key, until in cursor.fetchall()}


def take_back_values(
    model: type[models.Model],
    owner: str,
    *,
    moments: Sequence[datetime],
    ids: Collection[uuid.UUID] | None = None,
) -> set[uuid.UUID]:
    """Take out the values that filled gaps at these moments; whose they were.

    `ids` narrows to whom they are about; without it, to what nobody here said by hand.
    """
    filled = model._default_manager.filter(known_from__in=moments)
    if ids is not None:
        filled = filled.filter(**{f"{owner}__in": list(ids)})
    else:
        filled = filled.filter(by_id__isnull=True)
    found = set(filled.values_list(owner, flat=True))
    filled.delete()
    return found
