"""Leads that stay in a stage for longer than nine in ten did: what can be counted of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import HOLDER, Side, Stage
from accord.criteria.metrics import Metric, Scope, register
from accord.criteria.percentiles import Percentile
from accord.leads.models import Lead, StageEntry

# From each of these somebody has to move a lead on; in the others it may stay for ever.
MOVING = (Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)
LOOK_BACK = timedelta(days=365)  # a whole year, so that no season weighs more than another
FEWEST = 30  # stays; of fewer the ninth in ten is chance
COUNTED_LIVE_UP_TO = 20_000  # stays; of more the pace is worked out once an hour


@dataclass(frozen=True)
class Pace:
    """How long nine in ten stays in a stage lasted at most, and of how many that is known."""

    stays: int
    p90: timedelta

    @property
    def is_known(self) -> bool:
        """Whether there were enough stays to judge by."""
        return self.stays >= FEWEST


def pace(at: datetime) -> Mapping[str, Pace]:
    """The pace of each stage that has one, by the stays that ended in the year before `at`.

    Who was in a stage for no time at all only passed it. One query, and one look at what is
    kept: of many stays the answer may be an hour old.
    """
    key = f"pace:{int(at.timestamp() // 3600)}"
    kept: Mapping[str, Pace] | None = cache.get(key)
    if kept is not None:
        return kept
    stays = StageEntry.objects.filter(
        stage__in=MOVING, left_at__gte=at - LOOK_BACK, left_at__lt=at, left_at__gt=F("entered_at")
    )
    rows = stays.values_list("stage").annotate(
        number=Count("id"), p90=Percentile(F("left_at") - F("entered_at"), 0.9)
    )
    found = {stage: Pace(number, p90) for stage, number, p90 in rows}
    if sum(each.stays for each in found.values()) > COUNTED_LIVE_UP_TO:
        cache.set(key, found, timeout=3600)
    return found


def stuck(scope: Scope, stages: Collection[Stage] = MOVING) -> QuerySet[Lead]:
    """The leads that are in one of the stages for longer than its pace."""
    found: Mapping[str, Pace] = scope.once("pace", lambda: pace(scope.at))
    over = [
        Q(stage=stage, stage_entered_at__lt=scope.at - found[stage].p90)
        for stage in stages
        if stage in found and found[stage].is_known
    ]
    if not over:
        return Lead.objects.none()
    leads = Lead.objects.filter(merged_into_id__isnull=True, **scope.within("stage_entered_at"))
    return leads.filter(reduce(or_, over))


def _held_by(side: Side) -> list[Stage]:
    return [stage for stage in MOVING if HOLDER[stage] == side]


register(
    Metric(
        key="stuck_with_marketing",
        label=_("Qualified, and not handed over"),
        sentence=_(
            "Marketing-qualified leads that are so for longer than nine in ten of the last twelve "
            "months were."
        ),
        unit="leads",
        rows=lambda scope: stuck(scope, _held_by(Side.MARKETING)),
    ),
    Metric(
        key="stuck_with_sales",
        label=_("With sales, and not moving"),
        sentence=_(
            "Leads that sales has for longer in the same stage than nine in ten of the last "
            "twelve months were in it."
        ),
        unit="leads",
        rows=lambda scope: stuck(scope, _held_by(Side.SALES)),
    ),
)
