"""What can be counted of requests for content, and of the promise on them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accord.content.models import OPEN, ContentRequest
from accord.criteria.metrics import Metric, Rate, Scope, register

KEPT = Q(answered_at__lte=F("due_at"))
LATE = Q(answered_at__gt=F("due_at"))


def promised(scope: Scope) -> QuerySet[ContentRequest]:
    """The requests of the scope that marketing promised to answer.

    What was withdrawn before it came due is left out: nobody had to keep it any more.
    """
    asked = ContentRequest.objects.filter(due_at__isnull=False, **scope.within("asked_at"))
    return asked.exclude(withdrawn_at__isnull=False, withdrawn_at__lte=F("due_at"))


def missed(scope: Scope) -> Q:
    """Past due, and not answered."""
    return Q(answered_at__isnull=True, due_at__lt=scope.at)


def past_due(scope: Scope) -> QuerySet[ContentRequest]:
    """Open requests that are past due, whenever they were asked."""
    found = ContentRequest.objects.filter(OPEN, due_at__lt=scope.at)
    return found.filter(**scope.within("asked_at"))


class _Part(NamedTuple):
    """A part of what was promised, and the condition that makes it up."""

    key: str
    label: Any
    sentence: Any
    among: Callable[[Scope], Q]


_PARTS = (
    _Part(
        "content_kept",
        _("Content: answered in time"),
        _("Requests of the period that were delivered, or turned down, by the moment due."),
        lambda scope: KEPT,
    ),
    _Part(
        "content_late",
        _("Content: answered late"),
        _("Requests of the period that were delivered, or turned down, after the moment due."),
        lambda scope: LATE,
    ),
    _Part(
        "content_missed",
        _("Content: missed"),
        _("Requests of the period that are past due and were not answered."),
        missed,
    ),
    _Part(
        "content_due",
        _("Content: came due"),
        _("Requests of the period that were answered, in time or late, or are past due."),
        lambda scope: KEPT | LATE | missed(scope),
    ),
    _Part(
        "content_running",
        _("Content: running"),
        _("Requests of the period that are not answered and not due yet."),
        lambda scope: Q(answered_at__isnull=True) & ~missed(scope),
    ),
)


def _metric(part: _Part) -> Metric:
    return Metric(
        key=part.key,
        label=part.label,
        sentence=part.sentence,
        unit="requests",
        rows=lambda scope: promised(scope).filter(part.among(scope)),
    )


register(
    *map(_metric, _PARTS),
    Rate(
        key="content_in_time",
        label=_("Content that sales asks for"),
        sentence=_("Answered in time among the requests of the period that came due."),
        part="content_kept",
        whole="content_due",
    ),
    Metric(
        key="content_past_due",
        label=_("Asked for, and no answer"),
        sentence=_("Content that sales asked for, past due: neither there nor turned down."),
        unit="requests",
        rows=past_due,
    ),
)
