"""What can be counted of handoffs and of the promises on them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accord.agreement.queries import running
from accord.criteria.metrics import Metric, Rate, Scope, register
from accord.handoffs.models import Clock, ClockKind, ClockState, Handoff, PassBack, Trigger
from accord.handoffs.queries.fresh import to_release

PROMISED = tuple(ClockKind)
KEPT = Q(stopped_at__lte=F("due_at"))
LATE = Q(stopped_at__gt=F("due_at"))


def offered(scope: Scope) -> QuerySet[Handoff]:
    """The handoffs offered in the scope."""
    return Handoff.objects.filter(**scope.within("offered_at"))


def delivered(scope: Scope) -> QuerySet[Handoff]:
    """Ready leads: handed over because they became sales-ready or raised a hand."""
    return offered(scope).filter(trigger__in=[Trigger.READY, Trigger.HAND_RAISE])


def accepted(scope: Scope) -> QuerySet[Handoff]:
    """Of those offered in the scope, the ones that a rep accepted."""
    return offered(scope).filter(accepted_at__isnull=False)


def answered(scope: Scope) -> QuerySet[Handoff]:
    """Of those offered in the scope, the ones accepted or passed back."""
    return offered(scope).filter(Q(accepted_at__isnull=False) | Q(passed_back_at__isnull=False))


def passed_back(scope: Scope) -> QuerySet[PassBack]:
    """What came back in the scope and was not taken back."""
    return PassBack.objects.filter(undone_at__isnull=True, **scope.within("passed_back_at"))


def given_up(scope: Scope) -> QuerySet[PassBack]:
    """What came back for a reason that holds only once the promised attempts were made."""
    reasons = [reason.key for reason in running().reasons.values() if reason.after_attempts]
    return passed_back(scope).filter(reason__in=reasons)


def tried_enough(scope: Scope) -> QuerySet[PassBack]:
    """Of those, the ones for which as many attempts were made as promised."""
    return given_up(scope).filter(is_early=False)


def promised(scope: Scope) -> QuerySet[Clock]:
    """The promises that began in the scope, cancelled ones left out."""
    return Clock.objects.filter(**scope.within("started_at")).exclude(state=ClockState.CANCELLED)


def missed(scope: Scope) -> Q:
    """Past due and still to be done."""
    return Q(stopped_at__isnull=True) & (
        Q(state=ClockState.MISSED) | Q(state=ClockState.RUNNING, due_at__lt=scope.at)
    )


class _Part(NamedTuple):
    """A part of the promises of a kind, and the condition that makes it up."""

    key: str
    label: Any
    sentence: Any
    among: Callable[[Scope], Q]


_PARTS = (
    _Part(
        "kept",
        _("Kept in time"),
        _("Promises of the period that were kept by the moment due."),
        lambda scope: KEPT,
    ),
    _Part(
        "late",
        _("Kept late"),
        _("Promises of the period that were kept after the moment due."),
        lambda scope: LATE,
    ),
    _Part(
        "missed",
        _("Missed"),
        _("Promises of the period that are past due and still to be done."),
        missed,
    ),
    _Part(
        "due",
        _("Came due"),
        _("Promises of the period that were kept, kept late, or are past due."),
        lambda scope: KEPT | LATE | missed(scope),
    ),
    _Part(
        "running",
        _("Running"),
        _("Promises of the period that are not due yet."),
        lambda scope: Q(stopped_at__isnull=True) & ~missed(scope),
    ),
)


def _metric(kind: ClockKind, part: _Part) -> Metric:
    return Metric(
        key=f"{kind.value}_{part.key}",
        label=format_lazy("{}: {}", kind.label, part.label),
        sentence=part.sentence,
        unit="promises",
        rows=lambda scope: promised(scope).filter(part.among(scope), kind=kind),
    )


register(
    Metric(
        key="offered",
        label=_("Handed over"),
        sentence=_("Handoffs offered in the period, whatever their reason."),
        unit="handoffs",
        rows=offered,
    ),
    Metric(
        key="ready_leads",
        label=_("Ready leads"),
        sentence=_(
            "Leads handed over in the period because they became sales-ready or raised a hand."
        ),
        unit="handoffs",
        rows=delivered,
    ),
    Metric(
        key="accepted",
        label=_("Accepted"),
        sentence=_("Handoffs offered in the period that a rep accepted."),
        unit="handoffs",
        rows=accepted,
    ),
    Metric(
        key="answered",
        label=_("Answered"),
        sentence=_("Handoffs offered in the period that were accepted or passed back."),
        unit="handoffs",
        rows=answered,
    ),
    Metric(
        key="passed_back",
        label=_("Passed back"),
        sentence=_("Handoffs passed back in the period."),
        unit="handoffs",
        rows=passed_back,
    ),
    Metric(
        key="given_up",
        label=_("Given up"),
        sentence=_(
            "Handoffs passed back in the period for a reason that holds only once the promised "
            "attempts were made."
        ),
        unit="handoffs",
        rows=given_up,
    ),
    Metric(
        key="tried_enough",
        label=_("Given up after the promised attempts"),
        sentence=_("Handoffs given up in the period after as many attempts as are promised."),
        unit="handoffs",
        rows=tried_enough,
    ),
    Metric(
        key="to_release",
        label=_("Waiting for release"),
        sentence=_("Leads that a new version made ready, until sales has time for them."),
        unit="verdicts",
        rows=lambda scope: to_release(running()),
    ),
    Rate(
        key="attempts",
        label=_("Kept trying"),
        sentence=_("Given up after the promised attempts, among all given up."),
        part="tried_enough",
        whole="given_up",
    ),
    Rate(
        key="acceptance_rate",
        label=_("Accepted of answered"),
        sentence=_("Accepted among the handoffs of the period that were accepted or passed back."),
        part="accepted",
        whole="answered",
    ),
    *(_metric(kind, part) for kind in PROMISED for part in _PARTS),
    *(
        Rate(
            key=f"{kind.value}_in_time",
            label=kind.label,
            sentence=_("Kept in time among the promises of the period that came due."),
            part=f"{kind.value}_kept",
            whole=f"{kind.value}_due",
        )
        for kind in PROMISED
    ),
)
