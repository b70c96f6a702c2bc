"""What can be counted of leads. A lead belongs to the cohort of its first contact."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accord.base.lifecycle import Stage
from accord.criteria.metrics import Metric, Rate, Scope, register
from accord.leads.models import Lead, StageEntry
from accord.leads.queries import LeadFilters

REACHED = (Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)


def cohort(scope: Scope) -> QuerySet[Lead]:
    """The leads whose first contact lies in the scope, merged ones left out."""
    return Lead.objects.filter(merged_into_id__isnull=True, **scope.within("first_contact_at"))


def entered(stage: Stage) -> Q:
    """Leads that ever entered the stage."""
    return Q(id__in=StageEntry.objects.filter(stage=stage).values("lead_id"))


def of_cohort(
    *, key: str, label: Any, sentence: Any, among: Callable[[], Q], opens: Any = None
) -> Metric:
    """A metric that counts the leads of a cohort to which a condition applies."""
    return Metric(
        key=key,
        label=label,
        sentence=sentence,
        unit="leads",
        rows=lambda scope: cohort(scope).filter(among()),
        opens=opens,
        among=among,
    )


def list_of(entered: str = "") -> Callable[[Scope], LeadFilters]:
    """The filters of the leads list for a cohort, and of it those that entered a stage."""
    return lambda scope: LeadFilters(
        contact_from=scope.begins_at, contact_until=scope.ends_at, entered=entered
    )


register(
    Metric(
        key="leads",
        label=_("Leads"),
        sentence=_("Leads whose first contact lies in the period."),
        unit="leads",
        rows=cohort,
        opens=list_of(),
        among=Q,
    ),
    *(
        of_cohort(
            key=stage.value,
            label=stage.label,
            sentence=_("Leads of the period that have ever entered this stage."),
            among=partial(entered, stage),
            opens=list_of(stage.value),
        )
        for stage in REACHED
    ),
    of_cohort(
        key="won",
        label=_("Won"),
        sentence=_("Leads of the period that became customers, whenever that was."),
        among=partial(entered, Stage.CUSTOMER),
        opens=list_of(Stage.CUSTOMER.value),
    ),
    Rate(
        key="lead_to_customer_rate",
        label=_("Lead to customer"),
        sentence=_("Customers among the leads of the same period of first contact."),
        part="won",
        whole="leads",
    ),
)
