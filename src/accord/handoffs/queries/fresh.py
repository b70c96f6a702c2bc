"""Leads that a new version of the agreement made ready and that nobody was handed yet."""

import uuid
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Subquery

from accord.agreement.terms import Terms
from accord.base.lifecycle import Stage
from accord.handoffs.models import Handoff
from accord.leads.models import Lead
from accord.qualification.models import Outcome, Score, Verdict


def newly_ready(*, terms: Terms, since: datetime, limit: int) -> list[uuid.UUID]:
    """Those that meet the gate since exactly that moment, most points first. One query."""
    points = Score.objects.filter(lead_id=OuterRef("lead_id")).annotate(
        points=F("fit_points") + F("engagement_points")
    )
    waiting = Lead.objects.filter(
        id=OuterRef("lead_id"), stage=Stage.MQL, merged_into_id__isnull=True
    )
    handed_over = Handoff.objects.filter(lead_id=OuterRef("lead_id"))
    found = (
        Verdict.objects.filter(definition=terms.gate, outcome=Outcome.MET, since_at=since)
        .filter(Exists(waiting), ~Exists(handed_over))
        .annotate(points=Subquery(points.values("points")[:1]))
        .order_by(F("points").desc(nulls_last=True), "lead_id")
    )
    return list(found.values_list("lead_id", flat=True)[:limit])
