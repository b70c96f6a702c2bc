"""Leads that stay in a stage for longer than nine in ten did: what can be counted of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import HOLDER, Side, Stage
from accord.criteria.metrics import Metric, Scope, register
from accord.leads.models import Lead

# From each of these somebody has to move a lead on; in the others it may stay for ever.
MOVING = (Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)
LOOK_BACK = timedelta(days=365)  # a whole year, so that no season weighs more than another
FEWEST = 30  # stays; of fewer the ninth in ten is chance
COUNTED_LIVE_UP_TO = 20_000  # stays; of more the pace is worked out once an hour


# The product-limit estimate (Kaplan and Meier, 1958): of those still there after so long, so many
# leave then. Who has not left yet counts as there for as long as they have been.
_PACE = """
WITH stay AS (
    SELECT stage, LEAST(COALESCE(left_at, %(at)s), %(at)s) - entered_at AS lasted,
           COALESCE(left_at <= %(at)s, FALSE) AS has_ended
    FROM leads_stageentry
    WHERE stage = ANY(%(stages)s) AND entered_at >= %(since)s AND entered_at < %(at)s
      AND (left_at IS NULL OR left_at > entered_at)
), moment AS (
    SELECT stage, lasted, count(*) FILTER (WHERE has_ended) AS left_then,
           sum(count(*)) OVER (PARTITION BY stage ORDER BY lasted DESC) AS there
    FROM stay GROUP BY stage, lasted
), curve AS (
    SELECT stage, lasted, left_then,
           bool_or(left_then = there) OVER longer OR exp(sum(
               CASE WHEN left_then < there THEN ln(1 - left_then::float / there::float) END
           ) OVER longer) < 0.1 + 1e-9 AS is_ninth
    FROM moment WINDOW longer AS (PARTITION BY stage ORDER BY lasted)
)
SELECT stage, sum(left_then)::int, min(lasted) FILTER (WHERE is_ninth) FROM curve GROUP BY stage
"""


@dataclass(frozen=True)
class Pace:
    """Within which time nine in ten leave a stage, and of how many stays that ended it is known.

    `p90` is None where more than one in ten have not left yet.
    """

    stays: int
    p90: timedelta | None

    @property
    def is_enough(self) -> bool:
        """Whether there were enough stays to judge by."""
        return self.stays >= FEWEST


def pace(at: datetime) -> Mapping[str, Pace]:
    """The pace of each stage that has one, by the stays that began in the year before `at`.

    Who was in a stage for no time at all only passed it. One query, and one look at what is
    kept: of many stays the answer may be an hour old.
    """
    key = f"pace:{int(at.timestamp() // 3600)}"
    kept: Mapping[str, Pace] | None = cache.get(key)
    if kept is not None:
        return kept
    params: dict[str, Any] = {
        "at": at,
        "since": at - LOOK_BACK,
        "stages": [stage.value for stage in MOVING],
    }
    with connection.cursor() as cursor:
        cursor.execute(_PACE, params)
        found = {stage: Pace(stays, p90) for stage, stays, p90 in cursor.fetchall()}
    if sum(each.stays for each in found.values()) > COUNTED_LIVE_UP_TO:
        cache.set(key, found, timeout=3600)
    return found


def stuck(scope: Scope, stages: Collection[Stage] = MOVING) -> QuerySet[Lead]:
    """The leads that are in one of the stages for longer than its pace."""
    found: Mapping[str, Pace] = scope.once("pace", lambda: pace(scope.at))
    over = [
        Q(stage=stage, stage_entered_at__lt=scope.at - each.p90)
        for stage in stages
        if (each := found.get(stage)) and each.is_enough and each.p90 is not None
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
