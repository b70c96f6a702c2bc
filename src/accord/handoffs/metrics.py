"""What can be counted of handoffs and of the promises on them."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accord.agreement.fates import Fates
from accord.agreement.queries import running
from accord.criteria.metrics import Metric, Rate, Scope, register
from accord.handoffs.models import Clock, ClockKind, ClockState, Handoff, PassBack, Trigger
from accord.handoffs.queries.fresh import to_release

PROMISED = tuple(ClockKind)


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


def _missed(scope: Scope) -> Q:
    return Q(stopped_at__isnull=True) & (
        Q(state=ClockState.MISSED) | Q(state=ClockState.RUNNING, due_at__lt=scope.at)
    )


FATES = Fates(promised, done_at="stopped_at", missed=_missed)

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
    *(
        each
        for kind in PROMISED
        for each in FATES.metrics(kind.value, kind.label, unit="promises", only=Q(kind=kind))
    ),
)
