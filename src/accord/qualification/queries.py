"""Reads of verdicts: who is due for a stage, why a lead is ready, what holds leads back."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, F, Func, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accord.agreement.terms import Terms, read_terms
from accord.base.errors import Missing
from accord.base.lifecycle import LADDER, Stage
from accord.base.rows import IsAnyOf
from accord.leads.models import Lead, Submission
from accord.qualification.models import BackTest, Outcome, Score, Verdict


def due_for_stage(
    *, definition: str, stage: str, leads: Collection[uuid.UUID] | None
) -> list[uuid.UUID]:
    """Leads that meet the definition and stand below its stage on the ladder, sorted."""
    below = [step.value for step in LADDER[: LADDER.index(Stage(stage))]]
    met = Verdict.objects.filter(definition=definition, outcome=Outcome.MET)
    if leads is not None:
        met = met.filter(IsAnyOf(F("lead_id"), leads))
    standing = Lead.objects.filter(
        id=OuterRef("lead_id"), stage__in=below, merged_into_id__isnull=True
    )
    return list(met.filter(Exists(standing)).order_by("lead_id").values_list("lead_id", flat=True))


def to_recheck(*, at: datetime, limit: int) -> list[uuid.UUID]:
    """Leads with a verdict or points that time alone may have changed by `at`.

    What was merged away keeps its own and is judged no more.
    """
    merged = Lead.objects.filter(merged_into_id__isnull=False).values("id")
    of_each = (Verdict.objects, Score.objects)
    there = [each.filter(recheck_at__lte=at).exclude(lead_id__in=merged) for each in of_each]
    due = [each.order_by("recheck_at") for each in there]
    found = [row for rows in due for row in rows.values_list("recheck_at", "lead_id")[:limit]]
    return sorted(lead_id for lead_id in dict.fromkeys(lead for _, lead in sorted(found)[:limit]))


def kept_back(leads: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the leads that a new version made ready and that wait for their release."""
    waiting = Verdict.objects.filter(IsAnyOf(F("lead_id"), leads), to_release_at__isnull=False)
    return set(waiting.values_list("lead_id", flat=True))


def verdicts_of(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Verdict]]:
    """The verdicts on leads, by lead and definition."""
    found: dict[uuid.UUID, dict[str, Verdict]] = {lead_id: {} for lead_id in leads}
    for verdict in Verdict.objects.filter(lead_id__in=leads):
        found[verdict.lead_id][verdict.definition] = verdict
    return found


def first_met(definitions: Sequence[str], *, leads: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The first of the definitions that each lead meets; without those that meet none.

    One query; none where no definition is named.
    """
    if not definitions:
        return {}
    met = Verdict.objects.filter(
        IsAnyOf(F("lead_id"), leads), definition__in=definitions, outcome=Outcome.MET
    )
    places = {key: place for place, key in enumerate(definitions)}
    rows = sorted(met.values_list("lead_id", "definition"), key=lambda row: -places[row[1]])
    return dict(rows)


def scores_of(leads: Collection[uuid.UUID]) -> dict[uuid.UUID, Score]:
    """The points of leads, by lead."""
    return {score.lead_id: score for score in Score.objects.filter(lead_id__in=leads)}


def standing() -> QuerySet[Verdict]:
    """The verdicts on leads that are there; what was merged away keeps its own, uncounted."""
    merged = Lead.objects.filter(merged_into_id__isnull=False)
    return Verdict.objects.exclude(lead_id__in=merged.values("id"))


def outcome_counts(*, definition: str) -> dict[str, int]:
    """How many leads meet a definition, do not, or cannot be told."""
    rows = standing().filter(definition=definition).values_list("outcome")
    return dict(rows.annotate(number=Count("id")))


def outcomes_by_company(
    *, definition: str, companies: Collection[uuid.UUID]
) -> dict[uuid.UUID, Counter[str]]:
    """How many leads of each company meet a definition, do not, or cannot be told."""
    of_company = Lead.objects.filter(id=OuterRef("lead_id")).values("company_id")[:1]
    leads = Lead.objects.filter(company_id__in=companies, merged_into_id__isnull=True)
    rows = (
        Verdict.objects.filter(definition=definition, lead_id__in=leads.values("id"))
        .annotate(company=Subquery(of_company))
        .values_list("company", "outcome")
        .annotate(number=Count("id"))
    )
    found: dict[uuid.UUID, Counter[str]] = {}
    for company, outcome, number in rows:
        found.setdefault(company, Counter())[outcome] = number
    return found


@dataclass(frozen=True)
class Readiness:
    """How many leads would be ready, and which facts are missing at how many of the rest."""

    leads: int
    met: int
    not_met: int
    cannot_tell: int
    missing: Sequence[tuple[str, int]]


def readiness(*, definition: str, import_id: uuid.UUID | None = None) -> Readiness:
    """The verdicts under `definition` on all leads, or on those of one import.

    `missing` holds fact keys with the number of leads that lack them, most first.
    """
    verdicts = Verdict.objects.filter(definition=definition)
    if import_id:
        rows = Submission.objects.filter(import_id=import_id, lead_id__isnull=False)
        verdicts = verdicts.filter(lead_id__in=rows.values("lead_id"))
    outcomes: Counter[str] = Counter(
        dict(verdicts.values_list("outcome").annotate(number=Count("id")))
    )
    return Readiness(
        leads=sum(outcomes.values()),
        met=outcomes[Outcome.MET],
        not_met=outcomes[Outcome.NOT_MET],
        cannot_tell=outcomes[Outcome.CANNOT_TELL],
        missing=_missing(verdicts),
    )


def _missing(verdicts: QuerySet[Verdict]) -> list[tuple[str, int]]:
    rows: Any = (
        verdicts.filter(outcome=Outcome.CANNOT_TELL)
        .annotate(fact=Func(F("missing"), function="unnest"))
        .values_list("fact")
        .annotate(number=Count("lead_id"))
    )
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def back_test(back_test_id: uuid.UUID) -> BackTest:
    """A back-test with its variants and figures. Raises Missing."""
    found = BackTest.objects.filter(id=back_test_id).first()
    if found is None:
        raise Missing(_("There is no such back-test; it may have been forgotten. Ask for it anew."))
    return found


def terms_tried(back_test: BackTest) -> list[Terms]:
    """The agreements that a back-test tries, read."""
    return [_terms(each["document"]) for each in back_test.variants]


@lru_cache(maxsize=16)
def _terms(document: str) -> Terms:
    return read_terms(document)


def back_tests(*, limit: int = 10) -> list[BackTest]:
    """The newest back-tests, without the texts that were tried."""
    return list(BackTest.objects.order_by("-asked_at", "-id")[:limit])
