"""Writing verdicts, only where they change."""

import uuid
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from accord.agreement.terms import Terms
from accord.criteria.compiler import Compiled, compile
from accord.criteria.registry import registry
from accord.qualification.models import PastVerdict, Verdict

# The judged rows are compared with the stored ones first: an upsert alone would lock, and so
# rewrite, every row that stays as it is.
_WRITE = """
INSERT INTO qualification_verdict AS verdict
    (id, lead_id, definition, outcome, met, unmet, missing, agreement_version,
     evaluated_at, since_at, episode_id, recheck_at)
SELECT md5(judged.lead_id::text || ':' || judged.definition)::uuid, judged.lead_id,
       judged.definition, judged.outcome, judged.met, judged.unmet, judged.missing,
       %(judged_version)s, %(judged_at)s, %(judged_at)s,
       md5(judged.lead_id::text || ':' || judged.definition || ':' || %(judged_stamp)s)::uuid,
       judged.recheck_at
FROM (
    SELECT lead_id, definition, met, unmet, missing, recheck_at,
           CASE WHEN verdict THEN 'met' WHEN NOT verdict THEN 'not_met'
                ELSE 'cannot_tell' END AS outcome
    FROM ({select}) AS answered
) AS judged
LEFT JOIN qualification_verdict AS known
       ON known.lead_id = judged.lead_id AND known.definition = judged.definition{known_of}
WHERE known.id IS NULL
   OR (known.outcome, known.met, known.unmet, known.missing, known.recheck_at)
      IS DISTINCT FROM
      (judged.outcome, judged.met::varchar[], judged.unmet::varchar[],
       judged.missing::varchar[], judged.recheck_at)
ORDER BY judged.lead_id, judged.definition
ON CONFLICT (lead_id, definition) DO UPDATE SET
    outcome = excluded.outcome, met = excluded.met, unmet = excluded.unmet,
    missing = excluded.missing, agreement_version = excluded.agreement_version,
    evaluated_at = excluded.evaluated_at, recheck_at = excluded.recheck_at,
    since_at = CASE WHEN verdict.outcome = excluded.outcome
                    THEN verdict.since_at ELSE excluded.since_at END,
    episode_id = CASE WHEN verdict.outcome <> 'met' AND excluded.outcome = 'met'
                      THEN excluded.episode_id ELSE verdict.episode_id END
"""


@lru_cache(maxsize=8)
def _compiled(terms: Terms) -> Compiled:
    # What counts as raising a hand is the agreement's to say.
    known = registry.narrowed("hand_raises", outcomes=terms.hand_raises)
    return compile(terms.definitions, registry=known)


def judge(*, terms: Terms, leads: Collection[uuid.UUID] | None, at: datetime) -> int:
    """Judge leads (None: all) and write the verdicts that changed; how many were written."""
    if leads is not None and not leads:
        return 0
    select, params = _compiled(terms).select(at=at, leads=leads)
    # Named again here, so that the stored verdicts of all other leads are not read through.
    known_of = "" if leads is None else " AND known.lead_id = ANY(%(criteria_leads)s::uuid[])"
    stamp: dict[str, Any] = {
        "judged_version": terms.number,
        "judged_at": at,
        "judged_stamp": at.isoformat(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WRITE.format(select=select, known_of=known_of), {**params, **stamp})
        return int(cursor.rowcount)


def forget(*, leads: Collection[uuid.UUID]) -> None:
    """Take out the verdicts on leads that are no longer there, of today and of the past."""
    Verdict.objects.filter(lead_id__in=leads).delete()
    PastVerdict.objects.filter(lead_id__in=leads).delete()
