"""Leads that stay in a stage for longer than nine in ten did: what can be counted of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.core.cache import cache
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Ceil, Extract
from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import HOLDER, Side, Stage
from accord.criteria.metrics import Metric, Scope, register
from accord.leads.models import Lead, StageEntry
from accord.leads.rules.pace import ninth_left

# From each of these somebody has to move a lead on; in the others it may stay for ever.
MOVING = (Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)
LOOK_BACK = timedelta(days=365)  # a whole year, so that no season weighs more than another
FEWEST = 30  # stays; of fewer the ninth in ten is chance
COUNTED_LIVE_UP_TO = 20_000  # stays; of more the pace is worked out once an hour


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

    @property
    def tells(self) -> bool:
        """Whether somebody can be called stuck by it."""
        return self.is_enough and self.p90 is not None


def pace(at: datetime) -> Mapping[str, Pace]:
    """The pace of each stage that has one, by the stays that began in the year before `at`.

    To the hour, begun ones whole. Who was in a stage for no time at all only passed it. One
    query, and one look at what is kept: of many stays the answer may be an hour old.
    """
    key = f"pace:{int(at.timestamp() // 3600)}"
    kept: Mapping[str, Pace] | None = cache.get(key)
    if kept is not None:
        return kept
    found = {
        stage: Pace(sum(left.values()), _span(ninth_left(left, still)))
        for stage, (left, still) in _stays(at).items()
    }
    if sum(each.stays for each in found.values()) > COUNTED_LIVE_UP_TO:
        cache.set(key, found, timeout=3600)
    return found


def _stays(at: datetime) -> dict[str, tuple[dict[int, int], dict[int, int]]]:
    """Of each stage, how many left it after so many hours, and how many are still in it."""
    ended = Q(left_at__lte=at)
    until = Case(When(ended, then=F("left_at")), default=Value(at), output_field=DateTimeField())
    lasted = ExpressionWrapper(until - F("entered_at"), output_field=DurationField())
    rows = (
        StageEntry.objects.filter(stage__in=MOVING, entered_at__gte=at - LOOK_BACK)
        .filter(Q(left_at__isnull=True) | Q(left_at__gt=F("entered_at")), entered_at__lt=at)
        .annotate(hours=Ceil(Extract(lasted, "epoch") / 3600), has_ended=Q(ended))
        .values_list("stage", "hours", "has_ended")
        .annotate(number=Count("id"))
        .order_by()
    )
    found: dict[str, tuple[dict[int, int], dict[int, int]]] = {}
    for stage, hours, has_ended, number in rows:
        left, still = found.setdefault(stage, ({}, {}))
        part = left if has_ended else still
        part[int(hours)] = part.get(int(hours), 0) + number
    return found


def _span(hours: int | None) -> timedelta | None:
    return None if hours is None else timedelta(hours=hours)


def paces(scope: Scope) -> Mapping[str, Pace]:
    """The paces as of the scope's moment, asked once."""
    found: Mapping[str, Pace] = scope.once("pace", lambda: pace(scope.at))
    return found


def stuck(scope: Scope, stages: Collection[Stage] = MOVING) -> QuerySet[Lead]:
    """The leads that are in one of the stages for longer than its pace."""
    found = paces(scope)
    over = [
        Q(stage=stage, stage_entered_at__lt=scope.at - each.p90)
        for stage in stages
        if (each := found.get(stage)) and each.is_enough and each.p90 is not None
    ]
    if not over:
        return Lead.objects.none()
    return _leads(scope).filter(reduce(or_, over))


def not_judged(scope: Scope) -> QuerySet[Lead]:
    """The leads in stages of which nobody can tell what is too long."""
    found = paces(scope)
    stages = [stage for stage in MOVING if stage not in found or not found[stage].tells]
    return _leads(scope).filter(stage__in=stages)


def held_by(side: Side) -> list[Stage]:
    """The stages from which a side has to move leads on."""
    return [stage for stage in MOVING if HOLDER[stage] == side]


def _leads(scope: Scope) -> QuerySet[Lead]:
    return Lead.objects.filter(merged_into_id__isnull=True, **scope.within("stage_entered_at"))


register(
    Metric(
        key="stuck_with_marketing",
        label=_("Qualified, and not handed over"),
        sentence=_(
            "Marketing-qualified leads that are so for longer than nine in ten of the last twelve "
            "months were."
        ),
        unit="leads",
        rows=lambda scope: stuck(scope, held_by(Side.MARKETING)),
    ),
    Metric(
        key="stuck_with_sales",
        label=_("With sales, and not moving"),
        sentence=_(
            "Leads that sales has for longer in the same stage than nine in ten of the last "
            "twelve months were in it."
        ),
        unit="leads",
        rows=lambda scope: stuck(scope, held_by(Side.SALES)),
    ),
)
