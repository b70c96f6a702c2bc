"""What can be counted of requests for content, and of the promise on them."""

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accord.agreement.fates import Fates
from accord.content.models import OPEN, ContentRequest
from accord.criteria.metrics import Metric, Scope, register


def promised(scope: Scope) -> QuerySet[ContentRequest]:
    """The requests of the scope that marketing promised to answer.

    What was withdrawn before it came due is left out: nobody had to keep it any more.
    """
    asked = ContentRequest.objects.filter(due_at__isnull=False, **scope.within("asked_at"))
    return asked.exclude(withdrawn_at__isnull=False, withdrawn_at__lte=F("due_at"))


def _missed(scope: Scope) -> Q:
    return Q(answered_at__isnull=True, due_at__lt=scope.at)


def past_due(scope: Scope) -> QuerySet[ContentRequest]:
    """Open requests that are past due, whenever they were asked."""
    found = ContentRequest.objects.filter(OPEN, due_at__lt=scope.at)
    return found.filter(**scope.within("asked_at"))


# Delivered and turned down keep the promise alike.
FATES = Fates(promised, done_at="answered_at", missed=_missed)

register(
    *FATES.metrics("content", _("Content that sales asks for"), unit="requests"),
    Metric(
        key="content_past_due",
        label=_("Asked for, and no answer"),
        sentence=_("Content that sales asked for, past due: neither there nor turned down."),
        unit="requests",
        rows=past_due,
    ),
)
