"""Writing verdicts, only where they change."""

import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from accord.agreement.terms import Terms
from accord.base.rows import id_array
from accord.criteria.compiler import Compiled, compile
from accord.criteria.registry import registry
from accord.criteria.scorecards import CARDS, Scorecard
from accord.qualification.actions.prepared import Prepared
from accord.qualification.models import PastVerdict, Score, Verdict

_ANY_TIME = datetime.max.replace(tzinfo=UTC)  # for a text in which no moment stands
FEW = 100  # up to so many leads, planning the statement anew would cost more than running it
_GIVEN = {
    "criteria_at": "timestamptz",
    "criteria_leads": "uuid[]",
    "judged_at": "timestamptz",
    "judged_stamp": "text",
}

_LOOK_AGAIN = """
UPDATE qualification_verdict SET recheck_at = %(at)s
WHERE lead_id = ANY(%(leads)s::uuid[]) AND (recheck_at IS NULL OR recheck_at > %(at)s)
"""
# The judged rows are compared with the stored ones first: an upsert alone would lock, and so
# rewrite, every row that stays as it is.
_VERDICTS = """
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
                      THEN excluded.episode_id ELSE verdict.episode_id END,
    to_release_at = CASE WHEN excluded.outcome = 'met' THEN verdict.to_release_at END
"""
_SCORES = """
INSERT INTO qualification_score AS score
    (id, lead_id, fit_points, fit_grade, fit_given, fit_unknown,
     engagement_points, engagement_grade, engagement_given,
     agreement_version, evaluated_at, recheck_at)
SELECT judged.lead_id, judged.lead_id, judged.fit_points, judged.fit_grade, judged.fit_given,
       judged.fit_unknown, judged.engagement_points, judged.engagement_grade,
       judged.engagement_given, %(judged_version)s, %(judged_at)s, judged.recheck_at
FROM (SELECT scored.lead_id, {points}, scored.recheck_at FROM ({select}) AS scored) AS judged
LEFT JOIN qualification_score AS known ON known.lead_id = judged.lead_id{known_of}
WHERE known.id IS NULL
   OR (known.fit_given, known.fit_unknown, known.fit_grade, known.engagement_given,
       known.engagement_grade, known.recheck_at)
      IS DISTINCT FROM
      (judged.fit_given, judged.fit_unknown::varchar[], judged.fit_grade, judged.engagement_given,
       judged.engagement_grade, judged.recheck_at)
ORDER BY judged.lead_id
ON CONFLICT (lead_id) DO UPDATE SET
    fit_points = excluded.fit_points, fit_grade = excluded.fit_grade,
    fit_given = excluded.fit_given, fit_unknown = excluded.fit_unknown,
    engagement_points = excluded.engagement_points,
    engagement_grade = excluded.engagement_grade, engagement_given = excluded.engagement_given,
    agreement_version = excluded.agreement_version, evaluated_at = excluded.evaluated_at,
    recheck_at = excluded.recheck_at
"""

# One statement looks at the leads once for both.
_WRITE = """
WITH {steps}, verdicts AS ({verdicts} RETURNING 1), scores AS ({scores} RETURNING 1)
SELECT (SELECT count(*) FROM verdicts) + (SELECT count(*) FROM scores)
"""
_NO_SCORES = "SELECT lead_id, NULL::timestamptz AS recheck_at FROM leaf"


@lru_cache(maxsize=8)
def _compiled(terms: Terms) -> Compiled:
    # What counts as raising a hand is the agreement's to say.
    known = registry.narrowed("hand_raises", outcomes=terms.hand_raises)
    return compile(terms.definitions, registry=known, scorecards=terms.scorecards)


def judge(*, terms: Terms, leads: Collection[uuid.UUID] | None, at: datetime) -> int:
    """Judge leads (None: all) and write the verdicts and scores that changed; how many did."""
    if leads is not None and not leads:
        return 0
    stated = _statement(terms, of_some=leads is not None)
    given: dict[str, Any] = {
        "criteria_at": at,
        "criteria_leads": id_array(leads or ()),
        "judged_at": at,
        "judged_stamp": at.isoformat(),
    }
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if leads is not None and len(leads) <= FEW:
            stated.execute(cursor, given)
        else:
            cursor.execute(stated.sql, {**stated.fixed, **given})
        (written,) = cursor.fetchone() or (0,)
    return int(written)


@lru_cache(maxsize=8)
def _statement(terms: Terms, *, of_some: bool) -> Prepared:
    """The statement that judges all leads, or some."""
    question = _compiled(terms).ask(at=_ANY_TIME, leads=() if of_some else None)
    # Named again here, so that the stored verdicts of all other leads are not read through.
    known_of = " AND known.lead_id = ANY(%(criteria_leads)s::uuid[])" if of_some else ""
    points = ", ".join(_points(key, terms.scorecards.get(key)) for key in CARDS)
    scores = question.scores or _NO_SCORES
    sql = _WRITE.format(
        steps=question.steps,
        verdicts=_VERDICTS.format(select=question.verdicts, known_of=known_of),
        scores=_SCORES.format(select=scores, known_of=known_of, points=points),
    )
    fixed = {**question.params, "judged_version": terms.number}
    return Prepared("judge", sql, fixed=fixed, given=_GIVEN)


def _points(key: str, card: Scorecard | None) -> str:
    """The columns of a scorecard; empty where the agreement has none of this name."""
    if card is None:
        return (
            f"NULL::numeric AS {key}_points, '' AS {key}_grade, '{{}}'::numeric[] AS {key}_given, "
            f"'{{}}'::text[] AS {key}_unknown"
        )
    grades = " ".join(
        f"WHEN scored.{key}_points >= {begins} THEN '{name}'" for name, begins in card.grades
    )
    return (
        f"scored.{key}_points, CASE {grades} ELSE '{card.last_grade}' END AS {key}_grade, "
        f"scored.{key}_given, scored.{key}_unknown"
    )


def forget(*, leads: Collection[uuid.UUID]) -> None:
    """Take out the verdicts on leads that are no longer there, of today and of the past."""
    Verdict.objects.filter(lead_id__in=leads).delete()
    Score.objects.filter(lead_id__in=leads).delete()
    PastVerdict.objects.filter(lead_id__in=leads).delete()


def look_again(*, leads: Collection[uuid.UUID], at: datetime) -> None:
    """Have leads judged by the next sweep. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_AGAIN, {"at": at, "leads": id_array(leads)})
