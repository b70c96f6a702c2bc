"""Leads that a new version of the agreement made ready and that nobody was handed yet."""

import uuid

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from accord.agreement.terms import Terms
from accord.base.lifecycle import Stage
from accord.handoffs.models import Handoff
from accord.leads.models import Lead
from accord.qualification.models import Outcome, Score, Verdict


def newly_ready(*, terms: Terms, limit: int) -> list[uuid.UUID]:
    """Those with the most points first. One query."""
    points = Score.objects.filter(lead_id=OuterRef("lead_id")).annotate(
        points=F("fit_points") + F("engagement_points")
    )
    found = (
        to_release(terms)
        .annotate(points=Subquery(points.values("points")[:1]))
        .order_by(F("points").desc(nulls_last=True), "lead_id")
    )
    return list(found.values_list("lead_id", flat=True)[:limit])


def newly_ready_count(terms: Terms) -> int:
    """How many there are. One query."""
    return to_release(terms).count()


def to_release(terms: Terms) -> QuerySet[Verdict]:
    """Their verdicts under the gate."""
    still = Lead.objects.filter(
        id=OuterRef("lead_id"), stage=Stage.MQL, merged_into_id__isnull=True
    )
    handed_over = Handoff.objects.filter(lead_id=OuterRef("lead_id"))
    kept_back = Verdict.objects.filter(
        definition=terms.gate, outcome=Outcome.MET, to_release_at__isnull=False
    )
    return kept_back.filter(Exists(still), ~Exists(handed_over))
