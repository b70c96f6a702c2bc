"""Asking criteria that belong to no agreement, such as a route's, beside the one that runs."""

import json
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from accord.agreement.terms import Terms
from accord.base.errors import Invalid
from accord.base.rows import id_array
from accord.criteria.compiler import Compiled, compile
from accord.criteria.language import Definition, read_definition
from accord.criteria.registry import registry
from accord.criteria.timeline import timeline
from accord.criteria.variants import Variant, beside

_ASKED = "asked"


@lru_cache(maxsize=8)
def _side_by_side(criteria: tuple[tuple[str, str], ...], terms: Terms) -> Compiled:
    of = [
        Variant(
            {**terms.definitions, _ASKED: definition_of(json.loads(each))},
            terms.scorecards,
            {"hand_raises": terms.hand_raises},
        )
        for _key, each in criteria
    ]
    found = beside(of, key=_ASKED, registry=registry)
    return compile(found.definitions, registry=found.registry, scorecards=found.scorecards)


def definition_of(criteria: Mapping[str, Any]) -> Definition:
    """Criteria that belong to no agreement, as a definition. Raises Invalid."""
    return read_definition(_ASKED, {"title": _ASKED, "text": _ASKED, **criteria})


def askable(criteria: Mapping[str, Any], *, terms: Terms) -> None:
    """Raises Invalid when criteria cannot be asked beside an agreement, and says why."""
    _side_by_side((("0", json.dumps(criteria, sort_keys=True)),), terms)


def answers(
    criteria: Mapping[str, Mapping[str, Any]],
    *,
    terms: Terms,
    leads: Collection[uuid.UUID],
    at: datetime,
) -> dict[uuid.UUID, dict[str, tuple[bool | None, tuple[str, ...]]]]:
    """Criteria of one's own, by key, asked of leads beside an agreement. One query.

    For each lead and key: whether it meets them, None for cannot tell, and the facts that are
    missing for that. Criteria that can no longer be asked have no answers.
    """
    written = [(key, json.dumps(each, sort_keys=True)) for key, each in criteria.items()]
    try:
        compiled = _side_by_side(tuple(written), terms) if written else None
    except Invalid:
        written = [each for each in written if _can_be_asked(each, terms)]
        compiled = _side_by_side(tuple(written), terms) if written else None
    found: dict[uuid.UUID, dict[str, tuple[bool | None, tuple[str, ...]]]] = {}
    if compiled is None:
        return found
    keys = {str(number): key for number, (key, _) in enumerate(written)}
    sql, params = compiled.select(at=at, leads=leads)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for lead_id, name, verdict, _met, _unmet, missing, _look in cursor.fetchall():
            if name in keys:
                found.setdefault(lead_id, {})[keys[name]] = (verdict, tuple(missing))
    return found


def _can_be_asked(written: tuple[str, str], terms: Terms) -> bool:
    try:
        _side_by_side((written,), terms)
    except Invalid:
        return False
    return True


def answers_then(
    criteria: Mapping[str, Mapping[str, Any]],
    *,
    terms: Terms,
    moments: Mapping[uuid.UUID, datetime],
) -> dict[uuid.UUID, dict[str, tuple[bool | None, tuple[str, ...]]]]:
    """As `answers`, of each lead at a moment of its own and by what was known then. One query.

    What was missing is not told.
    """
    written = [(key, json.dumps(each, sort_keys=True)) for key, each in criteria.items()]
    written = [each for each in written if _can_be_asked(each, terms)]
    if not written or not moments:
        return {}
    compiled = _side_by_side(tuple(written), terms)
    first, last = min(moments.values()), max(moments.values())
    sql, params = timeline(
        compiled,
        begins=first,
        ends=last + timedelta(microseconds=1),
        among="lead_id = ANY(%(asked_leads)s::uuid[])",
    )
    keys = {str(number): key for number, (key, _) in enumerate(written)}
    found: dict[uuid.UUID, dict[str, tuple[bool | None, tuple[str, ...]]]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
        cursor.execute(sql, {**params, "asked_leads": id_array(moments)})
        rows = sorted(cursor.fetchall(), key=lambda row: row[1])
        for lead_id, at, name, verdict in rows:
            if name in keys and at <= moments[lead_id]:
                found.setdefault(lead_id, {})[keys[name]] = (verdict, ())
    return found
